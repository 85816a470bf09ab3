// The process that the crash tests kill: a whole engine on a data directory, sending to a loopback server.
import { appendFileSync } from 'node:fs';
import type { OutgoingMessage, SendHooks, SmtpSession } from '../../electron/engine/ports.ts';
import { openSmtpSession } from '../../electron/engine/mailboxes/index.ts';
import { createEngine } from '../../electron/engine/engine.ts';
import { realPorts, steeredClock, type ClockSetting } from '../support/engine.ts';

/** Where the process kills itself, with SIGKILL, at the nth message. */
export type KillPoint = 'before_354' | 'after_354_before_mark' | 'after_mark_before_body' | 'mid_body' | 'after_dot_before_250' | 'after_250_before_commit';

interface Options {
  readonly dataDir: string;
  readonly killAt?: { readonly point: KillPoint; readonly message: number };
  /** Gives the connection a message while the one before is under way. */
  readonly ahead?: boolean;
  /** Absent = real time. */
  readonly clock?: ClockSetting;
  readonly errorFile: string;
}

/** `stop` ends it in an orderly way; a clock setting takes hold at once, and `woken` tells the engine as a host does after sleep. */
export type SenderOrder = 'stop' | { readonly clock: ClockSetting; readonly woken: boolean };

const options = JSON.parse(process.argv[2] ?? '{}') as Options;
let messages = 0;

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function deadly(session: SmtpSession, point: KillPoint): SmtpSession {
  return {
    id: session.id,
    pipelining: options.ahead === true && session.pipelining,
    get usable() {
      return session.usable;
    },
    close: () => session.close(),
    async send(message: OutgoingMessage, hooks: SendHooks) {
      messages += 1;
      if (messages !== options.killAt?.message) return session.send(message, hooks);
      if (point === 'before_354') die();
      const outcome = await session.send(message, {
        async beforeBody() {
          if (point === 'after_354_before_mark') die();
          const go = await hooks.beforeBody();
          if (point === 'after_mark_before_body') die();
          if (point === 'mid_body') setImmediate(() => setImmediate(die));
          if (point === 'after_dot_before_250') setTimeout(die, 300);
          return go;
        },
      });
      if (point === 'after_250_before_commit') die();
      return outcome;
    },
  };
}

const { killAt } = options;
const clock = options.clock === undefined ? undefined : steeredClock(options.clock);
const log = {
  debug() {},
  info() {},
  warn() {},
  error: (data: object, message: string) =>
    appendFileSync(options.errorFile, `${message} ${JSON.stringify(data, (_, value: unknown) => (value instanceof Error ? value.stack : value))}\n`),
  child: () => log,
};
const engine = await createEngine(
  realPorts(options.dataDir, {
    ...(clock === undefined ? {} : { clock }),
    log,
    transports: killAt === undefined ? {} : { openSmtp: async (server, signal) => deadly(await openSmtpSession(server, signal), killAt.point) },
  }),
);
engine.start();
process.send?.('started');
process.on('message', (order: SenderOrder) => {
  if (order === 'stop') {
    void engine.stop().then(() => process.exit(0));
    return;
  }
  clock?.set(order.clock);
  if (order.woken) engine.poke();
});
// The engine's timers do not keep a process alive; the channel to the test does.
