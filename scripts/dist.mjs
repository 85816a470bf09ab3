// npm run dist: builds the installer of this operating system with electron-builder (fetches the Electron runtime).
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runNode } from './lib/project.mjs';

await ensureInstalled();
await build();
process.exit((await runNode('node_modules/electron-builder/cli.js', ['--config', 'electron-builder.yml', '--publish', 'never', ...process.argv.slice(2)])).code);
