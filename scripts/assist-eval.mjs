// npm run assist:eval -- URL MODEL [--openai] [--key KEY] [--most N]: runs scripts/assist-eval.ts under the project's Node.
import { ensureInstalled } from './lib/install.mjs';
import { runNode } from './lib/project.mjs';

await ensureInstalled();
process.exitCode = (await runNode('scripts/assist-eval.ts', process.argv.slice(2))).code;
