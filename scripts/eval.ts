import { existsSync } from 'node:fs';

/** What each module under `scripts/eval` exports: reads a set's inputs from a folder through the product's own code. */
export interface EvalSet {
  run(path: string): Promise<unknown[]>;
}

const sets: Readonly<Record<string, () => Promise<EvalSet>>> = {
  csv: () => import('./eval/csv.ts'),
  addresses: () => import('./eval/addresses.ts'),
  liquid: () => import('./eval/liquid.ts'),
  sendtime: () => import('./eval/sendtime.ts'),
  'reply-text': () => import('./eval/reply-text.ts'),
  bounces: () => import('./eval/bounces.ts'),
  autoreply: () => import('./eval/autoreply.ts'),
  'smtp-replies': () => import('./eval/smtp-replies.ts'),
};

/** Prints one JSON array on standard output and nothing else; a wrong call is a sentence on standard error and exit code 2. */
async function main(): Promise<void> {
  const [name = '', path = ''] = process.argv.slice(2);
  const load = Object.hasOwn(sets, name) ? sets[name] : undefined;
  if (load === undefined) return refuse(`Unknown set “${name}”. Known sets: ${Object.keys(sets).join(', ')}.`);
  if (path === '' || !existsSync(path)) return refuse(`Folder “${path}” not found. Usage: npm run --silent eval -- SET PATH`);
  const { run } = await load();
  process.stdout.write(`${JSON.stringify(await run(path))}\n`);
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 2;
}

await main();
