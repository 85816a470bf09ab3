// npm run lint, npm run typecheck: the static checks of the groups named in the arguments, all without.
import { checks, runChecks } from './lib/checks.mjs';
import { ensureInstalled } from './lib/install.mjs';

await ensureInstalled();
const groups = process.argv.slice(2);
const results = await runChecks(checks.filter((check) => groups.length === 0 || groups.includes(check.group)));
process.exit(results.every((result) => result.passed) ? 0 : 1);
