// npm run headless -- …: the app without a window. Standard output belongs to the host; messages go to standard error.
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { childEnv, projectNode, root, run } from './lib/project.mjs';

await ensureInstalled();
await ensureBuilt();
const file = join(root, 'out', 'main', 'headless.js');
const args = ['--max-semi-space-size=4', file, ...process.argv.slice(2)];
const env = childEnv({ NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'homing') });
if (typeof process.execve === 'function' && process.platform !== 'win32') {
  // Become the host: one process less in memory, and signals reach it directly.
  process.execve(projectNode, [projectNode, ...args], env);
}
process.exit((await run(projectNode, args, { env })).code);
