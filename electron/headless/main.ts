import { parseArguments, helpText } from './arguments.ts';

const exitCodes = { failed: 1, usage: 2, alreadyRunning: 3 } as const;

/** Nothing heavy is loaded before the arguments are understood. */
async function main(): Promise<void> {
  const parsed = parseArguments(process.argv.slice(2), process.cwd());
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(helpText);
      return;
    case 'version': {
      const { version } = await import('./version.ts');
      process.stdout.write(`${version()}\n`);
      return;
    }
    case 'wrong':
      process.stderr.write(`${parsed.sentence} See npm run headless -- --help.\n`);
      process.exitCode = exitCodes.usage;
      return;
    case 'run': {
      const { runHost } = await import('./host.ts');
      const outcome = await runHost(parsed.arguments);
      if (outcome.kind === 'ended') process.exit(0);
      process.stderr.write(`${outcome.sentence}\n`);
      process.exit(outcome.kind === 'alreadyRunning' ? exitCodes.alreadyRunning : exitCodes.failed);
    }
  }
}

// A reader that went away (`| head -1`) must not end the host.
process.stdout.on('error', () => {});
await main();
