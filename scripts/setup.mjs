// npm run setup: installs and builds what is missing, so that every other command starts at once.
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { say } from './lib/project.mjs';

await ensureInstalled();
await ensureBuilt();
say('Ready.');
