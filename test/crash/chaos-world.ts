// The other side of the chaos run: mail servers with random faults, people who answer, and the log of what they saw.
import { seededRandom, type Random } from '../../electron/engine/lib/random.ts';
import { startImapStandIn, type ImapPeer, type ImapStandIn } from '../support/imap-stand-in.ts';
import { report } from '../support/receiving.ts';
import { startRecordingSmtp, type RecordedMessage, type RecordingSmtp, type SmtpScript } from '../support/recording-smtp.ts';

export interface ChaosPlan {
  readonly people: number;
  readonly mailboxes: number;
  readonly domains: number;
  readonly connections: number;
  readonly perDay: number;
  readonly perHour: number;
  readonly campaignPerDay: number;
  readonly newPerDay: number;
  readonly domainPerDay: number;
  /** Workspace time per real time. */
  readonly factor: number;
  /** What is done to the sender, in this order. */
  readonly blows: readonly Blow[];
  /** Share of messages that meet a fault at each place. */
  readonly faultShare: number;
  /** Share of IMAP commands that end the connection. */
  readonly imapShare: number;
}

export const blowNames = ['kill', 'kill_in_body', 'sleep', 'clock_back', 'network'] as const;
export type Blow = (typeof blowNames)[number];

/** What a person does after the first mail; nobody answers the second. */
export type Habit = 'silent' | 'replies' | 'bounces' | 'unknown_to_server';

export function habitOf(person: number): Habit {
  if (person % 23 === 5) return 'unknown_to_server';
  if (person % 7 === 1) return 'replies';
  return person % 11 === 3 ? 'bounces' : 'silent';
}

export function addressOf(person: number, domains: number): string {
  return `p${person}@${habitOf(person) === 'unknown_to_server' ? 'gone' : `d${person % domains}`}.example.org`;
}

export const mailboxUser = (index: number): string => `mb${index}`;
export const mailboxAddress = (index: number): string => `${mailboxUser(index)}@test.example.com`;

export interface ChaosWorld {
  readonly smtp: RecordingSmtp;
  readonly imap: ImapStandIn;
  readonly messages: readonly RecordedMessage[];
  /** Real time at which the answer of a person lay in the mailbox. */
  readonly answeredAt: ReadonlyMap<string, number>;
  /** How often each kind of fault was played. */
  readonly faults: ReadonlyMap<string, number>;
  /** Cuts every connection to the inboxes. */
  cutInboxes(): void;
  close(): Promise<void>;
}

function scripts(share: number): SmtpScript[] {
  const at = (phase: SmtpScript['phase'], more: Omit<SmtpScript, 'phase'>): SmtpScript => ({ phase, chance: share, ...more });
  return [
    at('mail', { answer: { code: 421, text: '4.3.2 Closing for maintenance' } }),
    at('mail', { drop: 'now' }),
    { phase: 'rcpt', to: '@gone.example.org', answer: { code: 550, text: '5.1.1 No such user here' } },
    at('rcpt', { to: '@d1.example.org', chance: 0.2, answer: { code: 451, text: '4.7.1 Greylisted, try again in 300 seconds' } }),
    at('rcpt', { answer: { code: 450, text: '4.2.0 Mailbox busy' } }),
    at('rcpt', { drop: 'now' }),
    at('data', { answer: { code: 451, text: '4.3.0 Out of queue space' } }),
    at('data', { drop: 'now' }),
    at('body', { drop: 'now' }),
    at('body', { drop: 'mid_body' }),
    at('body', { drop: 'lost' }),
    at('body', { drop: 'kept' }),
    at('body', { answer: { code: 452, text: '4.3.1 Try again later' } }),
    at('body', { chance: 0.05, delayMs: 30 }),
  ];
}

const lines = (...text: string[]): string => text.join('\r\n');

/** Starts the servers. `now` is workspace time, in which the inboxes date what arrives. */
export async function startChaosWorld(plan: ChaosPlan, file: string, seed: number, now: () => number): Promise<ChaosWorld> {
  const random: Random = seededRandom(seed);
  const messages: RecordedMessage[] = [];
  const answeredAt = new Map<string, number>();
  const faults = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  const count = (name: string) => faults.set(name, (faults.get(name) ?? 0) + 1);

  const imap = await startImapStandIn({ now, instead: badInbox });
  const smtp = await startRecordingSmtp({
    file,
    random,
    scripts: scripts(plan.faultShare),
    onScript: ({ phase, answer, drop }) => count(`SMTP ${phase}: ${answer === undefined ? (drop ?? 'slow') : `${answer.code} ${answer.text}`}`),
    onMessage,
  });

  function badInbox(peer: ImapPeer): boolean {
    if (peer.command === '' || peer.command === 'LOGIN' || random() >= plan.imapShare) return false;
    const drawn = random();
    if (drawn < 0.4) {
      count('IMAP: cut');
      peer.cut();
      return true;
    }
    if (drawn < 0.6) {
      count('IMAP: BYE');
      peer.say('* BYE Autologout; idle for too long');
      peer.cut();
      return true;
    }
    if (!['SEARCH', 'FETCH', 'STATUS'].includes(peer.command)) return false;
    count('IMAP: throttled');
    peer.say(`${peer.tag} NO [THROTTLED] Account exceeded command or bandwidth limits`);
    return true;
  }

  /** The provider files its own copy before it answers; then the person does what is their habit. */
  function onMessage(message: RecordedMessage): void {
    messages.push(message);
    const user = message.from.split('@')[0] ?? '';
    const head = lines(`Message-ID: ${message.messageId}`, `X-Homing-Id: ${message.homingId}`, `Subject: ${message.subject}`, `Date: ${new Date(message.date).toUTCString()}`);
    imap.folder(user, 'Sent');
    imap.deliver(user, lines(`From: ${message.from}`, `To: ${message.to}`, head, '', 'copy', ''), 'Sent');
    if (message.inReplyTo !== '') return;
    const habit = habitOf(Number(/^p(\d+)@/.exec(message.to)?.[1]));
    const answer = habit === 'replies' ? replyTo(message) : habit === 'bounces' ? bounceOf(message) : null;
    if (answer === null) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      imap.deliver(user, answer);
      answeredAt.set(message.to, Date.now());
      // Some servers deliver twice.
      if (random() < 0.2) imap.deliver(user, answer);
    }, random() * 200);
    timers.add(timer);
  }

  function replyTo(message: RecordedMessage): string {
    const id = message.homingId;
    return lines(
      `From: ${message.to}`,
      `To: ${message.from}`,
      'Subject: Re: Hello',
      `Message-ID: <r${id}@example.org>`,
      `In-Reply-To: ${message.messageId}`,
      '',
      'Sounds good, call me.',
      '',
    );
  }

  function bounceOf(message: RecordedMessage): string {
    const [head, body] = report(message.to, `Message-ID: ${message.messageId}`);
    return lines('From: MAILER-DAEMON@mx.example.org', `To: ${message.from}`, `Message-ID: <b${message.homingId}@mx.example.org>`, ...head, '', body);
  }

  return {
    ...{ smtp, imap, messages, answeredAt, faults },
    cutInboxes() {
      count('IMAP: all connections cut');
      imap.cutAll();
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      await smtp.close();
      await imap.close();
    },
  };
}
