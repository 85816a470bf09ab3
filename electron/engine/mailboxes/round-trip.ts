import { setTimeout as realDelay } from 'node:timers/promises';
import type { Mailbox } from '../../../shared/schemas/mailbox.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { InboxFolder, InboxSession, SmtpSession } from '../ports.ts';
import type { TestSide } from './connection-test.ts';

export interface RoundTrip {
  readonly side: TestSide;
  readonly sentCopy: Mailbox['sentCopy'];
  readonly sentFolder: string | null;
  readonly messageIdPolicy: Mailbox['messageIdPolicy'];
}

/** Real time, ms. */
const findLimitMs = 20_000;
const findEveryMs = 500;
/** A provider files its copy within moments of accepting the mail; the mail has already arrived when this is asked. */
const sentLooks = 4;
const sentEveryMs = 700;

/**
 * Sends a mail to the mailbox itself, finds it again, then looks for a copy in Sent: a provider that files its own proves
 * that a message absent from Sent was never accepted (DESIGN section 6, unknown outcomes). What was found shows whether the
 * provider keeps our Message-ID. Both mails stay where they are: the connection only reads.
 */
export async function makeRoundTrip(options: {
  address: string;
  smtp: SmtpSession;
  imap: InboxSession;
  folders: readonly InboxFolder[];
  clock: Clock;
  ids: Ids;
}): Promise<RoundTrip> {
  const { address, smtp, imap, folders, clock, ids } = options;
  const startedAt = clock.monotonic();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const id = ids.next();
  const messageId = `<${id}@${domain}>`;
  const learnt: { messageIdPolicy: Mailbox['messageIdPolicy'] } = { messageIdPolicy: 'unknown' };
  const result = (ok: boolean, stage: TestSide['stage'], message: string, sentCopy: Mailbox['sentCopy'] = 'unknown', sentFolder: string | null = null): RoundTrip => ({
    side: { ok, stage, message, durationMs: Math.round(clock.monotonic() - startedAt) },
    sentCopy,
    sentFolder,
    ...learnt,
  });
  /** By its Message-ID, else by what a provider leaves alone that rewrites it: our own header, or the subject. */
  const isIn = async (folder: string): Promise<boolean> => {
    const has = async (header: string, value: string): Promise<boolean> => (await imap.findByHeader(folder, header, value)).length > 0;
    const found = (await has('Message-ID', messageId)) || (await has('X-Homing-Id', `test-${id}`)) || (await has('Subject', subjectOf(id)));
    // Asked again: the mail may have arrived between two searches.
    if (found && learnt.messageIdPolicy !== 'rewritten') learnt.messageIdPolicy = (await has('Message-ID', messageId)) ? 'kept' : 'rewritten';
    return found;
  };

  const outcome = await smtp.send({ from: address, to: address, raw: testMessage(address, messageId, id, clock.now()) }, { beforeBody: () => Promise.resolve(true) });
  if (outcome.kind === 'refused')
    return result(
      false,
      'send',
      `The login works, but the server refused a mail to the mailbox itself: "${outcome.answer.code} ${outcome.answer.text}". Check that ${address} is the address of this account.`,
    );
  if (outcome.kind !== 'accepted') return result(false, 'send', `The test mail could not be sent: ${'cause' in outcome ? outcome.cause : 'it was withdrawn'}. Try again.`);

  const inbox = folders.find((folder) => folder.role === 'inbox')?.path ?? 'INBOX';
  const junk = folders.find((folder) => folder.role === 'junk')?.path;
  const limit = AbortSignal.timeout(findLimitMs);
  let foundIn: string | null = null;
  for (let look = 0; foundIn === null && !limit.aborted; look += 1) {
    if (look > 0) await realDelay(findEveryMs);
    if (await isIn(inbox)) foundIn = inbox;
    else if (junk !== undefined && look % 4 === 3 && (await isIn(junk))) foundIn = junk;
  }
  if (foundIn === null) {
    return result(
      false,
      'find',
      `The server accepted a mail to ${address}, but it did not arrive in the inbox within ${findLimitMs / 1000} seconds. Check that SMTP and IMAP belong to the same account; a slow server may deliver it later.`,
    );
  }
  const sent = folders.find((folder) => folder.role === 'sent')?.path;
  const arrived =
    foundIn === junk ? `A mail to the mailbox itself arrived, but in the folder ${foundIn}: the provider takes it for spam.` : 'A mail to the mailbox itself arrived.';
  if (sent === undefined) return result(true, 'done', `${arrived} The account has no folder for sent mail, so no copy is kept there.`, 'off');
  for (let look = 0; look < sentLooks; look += 1) {
    if (look > 0) await realDelay(sentEveryMs);
    if (await isIn(sent))
      return result(
        true,
        'done',
        `${arrived} The provider files sent mail in ${sent} itself${learnt.messageIdPolicy === 'rewritten' ? ', under a Message-ID of its own that Homing will learn' : ''}.`,
        'provider',
        sent,
      );
  }
  return result(true, 'done', `${arrived} Homing will put a copy of each sent mail into ${sent}.`, 'append', sent);
}

/** Short, and one of its kind, so that the test mail is found even without its Message-ID. */
function subjectOf(id: string): string {
  return `Homing tests this mailbox (${id.slice(-12)})`;
}

function testMessage(address: string, messageId: string, id: string, now: number): Uint8Array {
  const lines = [
    `From: ${address}`,
    `To: ${address}`,
    `Subject: ${subjectOf(id)}`,
    `Date: ${new Date(now).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${messageId}`,
    `X-Homing-Id: test-${id}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 7bit',
    '',
    'This mail was sent by the mailbox test of Homing and proves that sending and',
    'reading work. You can delete it.',
    '',
  ];
  return new TextEncoder().encode(lines.join('\r\n'));
}
