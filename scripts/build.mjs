// npm run build: builds main, preload, renderer and the headless host into out/.
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

await ensureInstalled();
await build();
