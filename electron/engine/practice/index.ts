import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appRoot } from '../lib/app-root.ts';
import { createIds } from '../lib/ids.ts';
import { noNetwork } from '../mailboxes/index.ts';
import { ConnectError, type EnginePorts, type ServerAccess } from '../ports.ts';
import { createPracticeClock, type PracticeClock } from './clock.ts';
import { createMailStore } from './mail-store.ts';
import { personalityKinds, type Personality, type PersonalityKind } from './personality.ts';
import { createRecipients } from './recipients.ts';
import { seedPractice, type PracticeServices } from './seed.ts';
import { practicePassword, startPracticeServer, type PracticeServer } from './smtp-server.ts';

export { defaultFactor } from './clock.ts';
export { practiceMailbox, type PracticeServices } from './seed.ts';

/** The name under which practice mailboxes reach the server inside the app; no such host exists outside of it. */
export const practiceHost = 'practice.localhost';

export interface Practice {
  /** The ports for an engine of its own on the practice data directory. */
  readonly ports: EnginePorts;
  /** Starts the loopback SMTP server and the recipients. Before the engine starts. */
  start(): Promise<void>;
  /** Fills a new workspace with samples through the running engine's services, once. Throws what went wrong; the next start tries again. */
  seed(services: PracticeServices): Promise<void>;
  /** Stops them and writes the clock. After the engine has stopped. */
  stop(): Promise<void>;
}

/**
 * Turns a host's real ports into those of a practice workspace: its own clock (time-lapse), a loopback SMTP server
 * with simulated recipients, mailboxes in files below `<dataDir>/simulated`. `real.dataDir` must be the practice
 * directory. Nothing can leave the computer: any other host is refused with a `ConnectError`.
 */
export function createPracticePorts(real: EnginePorts, options: { factor?: number } = {}): Practice {
  const dir = join(real.dataDir, 'simulated');
  const log = real.log.child({ part: 'practice' });
  const clock: PracticeClock = createPracticeClock({ real: real.clock, file: join(dir, 'clock.json'), ...(options.factor === undefined ? {} : { factor: options.factor }) });
  const mails = createMailStore(join(dir, 'mail'));
  const recipients = createRecipients({ file: join(dir, 'recipients.jsonl'), clock, log, mails, described: describedRecipients() });
  let server: PracticeServer | null = null;

  function reach(access: ServerAccess): PracticeServer {
    if (access.host.toLowerCase() !== practiceHost) {
      throw new ConnectError(
        'connect',
        `This is the practice workspace: mailboxes use the host ${practiceHost} here, and nothing leaves this computer. Add ${access.host} in your own workspace.`,
      );
    }
    if (server === null) throw new ConnectError('connect', 'The practice server is not running');
    return server;
  }

  const ports: EnginePorts = {
    ...real,
    clock,
    ids: createIds(() => clock.now()),
    timeLapse: clock,
    openPractice: null,
    network: noNetwork,
    transports: {
      async openSmtp(access, signal) {
        const { port } = reach(access);
        return real.transports.openSmtp({ ...access, host: '127.0.0.1', port, security: 'none' }, signal);
      },
      async openInbox(access) {
        reach(access);
        if (!access.user.includes('@') || access.password !== practicePassword) {
          throw new ConnectError('login', `Wrong login. Practice mailboxes log in with their address and the password "${practicePassword}".`);
        }
        return mails.open(access.user);
      },
    },
  };

  return {
    ports,
    async start() {
      if (server !== null) return;
      clock.start();
      server = await startPracticeServer({ clock, log, mails, recipients });
      recipients.start();
      log.info({ port: server.port, factor: clock.factor }, 'practice server is ready');
    },
    seed: (services) => seedPractice(services, { dir, log, host: practiceHost, clock: real.clock }),
    async stop() {
      recipients.stop();
      await server?.close();
      server = null;
      clock.stop();
    },
  };
}

/** The recipients whose behaviour the sample data tells: address → kind and the mail they answer. */
function describedRecipients(): ReadonlyMap<string, Personality> {
  const file = join(appRoot(), 'resources', 'practice', 'recipients.json');
  const described = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { kind: string; answersMail?: number }>;
  return new Map(Object.entries(described).map(([address, { kind, answersMail }]) => [address, { kind: asKind(kind), answersMail: answersMail ?? 1 }]));
}

function asKind(kind: string): PersonalityKind {
  const known = personalityKinds.find((each) => each === kind);
  if (known === undefined) throw new Error(`recipients.json names an unknown behaviour: ${kind}`);
  return known;
}
