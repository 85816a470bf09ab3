import { describe, expect, it } from 'vitest';
import { createFeed } from '../../../electron/engine/analytics/feed.ts';
import { second } from '../../../electron/engine/lib/clock.ts';
import type { EventType, LiveMessage } from '../../../shared/schemas/event.ts';
import { openTestBase } from '../../support/store.ts';

function setUp(factor?: number) {
  const base = openTestBase();
  const feed = createFeed({ ...base, timeLapse: factor === undefined ? null : { factor, setFactor: () => undefined } });
  const append = (type: EventType, over: { contactId?: string; campaignId?: string; mailboxId?: string; deliveryId?: string } = {}) =>
    base.store.transaction((tx) => base.events.append(tx, { type, actor: 'engine', ...over }));
  return { ...base, feed, append };
}

async function take(stream: AsyncGenerator<LiveMessage, void, void>): Promise<LiveMessage> {
  const { value, done } = await stream.next();
  if (done === true) throw new Error('the stream ended');
  return value;
}

const ids = (message: LiveMessage) => (message.kind === 'events' ? message.events.map((event) => event.id) : message.kind);

describe('the live stream', () => {
  it('tells the cursor, then each commit once, with progress in between', async () => {
    const { feed, append, events, store } = setUp();
    append('imported');
    const stop = new AbortController();
    const stream = feed.live(undefined, stop.signal);
    expect(await take(stream)).toMatchObject({ kind: 'heartbeat', cursor: 1 });
    store.transaction((tx) => {
      events.append(tx, { type: 'planned', actor: 'engine' });
      events.append(tx, { type: 'sent', actor: 'server' });
    });
    expect(await take(stream)).toMatchObject({
      kind: 'events',
      more: false,
      events: [
        { id: 2, type: 'planned' },
        { id: 3, type: 'sent' },
      ],
    });
    events.progress({ task: 'import', id: 'i', done: 1, total: 9, state: 'running' });
    events.progress({ task: 'import', id: 'i', done: 5, total: 9, state: 'running' });
    expect(await take(stream)).toEqual({ kind: 'progress', task: 'import', id: 'i', done: 5, total: 9, state: 'running' });
    const later = take(stream);
    append('held');
    expect(ids(await later)).toEqual([4]);
    stop.abort();
    expect(await stream.next()).toMatchObject({ done: true });
  });

  it('replays what came after the cursor, without a gap or a double', async () => {
    const { feed, append } = setUp();
    for (let i = 0; i < 5; i += 1) append('sent');
    const stream = feed.live(2, undefined);
    expect(await take(stream)).toMatchObject({ kind: 'heartbeat', cursor: 5 });
    append('sent');
    expect(ids(await take(stream))).toEqual([3, 4, 5, 6]);
    await stream.return();
  });

  it('keeps the newest events for a slow reader and says that there were more', async () => {
    const { feed, append } = setUp();
    const stream = feed.live(undefined, undefined);
    await take(stream);
    for (let i = 0; i < 700; i += 1) append('sent');
    const message = await take(stream);
    expect(message).toMatchObject({ kind: 'events', more: true });
    expect(ids(message)).toHaveLength(500);
    expect(ids(message).at(-1)).toBe(700);
    const replay = feed.live(1, undefined);
    await take(replay);
    expect(await take(replay)).toMatchObject({ more: true });
    await Promise.all([stream.return(), replay.return()]);
  });

  it.each([1, 8640])('beats every 15 real seconds at factor %s', async (factor) => {
    const { feed, clock } = setUp(factor);
    const stream = feed.live(undefined, undefined);
    await take(stream);
    const beat = take(stream);
    let done = false;
    void beat.then(() => (done = true));
    clock.advance(14 * second * factor);
    await Promise.resolve();
    expect(done).toBe(false);
    clock.advance(second * factor);
    expect(await beat).toMatchObject({ kind: 'heartbeat', at: clock.now() });
    await stream.return();
  });

  it('ends at once when the reader leaves while it waits, and hears nothing more', async () => {
    const base = openTestBase();
    const stop = new AbortController();
    let listeners = 0;
    function subscribe(listener: Parameters<typeof base.events.subscribe>[0]) {
      listeners += 1;
      const leave = base.events.subscribe(listener);
      return () => {
        listeners -= 1;
        leave();
      };
    }
    const watched = createFeed({ ...base, events: { ...base.events, subscribe }, timeLapse: null }).live(undefined, stop.signal);
    await take(watched);
    const waiting = watched.next();
    expect(listeners).toBe(1);
    stop.abort();
    expect(await waiting).toMatchObject({ done: true });
    expect(listeners).toBe(0);
  });
});

describe('the list of facts', () => {
  const query = { limit: 2 };
  it('pages newest first, by type and campaign, and oldest first after a cursor', () => {
    const { feed, append, clock } = setUp();
    const types: EventType[] = ['sent', 'replied', 'sent', 'bounced', 'sent'];
    for (const [i, type] of types.entries()) {
      append(type, { campaignId: i === 4 ? 'other' : 'c', contactId: `p${i % 2}`, mailboxId: 'm' });
      clock.advance(i % 2);
    }
    const walk = (over: Parameters<typeof feed.list>[0]) => {
      const pages: number[][] = [];
      let cursor: string | null | undefined;
      do {
        const got = feed.list({ ...over, ...(cursor == null ? {} : { cursor }) });
        pages.push(got.items.map((event) => event.id));
        cursor = got.nextCursor;
      } while (cursor !== null);
      return pages;
    };
    expect(walk(query)).toEqual([[5, 4], [3, 2], [1]]);
    expect(walk({ ...query, type: 'sent' })).toEqual([[5, 3], [1]]);
    expect(walk({ ...query, type: ['sent', 'bounced'], campaignId: 'c' })).toEqual([[4, 3], [1]]);
    expect(walk({ ...query, campaignId: 'c' })).toEqual([
      [4, 3],
      [2, 1],
    ]);
    expect(walk({ ...query, contactId: 'p0' })).toEqual([[5, 3], [1]]);
    expect(walk({ ...query, contactId: 'p0', type: 'sent', campaignId: 'c' })).toEqual([[3, 1]]);
    expect(walk({ ...query, mailboxId: 'm', after: 2 })).toEqual([[3, 4], [5]]);
    expect(walk({ ...query, after: 0, type: 'replied' })).toEqual([[2]]);
    expect([feed.list(query).total, feed.list({ ...query, type: 'sent' }).total, feed.list({ ...query, campaignId: 'c' }).total]).toEqual([5, 3, 4]);
    expect(feed.list({ ...query, campaignId: 'none' })).toEqual({ items: [], nextCursor: null, total: 0 });
    expect(() => feed.list({ ...query, cursor: 'x' })).toThrow('cursor');
  });

  it('finds the facts of one delivery through its person', () => {
    const { feed, append, store } = setUp();
    store.transaction((tx) =>
      tx
        .prepare(
          `insert into deliveries (id, kind, unique_key, state, priority, contact_id, recipient, recipient_domain, slot_at, why, created_at, updated_at) values ('d', 'step', 'd', 'planned', 1, 'p', '', '', 0, 'slot', 0, 0)`,
        )
        .run(),
    );
    append('planned', { deliveryId: 'd', contactId: 'p' });
    append('sent', { deliveryId: 'e', contactId: 'p' });
    append('sent', { deliveryId: 'd', contactId: 'p' });
    expect(feed.list({ limit: 10, deliveryId: 'd' }).items.map((event) => event.id)).toEqual([3, 1]);
    expect(feed.list({ limit: 10, deliveryId: 'e' }).items.map((event) => event.id)).toEqual([2]);
  });
});
