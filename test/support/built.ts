import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The built headless host, brought up to date first: tests of the whole process run what users run. `npm test` has built it already. */
export function builtHeadless(): string {
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-changed'], { stdio: ['ignore', 'inherit', 'inherit'] });
  return join(root, 'out/main/headless.js');
}
