import type { Assist } from '../assist/index.ts';
import { readUnsubscribeToken } from '../composing/index.ts';
import type { Contacts } from '../contacts/index.ts';
import type { Events } from '../events/index.ts';
import { systemClock, type Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Random } from '../lib/random.ts';
import type { Mailboxes } from '../mailboxes/index.ts';
import type { Logger, MailTransports } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';
import { createConsequences, type InboxHooks } from './consequences.ts';
import { createFolderReader } from './folder-reader.ts';
import { createReceiver, type OwnCopyHooks } from './receive.ts';
import { createReplies, type RepliesDeps } from './replies.ts';
import { createSecondOpinion } from './second-opinion.ts';
import { createSentCopies, type SentCopy } from './sent-copies.ts';
import { createThreadHelp } from './thread-help.ts';
import { createWatch, type InboxCheck, type Watch } from './watch.ts';

export type { InboxHooks } from './consequences.ts';
export type { OutgoingReply, Replies, ReplyQuery } from './replies.ts';
export type { InboxCheck } from './watch.ts';
export { readAutoReply } from './auto-reply.ts';
export { readBounce } from './bounce.ts';
export { classify, type Classified } from './classify.ts';
export { match } from './match.ts';
export { parseMail, type InboundMail } from './mail.ts';
export { readReplyText } from './reply-text.ts';
export type { ThreadHelp } from './thread-help.ts';
export { askOpinion, opinionOf } from './second-opinion.ts';
export { readReturnDate } from './return-date.ts';

export interface InboxDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Logger;
  readonly mailboxes: Mailboxes;
  readonly contacts: Pick<Contacts, 'suppress'>;
  readonly transports: MailTransports;
  readonly assist: Pick<Assist, 'complete' | 'mayAnswer'>;
  /** Key of the signed opt-out addresses; empty = none were made. */
  readonly unsubscribeKey: () => string;
  readonly hooks: InboxHooks & OwnCopyHooks & Pick<RepliesDeps, 'queueReply' | 'render'>;
  /** Waits on the network run in real time, also where workspace time runs faster. */
  readonly realTime?: Clock;
}

export type Inbox = ReturnType<typeof createInbox>;

/** Watches every mailbox with IMAP, takes in what concerns a contact, and serves the stored replies. */
export function createInbox(deps: InboxDeps) {
  const { hooks, mailboxes, log } = deps;
  const consequences = createConsequences({ ...deps, hooks });
  const opinions = createSecondOpinion({ ...deps, consequences });
  const receiver = createReceiver({ ...deps, consequences, onUnclear: () => void opinions.run() });
  const readFolder = createFolderReader({ ...deps, receiver });
  const sentCopies = createSentCopies(deps);
  const replies = createReplies({ store: deps.store, clock: deps.clock, consequences, queueReply: hooks.queueReply, render: hooks.render });
  const help = createThreadHelp({ store: deps.store, assist: deps.assist, get: replies.get });
  const watches = new Map<string, Watch>();
  let unsubscribe: (() => void) | null = null;

  function watchOf(mailboxId: string): Watch {
    let watch = watches.get(mailboxId);
    if (watch === undefined) {
      watch = createWatch({ ...deps, realTime: deps.realTime ?? systemClock, readFolder, sentCopies }, mailboxId);
      watches.set(mailboxId, watch);
    }
    return watch;
  }

  async function drop(mailboxId: string): Promise<void> {
    const watch = watches.get(mailboxId);
    watches.delete(mailboxId);
    await watch?.stop();
  }

  return {
    ...replies,
    ...help,
    /** Begins to watch all mailboxes, and those that are added or changed later. */
    start(): void {
      // Messages that were stored before there were conversations.
      deps.store.transaction((tx) => tx.prepare(`update replies set conversation_key = coalesce(contact_id, from_address) || ':' || mailbox_id where conversation_key = ''`).run());
      for (const row of mailboxes.rows()) if (row.imap !== null) watchOf(row.id).start();
      void opinions.run();
      unsubscribe = mailboxes.onChange((mailboxId) => {
        void drop(mailboxId).then(() => {
          if (unsubscribe !== null && (mailboxes.row(mailboxId)?.imap ?? null) !== null) watchOf(mailboxId).start();
        });
      });
    },
    /** Closes all connections; a message that is being taken in is finished. */
    async stop(): Promise<void> {
      unsubscribe?.();
      unsubscribe = null;
      await Promise.all([opinions.stop(), ...[...watches.keys()].map(drop)]);
      log.debug({}, 'inbox closed');
    },
    /**
     * A look at the inbox that begins after this call, over the open connection where there is one. Throws AppError
     * mailbox_unreachable, mailbox_login, secrets_locked, wrong_state (no IMAP) or not_found.
     */
    async refresh(mailboxId: string): Promise<InboxCheck> {
      mailboxes.get(mailboxId);
      return watchOf(mailboxId).refresh();
    },
    /** Opts out whoever follows the signed link of a mail; false when the token is not ours. */
    optOut(token: string): boolean {
      const deliveryId = readUnsubscribeToken(`unsubscribe-${token}`, deps.unsubscribeKey());
      return deliveryId !== null && deps.store.transaction((tx) => consequences.optOutByLink(tx, deliveryId));
    },
    /** Queues a copy of a sent mail for the Sent folder, where the provider files none; it is stored soon after the commit. */
    queueSentCopy(tx: Tx, copy: SentCopy): void {
      sentCopies.add(tx, copy);
      tx.afterCommit(() => watches.get(copy.mailboxId)?.fileCopies());
    },
    /** Asks a model about the replies that are not clear; resolves when there is nothing more to ask now. */
    askAboutUnclear: opinions.run,
    /** The computer woke, the network came back or passwords were unlocked: look now instead of waiting. */
    poke(): void {
      for (const row of mailboxes.rows()) if (row.imap !== null) watchOf(row.id).poke();
    },
  };
}
