import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let found: string | undefined;

/** The folder that holds Homing's package.json, from source, from the build and inside a packaged app alike. */
export function appRoot(): string {
  if (found !== undefined) return found;
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && readFileSync(file, 'utf8').includes('"name": "homing"')) return (found = folder);
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json of Homing not found above the running file');
    folder = parent;
  }
}
