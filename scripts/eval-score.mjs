// npm run eval:score -- SET PATH: runs scripts/eval-score.ts under the project's Node. Standard output belongs to it alone.
import { ensureInstalled } from './lib/install.mjs';
import { runNode } from './lib/project.mjs';

await ensureInstalled();
process.exitCode = (await runNode('scripts/eval-score.ts', process.argv.slice(2))).code;
