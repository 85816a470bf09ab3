import { eventTypes, type DomainEvent, type EventType, type LiveMessage } from '../../../shared/schemas/event.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import { parseEventRow, type Events, type Progress } from '../events/index.ts';
import { second, type Clock } from '../lib/clock.ts';
import { decodeCursor, encodeCursor } from '../lib/page.ts';
import type { TimeLapse } from '../ports.ts';
import type { Store } from '../store/index.ts';

export interface EventQuery extends PageQuery {
  after?: number | undefined;
  type?: EventType | EventType[] | undefined;
  campaignId?: string | undefined;
  contactId?: string | undefined;
  deliveryId?: string | undefined;
  mailboxId?: string | undefined;
}

export interface Feed {
  /** Facts, newest first; with `after` the ones behind that cursor, oldest first. */
  list(query: EventQuery): Page<DomainEvent>;
  /**
   * Begins with a heartbeat that tells the cursor, replays what came after `after`, then yields events, progress and a
   * heartbeat every 15 s until the signal aborts. A reader that falls behind gets the newest events with `more: true`.
   */
  live(after: number | undefined, signal: AbortSignal | undefined): AsyncGenerator<LiveMessage, void, void>;
}

const heartbeatMs = 15 * second;
/** Events that wait for one slow reader; older ones are dropped and `more` says so. */
const maxBuffered = 500;

const columns = `id, at, type, actor, profile_id as profileId, reason, contact_id as contactId, enrolment_id as enrolmentId, delivery_id as deliveryId,
  campaign_id as campaignId, mailbox_id as mailboxId, step_id as stepId, variant_id as variantId, data`;

type Row = Parameters<typeof parseEventRow>[0];

export function createFeed(deps: { store: Store; events: Events; clock: Clock; timeLapse: TimeLapse | null }): Feed {
  return { list: (query) => listEvents(deps.store, query), live: (after, signal) => liveMessages(deps, after, signal) };
}

function listEvents(store: Store, query: EventQuery): Page<DomainEvent> {
  const types = query.type === undefined ? [] : Array.isArray(query.type) ? query.type : [query.type];
  const conditions: string[] = [];
  const params: Record<string, string | number> = { limit: query.limit + 1 };
  for (const [column, value] of [
    ['campaign_id', query.campaignId],
    ['contact_id', contactOf(store, query)],
    ['delivery_id', query.deliveryId],
    ['mailbox_id', query.mailboxId],
  ] as const) {
    if (value === undefined) continue;
    conditions.push(`${column} = @${column}`);
    params[column] = value;
  }
  const typeList = types.map((type, index) => {
    params[`type${index}`] = type;
    return `@type${index}`;
  });
  const typed = typeList.length === 0 ? [] : [`type in (${typeList.join(',')})`];
  const total = count(store, [...conditions, ...typed], params);
  const all = (sql: string) => (store.prepareRead(sql).all(params) as Row[]).map(parseEventRow);
  const where = (parts: string[]) => (parts.length === 0 ? '' : `where ${parts.join(' and ')}`);

  if (query.after !== undefined) {
    params['after'] = query.cursor === undefined ? query.after : Number(decodeCursor(query.cursor, 1)[0]);
    return page(all(`select ${columns} from events ${where(['id > @after', ...conditions, ...typed])} order by id limit @limit`), query.limit, total, (event) => [event.id]);
  }
  const indexedByContact = params['contact_id'] !== undefined;
  if (!indexedByContact && (types.length > 0 || query.campaignId !== undefined)) {
    // One range of the (type, at) index for each type, merged: no type is so frequent that it must be sorted whole.
    const before = query.cursor === undefined ? null : decodeCursor(query.cursor, 2);
    if (before !== null) Object.assign(params, { at: Number(before[0]), id: Number(before[1]) });
    const chosen: readonly string[] = types.length > 0 ? typeList : eventTypes.map((type) => `'${type}'`);
    const parts = chosen.map(
      (type) =>
        `select * from (select ${columns} from events ${where([`type = ${type}`, ...conditions, ...(before === null ? [] : ['(at, id) < (@at, @id)'])])} order by at desc, id desc limit @limit)`,
    );
    return page(all(`${parts.join(' union all ')} order by at desc, id desc limit @limit`), query.limit, total, (event) => [event.at, event.id]);
  }
  if (query.cursor !== undefined) {
    params['before'] = Number(decodeCursor(query.cursor, 1)[0]);
    conditions.push('id < @before');
  }
  return page(all(`select ${columns} from events ${where([...conditions, ...typed])} order by id desc limit @limit`), query.limit, total, (event) => [event.id]);
}

/** Events have no index by delivery; those of the delivery's person are few. */
function contactOf(store: Store, query: EventQuery): string | undefined {
  if (query.contactId !== undefined || query.deliveryId === undefined) return query.contactId;
  const row = store.prepareRead('select contact_id as contactId from deliveries where id = ?').get(query.deliveryId) as { contactId: string | null } | undefined;
  return row?.contactId ?? undefined;
}

function count(store: Store, conditions: readonly string[], params: Record<string, string | number>): number {
  // Events are never deleted and their ids have no gaps, so the whole need not be counted.
  const sql =
    conditions.length === 0
      ? 'select coalesce((select max(id) from events) - (select min(id) from events) + 1, 0) as n'
      : `select count(*) as n from events where ${conditions.join(' and ')}`;
  return (store.prepareRead(sql).get(params) as { n: number }).n;
}

function page(events: DomainEvent[], limit: number, total: number, cursor: (event: DomainEvent) => number[]): Page<DomainEvent> {
  const items = events.slice(0, limit);
  const last = items.at(-1);
  return { items, total, nextCursor: events.length > limit && last !== undefined ? encodeCursor(cursor(last)) : null };
}

async function* liveMessages(
  deps: { events: Events; clock: Clock; timeLapse: TimeLapse | null },
  after: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<LiveMessage, void, void> {
  const { events, clock, timeLapse } = deps;
  let waiting: DomainEvent[] = [];
  let dropped = false;
  let beat = false;
  const progress = new Map<string, Progress>();
  let wake: () => void = () => undefined;

  const stopEvents = events.subscribe((fresh) => {
    waiting.push(...fresh);
    if (waiting.length > maxBuffered) {
      waiting = waiting.slice(-maxBuffered);
      dropped = true;
    }
    wake();
  });
  const stopProgress = events.subscribeProgress((each) => {
    // Only the newest state of a task matters.
    progress.set(`${each.task}:${each.id}`, each);
    wake();
  });
  let cancelBeat: () => void = () => undefined;
  function beatLater(): void {
    cancelBeat = clock.after(heartbeatMs * (timeLapse?.factor ?? 1), () => {
      beat = true;
      wake();
      beatLater();
    });
  }
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);

  try {
    beatLater();
    // Between here and the first await nothing can commit, so replay and subscription meet without a gap.
    const newest = events.cursor();
    if (after !== undefined && after < newest) {
      waiting = events.after(Math.max(after, newest - maxBuffered), maxBuffered);
      dropped = newest - after > maxBuffered;
    }
    yield { kind: 'heartbeat', at: clock.now(), cursor: newest };
    while (signal?.aborted !== true) {
      if (waiting.length > 0) {
        const message: LiveMessage = { kind: 'events', events: waiting, more: dropped };
        waiting = [];
        dropped = false;
        yield message;
      } else if (progress.size > 0) {
        const states = [...progress.values()];
        progress.clear();
        for (const each of states) yield { kind: 'progress', ...each };
      } else if (beat) {
        beat = false;
        yield { kind: 'heartbeat', at: clock.now(), cursor: events.cursor() };
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal?.aborted === true) resolve();
        });
      }
    }
  } finally {
    stopEvents();
    stopProgress();
    cancelBeat();
    signal?.removeEventListener('abort', onAbort);
  }
}
