// npm run format: prettier over everything.
import { ensureInstalled } from './lib/install.mjs';
import { runNode } from './lib/project.mjs';

await ensureInstalled();
process.exit((await runNode('node_modules/prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', ...(process.argv.length > 2 ? process.argv.slice(2) : ['.'])])).code);
