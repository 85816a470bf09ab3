import type { Store, Tx } from '../store/index.ts';

export interface Cursor {
  readonly uidValidity: string;
  readonly lastUid: number;
  readonly checkedAt: number;
}

/** How far a folder has been read, or null at first sight. */
export function readCursor(store: Store, mailboxId: string, folder: string): Cursor | null {
  return (
    (store
      .prepareRead('select uid_validity as uidValidity, last_uid as lastUid, checked_at as checkedAt from folder_cursors where mailbox_id = ? and folder = ?')
      .get(mailboxId, folder) as Cursor | undefined) ?? null
  );
}

/** A mailbox that was deleted meanwhile has no cursor to move. */
export function writeCursor(tx: Tx, mailboxId: string, folder: string, role: string, cursor: Cursor): void {
  tx.prepare(
    `insert into folder_cursors (mailbox_id, folder, role, uid_validity, last_uid, checked_at) select ?, ?, ?, ?, ?, ? where exists (select 1 from mailboxes where id = ?)
     on conflict (mailbox_id, folder) do update set role = excluded.role, uid_validity = excluded.uid_validity, last_uid = excluded.last_uid, checked_at = excluded.checked_at`,
  ).run(mailboxId, folder, role, cursor.uidValidity, cursor.lastUid, cursor.checkedAt, mailboxId);
}
