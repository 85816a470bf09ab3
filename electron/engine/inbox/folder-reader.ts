import type { Clock } from '../lib/clock.ts';
import { day, minute } from '../lib/clock.ts';
import type { MailboxRow } from '../mailboxes/index.ts';
import type { InboxSession, Logger } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { readCursor, writeCursor } from './cursors.ts';
import type { Receiver } from './receive.ts';

/** Messages looked at from the end of a folder that is new to us: what came between adding the mailbox and the first look. */
const firstLook = { inbox: 100, other: 20 } as const;
/** After a renumbering more is looked at again; Message-IDs keep anything from being taken twice. */
const renumberedLook = 500;
/** How far before the last look a renumbered folder is read again. */
const renumberedBackMs = 2 * day;
const addedSlackMs = 10 * minute;
/** The cursor of messages that concern nobody is stored this often, not for each. */
const cursorEvery = 100;

export interface ReadResult {
  readonly found: number;
  readonly uidValidity: string;
}

/** Reads what is new in one folder and moves its cursor; each message that concerns somebody is its own transaction. */
export function createFolderReader(deps: { store: Store; clock: Clock; log: Logger; receiver: Receiver }) {
  const { store, clock, log, receiver } = deps;

  /** `uidValidity` is that of the watched inbox; null for other folders, where the server is asked. Throws when the connection fails; what was read before stays read. */
  return async function readFolder(session: InboxSession, mailbox: MailboxRow, folder: string, uidValidity: string | null): Promise<ReadResult> {
    const cursor = readCursor(store, mailbox.id, folder);
    let validity = uidValidity;
    let afterUid = cursor?.lastUid ?? 0;
    let since = 0;
    if (validity === null || cursor === null || cursor.uidValidity !== validity) {
      const status = await session.status(folder);
      validity = status.uidValidity;
      if (cursor === null) {
        afterUid = Math.max(0, status.uidNext - 1 - (uidValidity === null ? firstLook.other : firstLook.inbox));
        since = mailbox.createdAt - addedSlackMs;
      } else if (cursor.uidValidity !== validity) {
        log.warn({ mailboxId: mailbox.id, folder }, 'the server numbered a folder anew; it is read again by date');
        afterUid = Math.max(0, status.uidNext - 1 - renumberedLook);
        since = Math.max(mailbox.createdAt - addedSlackMs, cursor.checkedAt - renumberedBackMs);
      } else if (status.uidNext - 1 <= cursor.lastUid) {
        return { found: 0, uidValidity: validity };
      }
      if (cursor?.uidValidity !== validity && status.uidNext - 1 <= afterUid) {
        save(mailbox.id, folder, validity, afterUid);
        return { found: 0, uidValidity: validity };
      }
    }
    let found = 0;
    let last = afterUid;
    let unsaved = 0;
    try {
      for await (const message of session.fetchAfter(folder, afterUid)) {
        if (since === 0 || message.receivedAt === 0 || message.receivedAt >= since) {
          const received = await receiver.receive({ mailbox, folder, uidValidity: validity }, message);
          if (received === 'stored') found += 1;
        }
        last = Math.max(last, message.uid);
        unsaved += 1;
        if (unsaved >= cursorEvery) {
          save(mailbox.id, folder, validity, last);
          unsaved = 0;
        }
      }
    } finally {
      if (unsaved > 0 || cursor?.uidValidity !== validity) save(mailbox.id, folder, validity, last);
    }
    return { found, uidValidity: validity };
  };

  function save(mailboxId: string, folder: string, uidValidity: string, lastUid: number): void {
    store.transaction((tx) => writeCursor(tx, mailboxId, folder, { uidValidity, lastUid, checkedAt: clock.now() }));
  }
}

export type FolderReader = ReturnType<typeof createFolderReader>;
