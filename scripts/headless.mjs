// npm run headless -- …: the app without a window. Standard output belongs to the host; messages go to standard error.
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { childEnv, projectNode, root, runNode } from './lib/project.mjs';

await ensureInstalled();
await ensureBuilt();
const file = join('out', 'main', 'headless.js');
const args = process.argv.slice(2);
if (typeof process.execve === 'function' && process.platform !== 'win32') {
  // Become the host: one process less in memory, and signals reach it directly.
  process.execve(projectNode, [projectNode, join(root, file), ...args], childEnv());
}
process.exit((await runNode(file, args)).code);
