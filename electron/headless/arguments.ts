import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Arguments {
  readonly dataDir: string | null;
  /** Null = the usual port, or a free one where that is taken. */
  readonly port: number | null;
  readonly host: string;
  readonly allowHosts: readonly string[];
  readonly practice: boolean;
  readonly printJson: boolean;
  readonly open: boolean;
  readonly verbose: boolean;
  readonly passphraseFile: string | null;
}

export type Parsed =
  { readonly kind: 'run'; readonly arguments: Arguments } | { readonly kind: 'help' } | { readonly kind: 'version' } | { readonly kind: 'wrong'; readonly sentence: string };

export const helpText = `Usage: npm run headless -- [options]

Runs Homing without a window and serves the app on a local address.

  --data-dir DIR          Where the workspace lives (else HOMING_DATA_DIR, else the usual place)
  --port N                Port to listen on, 0 = any free one (default 4180, or any free one)
  --host ADDRESS          Address to listen on (default 127.0.0.1)
  --allow-host NAME       Also answer under this name, for a reverse proxy; may be repeated
  --practice              The practice workspace: nothing leaves this computer
  --passphrase-file FILE  Unlocks stored passwords; else the environment variable HOMING_PASSPHRASE
  --print-json            First line of output when ready: {"url": …, "token": …, "pid": …}
  --open                  Opens the app in the system browser when ready
  --verbose               Also writes the log to standard error
  --version, --help
`;

/** Reads the command line. Every mistake gets a sentence that names it. */
export function parseArguments(argv: readonly string[], cwd: string): Parsed {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        'data-dir': { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        'allow-host': { type: 'string', multiple: true },
        practice: { type: 'boolean' },
        'passphrase-file': { type: 'string' },
        'print-json': { type: 'boolean' },
        open: { type: 'boolean' },
        verbose: { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    return wrong(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && (!/^\d{1,5}$/.test(values.port ?? '') || port > 65_535)) return wrong(`--port takes a number from 0 to 65535, not "${values.port ?? ''}"`);
  if (values['data-dir'] === '') return wrong('--data-dir takes the path of a folder');
  if (values.host === '') return wrong('--host takes an address, for example 127.0.0.1');
  const path = (given: string | undefined) => (given === undefined ? null : isAbsolute(given) ? given : resolve(cwd, given));
  return {
    kind: 'run',
    arguments: {
      dataDir: path(values['data-dir']),
      port,
      host: values.host ?? '127.0.0.1',
      allowHosts: values['allow-host'] ?? [],
      practice: values.practice ?? false,
      printJson: values['print-json'] ?? false,
      open: values.open ?? false,
      verbose: values.verbose ?? false,
      passphraseFile: path(values['passphrase-file']),
    },
  };
}

function wrong(sentence: string): Parsed {
  return { kind: 'wrong', sentence: /[.!?]$/.test(sentence) ? sentence : `${sentence}.` };
}
