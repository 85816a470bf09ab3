// The static checks of `npm test`. Each counts as one test.
import { runNode } from './project.mjs';

const tsc = 'node_modules/typescript/bin/tsc';

export const checks = [
  ...['shared', 'engine', 'main', 'renderer', 'test'].map((part) => ({ group: 'types', name: `types: ${part}`, file: tsc, args: ['-p', `tsconfig/${part}.json`] })),
  { group: 'eslint', name: 'eslint', file: 'node_modules/eslint/bin/eslint.js', args: ['.', '--max-warnings', '0'] },
  { group: 'prettier', name: 'prettier', file: 'node_modules/prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  {
    group: 'boundaries',
    name: 'import boundaries',
    file: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['--config', '.dependency-cruiser.cjs', 'electron', 'renderer', 'shared'],
  },
  { group: 'unused', name: 'unused code and dependencies', file: 'node_modules/knip/bin/knip.js', args: ['--no-progress'] },
];

/** Runs the checks, two at a time, prints what fails, and resolves the results. */
export async function runChecks(selected) {
  const queue = [...selected];
  const results = [];
  async function worker() {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const startedAt = Date.now();
      const result = await runNode(check.file, check.args, { capture: true, timeoutMs: 10 * 60_000 });
      const passed = result.code === 0;
      process.stdout.write(`${passed ? '✓' : '✗'} ${check.name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`);
      if (!passed) process.stdout.write(`${result.output.trimEnd()}\n`);
      results.push({ ...check, passed });
    }
  }
  await Promise.all([worker(), worker()]);
  return results;
}
