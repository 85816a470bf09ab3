// npm test: installs and builds what is missing, runs the static checks and all tests, ends with one line of figures.
// npm test -- PATH … runs only those test files, without the static checks.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { checks, runChecks } from './lib/checks.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runNode } from './lib/project.mjs';

await ensureInstalled();
await ensureBuilt();
const filters = process.argv.slice(2);
const checked = filters.length > 0 ? [] : await runChecks(checks);
const tested = await runTests();
const passed = checked.filter((check) => check.passed).length + tested.passed;
const failed = checked.filter((check) => !check.passed).length + tested.failed;
process.stdout.write(`\ntests: ${passed} passed, ${failed} failed, ${tested.skipped} skipped\n`);
process.exitCode = failed > 0 ? 1 : 0;

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'homing-tests-'));
  const report = join(folder, 'report.json');
  try {
    const { code } = await runNode('node_modules/vitest/vitest.mjs', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters]);
    return figures(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that could not be loaded, or an error outside of any test, counts as a failed test. */
function figures(report, code) {
  let json;
  try {
    json = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = json.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')).length;
  const failedTests = json.numFailedTests + unloaded;
  return { passed: json.numPassedTests, failed: failedTests === 0 && code !== 0 ? 1 : failedTests, skipped: json.numPendingTests + json.numTodoTests };
}
