// npm run headless -- …: the app without a window. Standard output belongs to the host; messages go to standard error.
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { headlessCommand, run } from './lib/project.mjs';

await ensureInstalled();
await ensureBuilt();
const { command, args, env } = headlessCommand(process.argv.slice(2));
if (typeof process.execve === 'function' && process.platform !== 'win32') {
  // Become the host: one process less in memory, and signals reach it directly.
  process.execve(command, [command, ...args], env);
}
process.exit((await run(command, args, { env })).code);
