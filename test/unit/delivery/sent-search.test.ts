import { describe, expect, test } from 'vitest';
import { nextLookAt } from '../../../electron/engine/delivery/reconcile.ts';
import { copyFolders, searchCopy, type WantedCopy } from '../../../electron/engine/delivery/sent-search.ts';
import type { FolderRole, InboxSession } from '../../../electron/engine/ports.ts';

const minute = 60_000;
const sendingAt = Date.UTC(2026, 2, 2, 9);
const wanted: WantedCopy = { id: 'd1', messageId: '<ours@example.com>', recipient: 'anna@example.org', subject: 'Grüße  aus Köln', sendingAt };

interface Copy {
  readonly to?: string;
  readonly subject?: string;
  readonly at?: number;
  readonly headers?: readonly string[];
}

/** A server that strips what it likes from the copies it files. */
function server(folders: Record<string, readonly Copy[]>) {
  const heads = (path: string) =>
    (folders[path] ?? []).map(({ to = 'Anna <Anna@Example.org>', subject = '=?UTF-8?Q?Gr=C3=BC=C3=9Fe_?= =?UTF-8?Q?aus_K=C3=B6ln?=', at = sendingAt, headers = [] }, index) => ({
      uid: index + 1,
      receivedAt: at,
      head: Buffer.from([`To: ${to}`, `Subject: ${subject}`, `Date: ${new Date(at).toUTCString()}`, ...headers, '', ''].join('\r\n')),
    }));
  const searched: string[] = [];
  const session: Pick<InboxSession, 'findByHeader' | 'findTo'> = {
    async findByHeader(path, header, value) {
      searched.push(path);
      if (folders[path] === undefined) throw new Error(`no folder ${path}`);
      return heads(path)
        .filter(({ head }) => head.toString().includes(`${header}: ${value}`))
        .map(({ uid }) => uid);
    },
    findTo: async (path) => heads(path),
  };
  return { searched, search: (paths: string[], isOther = (_id: string) => false) => searchCopy(session as InboxSession, paths, wanted, isOther) };
}

describe('the search for the copy of a mail', () => {
  test('by Message-ID, by our own header, and by recipient, subject and time', async () => {
    expect(await server({ Sent: [{ headers: ['Message-ID: <ours@example.com>'] }] }).search(['Sent'])).toMatchObject({ kind: 'found', messageId: '<ours@example.com>' });
    expect(await server({ Sent: [{ headers: ['X-Homing-Id: d1', 'Message-ID: <wire@x>'] }] }).search(['Sent'])).toMatchObject({ kind: 'found', folder: 'Sent' });
    expect(await server({ Sent: [{ at: sendingAt + 2 * minute, headers: ['Message-ID: <wire@x>'] }] }).search(['Sent'])).toMatchObject({ kind: 'found', messageId: '<wire@x>' });
  });

  test('another recipient, subject, time or delivery is another mail', async () => {
    const others: Copy[] = [
      { to: 'eva@example.org' },
      { subject: 'Re: Hello' },
      { at: sendingAt - 20 * minute },
      { at: sendingAt + 61 * minute },
      { headers: ['X-Homing-Id: d2'] },
    ];
    expect((await server({ Sent: others }).search(['Sent'])).kind).toBe('absent');
    expect((await server({ Sent: [{ headers: ['Message-ID: <second@example.com>'] }] }).search(['Sent'], (id) => id === '<second@example.com>')).kind).toBe('absent');
  });

  test('every folder is searched before a copy is called absent, and one that cannot be searched proves nothing', async () => {
    const found = server({ Sent: [], Trash: [{ headers: ['X-Homing-Id: d1'] }] });
    expect(await found.search(['Sent', 'Trash'])).toMatchObject({ kind: 'found', folder: 'Trash' });
    await expect(server({ Sent: [] }).search(['Sent', 'Gone'])).rejects.toThrow('no folder');
  });

  test('the folder of the round-trip test comes first, then Sent, All Mail, Archive and Trash; one that is gone is left out', () => {
    const folders = (['inbox', 'trash', 'all', 'sent', 'archive', 'junk'] as FolderRole[]).map((role) => ({ path: role, role, status: null }));
    expect(copyFolders([...folders, { path: 'Copies', role: 'other', status: null }], 'Copies')).toEqual(['Copies', 'sent', 'all', 'archive', 'trash']);
    expect(copyFolders(folders, 'Gone')).toEqual(['sent', 'all', 'archive', 'trash']);
  });
});

test('an unknown outcome is looked into at each run while its grace period lasts, then ever more rarely', () => {
  expect(nextLookAt(0, 10 * minute)).toBe(10 * minute);
  expect(nextLookAt(0, 16 * minute)).toBe(16 * minute);
  expect(nextLookAt(0, 30 * minute)).toBe(45 * minute);
  expect(nextLookAt(0, 600 * minute)).toBe(720 * minute);
});
