import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import { writeReaction, type ReceivedMail } from './letters.ts';
import type { MailStore } from './mail-store.ts';
import { personalityOf, reactionTo, type Personality, type Reaction } from './personality.ts';

/** What happened, one JSON object per line: the whole memory of the simulated recipients. */
type Line =
  | { readonly kind: 'received'; readonly address: string }
  | { readonly kind: 'greylisted'; readonly address: string }
  | { readonly kind: 'planned'; readonly id: number; readonly at: number; readonly mailbox: string; readonly reaction: Reaction['kind']; readonly mail: ReceivedMail }
  | { readonly kind: 'delivered'; readonly id: number };
type Planned = Extract<Line, { kind: 'planned' }>;

/** How the practice server answers RCPT for a recipient. */
export type RecipientAnswer = { readonly code: 250 } | { readonly code: 550 | 451; readonly text: string };

export interface Recipients {
  /** The server's answer to RCPT TO. A greylisting recipient refuses the first time only. */
  answer(address: string): RecipientAnswer;
  /** Notes an accepted mail and plans the recipient's reaction into the sender's mailbox. */
  receive(mailbox: string, mail: ReceivedMail): void;
  /** Delivers what is due now and goes on by the clock. */
  start(): void;
  stop(): void;
}

/** The simulated recipients of a practice workspace: they remember over restarts and react in workspace time. */
export function createRecipients(options: { file: string; clock: Clock; log: Logger; mails: MailStore; described: ReadonlyMap<string, Personality> }): Recipients {
  const { file, clock, log, mails, described } = options;
  const received = new Map<string, number>();
  const reacted = new Map<string, number>();
  const greylisted = new Set<string>();
  const pending = new Map<number, Planned>();
  let lastId = 0;
  let cancelTimer: () => void = () => undefined;
  let running = false;

  function apply(line: Line): void {
    if (line.kind === 'received') received.set(line.address, (received.get(line.address) ?? 0) + 1);
    else if (line.kind === 'greylisted') greylisted.add(line.address);
    else if (line.kind === 'delivered') pending.delete(line.id);
    else {
      lastId = Math.max(lastId, line.id);
      pending.set(line.id, line);
      const address = line.mail.to.address;
      reacted.set(address, (reacted.get(address) ?? 0) + 1);
    }
  }
  function note(line: Line): void {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    apply(line);
  }
  mkdirSync(dirname(file), { recursive: true });
  for (const line of readLines(file)) apply(line);

  function deliverDue(): void {
    cancelTimer();
    if (!running) return;
    const now = clock.now();
    const due = [...pending.values()].filter((each) => each.at <= now).sort((a, b) => a.at - b.at);
    for (const each of due) {
      // Noted first: a crash between the two loses a practice reply rather than sending it twice.
      note({ kind: 'delivered', id: each.id });
      mails.add(each.mailbox, 'INBOX', Buffer.from(writeReaction(each.reaction, each.mail, each.at), 'latin1'), each.at);
      log.debug({ reaction: each.reaction }, 'a practice recipient reacted');
    }
    const next = Math.min(...[...pending.values()].map((each) => each.at));
    if (Number.isFinite(next)) cancelTimer = clock.after(Math.max(0, next - clock.now()), deliverDue);
  }

  return {
    answer(address) {
      const email = address.toLowerCase();
      const { kind } = personalityOf(email, described);
      if (kind === 'bounces') return { code: 550, text: `5.1.1 <${email}>: Recipient address rejected: User unknown` };
      if (kind === 'greylists' && !greylisted.has(email)) {
        note({ kind: 'greylisted', address: email });
        return { code: 451, text: `4.7.1 <${email}>: Greylisted, please try again later` };
      }
      return { code: 250 };
    },
    receive(mailbox, mail) {
      const address = mail.to.address;
      note({ kind: 'received', address });
      const reaction = reactionTo(personalityOf(address, described), {
        received: received.get(address) ?? 1,
        reacted: reacted.get(address) ?? 0,
        answersUs: mail.references.some((id) => id.endsWith(`@${address.split('@')[1] ?? ''}>`)),
        messageId: mail.messageId,
      });
      if (reaction === null) return;
      note({ kind: 'planned', id: lastId + 1, at: clock.now() + reaction.afterMs, mailbox, reaction: reaction.kind, mail });
      deliverDue();
    },
    start() {
      running = true;
      deliverDue();
    },
    stop() {
      running = false;
      cancelTimer();
    },
  };
}

function readLines(file: string): Line[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  // Ends a line that a crash cut, so that the next one does not grow out of it.
  if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n');
  const lines: Line[] = [];
  for (const line of text.split('\n')) {
    try {
      if (line !== '') lines.push(JSON.parse(line) as Line);
    } catch {
      // The cut line itself: that event never happened.
    }
  }
  return lines;
}
