import PostalMime from 'postal-mime';
import { hour, minute } from '../lib/clock.ts';
import type { InboxFolder, InboxHead, InboxSession } from '../ports.ts';

/** A mail whose copy is looked for. */
export interface WantedCopy {
  readonly id: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly subject: string;
  /** When its body began to leave, UTC ms. */
  readonly sendingAt: number;
}

export type CopySearch =
  | { readonly kind: 'found'; readonly folder: string; /** Null where the search did not show it. */ readonly messageId: string | null; readonly searched: readonly string[] }
  /** Every folder was searched. */
  | { readonly kind: 'absent'; readonly searched: readonly string[] };

/** A provider that files by itself does so within moments; its clock and ours may differ. */
const beforeMs = 15 * minute;
const afterMs = hour;
const mostHeads = 50;

/** Where a provider, or the person who tidies up, may have put the copy: Sent first. Pure. */
export function copyFolders(folders: readonly InboxFolder[], sentFolder: string | null): string[] {
  const paths = [sentFolder, ...(['sent', 'all', 'archive', 'trash'] as const).flatMap((role) => folders.filter((each) => each.role === role).map(({ path }) => path))];
  return [...new Set(paths.filter((path) => path !== null))].filter((path) => folders.some((each) => each.path === path));
}

/**
 * Looks for the copy of a mail by its Message-ID, by our own header, then by recipient, subject and time, in each folder.
 * Throws when a folder cannot be searched: then nothing is proven. `isOther` tells whether a Message-ID belongs to another delivery.
 */
export async function searchCopy(session: InboxSession, folders: readonly string[], wanted: WantedCopy, isOther: (messageId: string) => boolean): Promise<CopySearch> {
  for (const folder of folders) {
    if ((await session.findByHeader(folder, 'Message-ID', wanted.messageId)).length > 0) return { kind: 'found', folder, messageId: wanted.messageId, searched: folders };
    if ((await session.findByHeader(folder, 'X-Homing-Id', wanted.id)).length > 0) return { kind: 'found', folder, messageId: null, searched: folders };
    for (const head of await session.findTo(folder, wanted.recipient, wanted.sendingAt - beforeMs, mostHeads)) {
      const messageId = await readMessageId(head, wanted);
      if (messageId !== null && !isOther(messageId)) return { kind: 'found', folder, messageId: messageId === '' ? null : messageId, searched: folders };
    }
  }
  return { kind: 'absent', searched: folders };
}

/** The Message-ID of a head that has the wanted recipient, subject and time and no other mark of ours; empty = it has none; null = another mail. */
async function readMessageId(head: InboxHead, wanted: WantedCopy): Promise<string | null> {
  const mail = await PostalMime.parse(head.head).catch(() => null);
  if (mail === null) return null;
  const header = (name: string): string => mail.headers.find(({ key }) => key === name)?.value ?? '';
  const to = (mail.to ?? []).some(({ address }) => address?.toLowerCase() === wanted.recipient.toLowerCase());
  const date = Date.parse(header('date'));
  const near = [date, head.receivedAt].some((at) => at >= wanted.sendingAt - beforeMs && at <= wanted.sendingAt + afterMs);
  const marked = header('x-homing-id').trim();
  if (!to || !near || plain(mail.subject ?? '') !== plain(wanted.subject) || (marked !== '' && marked !== wanted.id)) return null;
  return mail.messageId?.trim() ?? '';
}

function plain(subject: string): string {
  return subject.normalize('NFC').replace(/\s+/g, ' ').trim();
}
