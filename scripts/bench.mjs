// npm run bench: measures speed and memory and prints tables; arguments choose benchmarks by name.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { childEnv, projectNode, root, run, say } from './lib/project.mjs';

await ensureInstalled();
await ensureBuilt();
const wanted = process.argv.slice(2);
const files = readdirSync(join(root, 'test', 'bench')).filter((file) => file.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((name) => file.startsWith(name))));
if (files.length === 0) say(`No benchmark is called ${wanted.join(' or ')}.`);
let failed = files.length === 0;
for (const file of files) {
  const result = await run(projectNode, ['--expose-gc', join(root, 'test', 'bench', file)], { env: childEnv({ NODE_ENV: 'production' }) });
  failed ||= result.code !== 0;
}
process.exit(failed ? 1 : 0);
