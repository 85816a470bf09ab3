// npm run build: builds main, preload, renderer and the headless host into out/. With --if-changed only when sources changed.
import { build, ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

await ensureInstalled();
await (process.argv.includes('--if-changed') ? ensureBuilt() : build());
