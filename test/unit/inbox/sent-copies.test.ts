import { describe, expect, test } from 'vitest';
import { createSentCopies } from '../../../electron/engine/inbox/sent-copies.ts';
import type { InboxSession } from '../../../electron/engine/ports.ts';
import { openInboxBench } from '../../support/inbox.ts';

const hour = 3_600_000;

function open() {
  const bench = openInboxBench();
  const { deliveryId } = bench.addSent('anna@example.org');
  bench.store.transaction((tx) => tx.prepare(`update mailboxes set sent_copy = 'append', sent_folder = 'Sent'`).run());
  const copies = createSentCopies(bench);
  const sentAt = bench.clock.now() - 5000;
  const filed: { folder: string; raw: string; at: number }[] = [];
  const trouble: { append: Error | null; stored: boolean } = { append: null, stored: false };
  const session = {
    usable: true,
    findByHeader: async () => (trouble.stored ? [7] : []),
    async append(folder: string, raw: Uint8Array, at: number) {
      if (trouble.append !== null) throw trouble.append;
      filed.push({ folder, raw: Buffer.from(raw).toString(), at });
    },
  } as unknown as InboxSession;
  return {
    ...bench,
    deliveryId,
    sentAt,
    filed,
    trouble,
    add: () => bench.store.transaction((tx) => copies.add(tx, { deliveryId, mailboxId: bench.mailboxId, raw: Buffer.from('Subject: Hello\r\n\r\nHi'), sentAt })),
    async file() {
      const row = bench.mailboxes.row(bench.mailboxId);
      if (row !== null) await copies.file(session, row);
    },
    waiting: () => (bench.store.prepareRead('select count(*) as n from sent_copies').get() as { n: number }).n,
  };
}

describe('copies for the Sent folder', () => {
  test('a copy is filed once, as the mail left and dated as it was sent', async () => {
    const { add, file, filed, waiting, sentAt } = open();
    add();
    add();
    await file();
    await file();
    expect(filed).toEqual([{ folder: 'Sent', raw: 'Subject: Hello\r\n\r\nHi', at: sentAt }]);
    expect(waiting()).toBe(0);
  });

  test('a refused copy is tried again later, and in the end told by a warning that changes nothing of the mail', async () => {
    const { add, file, filed, waiting, trouble, clock, eventTypes, events, store, deliveryId } = open();
    trouble.append = new Error('Quota exceeded');
    add();
    for (let tries = 1; tries <= 6; tries += 1) {
      await file();
      // Not before its time.
      await file();
      expect(waiting()).toBe(tries < 6 ? 1 : 0);
      clock.advance(2 * hour);
    }
    expect(filed).toEqual([]);
    expect(eventTypes().filter((type) => type === 'sent_copy_failed')).toHaveLength(1);
    expect(events.after(0, 1000).find(({ type }) => type === 'sent_copy_failed')).toMatchObject({ reason: 'Quota exceeded', deliveryId });
    expect(store.prepareRead('select state from deliveries where id = ?').get(deliveryId)).toEqual({ state: 'sent' });
  });

  test('after a try of unknown end the folder is searched first', async () => {
    const { add, file, filed, waiting, trouble, clock } = open();
    trouble.append = new Error('Connection lost');
    add();
    await file();
    Object.assign(trouble, { append: null, stored: true });
    clock.advance(2 * hour);
    await file();
    expect([filed, waiting()]).toEqual([[], 0]);
  });

  test('settings that changed since end the wait with a word', async () => {
    const { add, file, waiting, store, eventTypes } = open();
    add();
    store.transaction((tx) => tx.prepare(`update mailboxes set sent_copy = 'unknown', sent_folder = null`).run());
    await file();
    expect(waiting()).toBe(0);
    expect(eventTypes()).toContain('sent_copy_failed');
  });
});
