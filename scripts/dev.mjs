// npm run dev: the headless host from source beside a Vite server that reloads the UI; or, with --desktop, Electron in development.
import { ensureInstalled } from './lib/install.mjs';
import { runNode } from './lib/project.mjs';

await ensureInstalled();
const args = process.argv.slice(2);
const desktop = args.includes('--desktop');
const rest = args.filter((arg) => arg !== '--desktop');
process.exit((desktop ? await runNode('node_modules/electron-vite/bin/electron-vite.js', ['dev', ...rest]) : await runNode('scripts/dev-host.mjs', rest)).code);
