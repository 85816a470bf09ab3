import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';

/** Mails accepted, and people with at least one, as far as they come from a campaign. */
export interface MailTotals {
  sent: number;
  mailed: number;
}

export interface Rollup {
  /** Totals of every campaign that sent something, and of all together. Exact at any time. */
  read(): { campaigns: Map<string, MailTotals>; all: MailTotals };
  start(): void;
  stop(): void;
}

/** Events that one transaction takes in (a few ms), and how many may wait before it is worth one. */
const slice = 2000;
const worthIt = 500;
/** Row that holds all campaigns together, and the row that holds how far the events are counted. */
const everything = '*';
const cursorKey = 'cursor';

/**
 * `sent` events by campaign between two cursors; a person counts for `mailed` unless an earlier event has counted them.
 * Mails that belong to no campaign (a person's reply, a test) are left out. The indexes are named because SQLite would
 * rather walk every `sent` event than the few between the cursors.
 */
const mailsBetween = `
  select campaign_id as campaignId, count(*) as sent, count(distinct case when not exists (
      select 1 from events p indexed by events_contact where p.contact_id = e.contact_id and p.id <= @from and p.type = 'sent' and p.campaign_id = e.campaign_id
    ) then contact_id end) as mailed
  from events e not indexed where e.id > @from and e.id <= @to and e.type = 'sent' and e.campaign_id is not null group by campaign_id
  union all
  select '${everything}', count(*), count(distinct case when not exists (
      select 1 from events p indexed by events_contact where p.contact_id = e.contact_id and p.id <= @from and p.type = 'sent' and p.campaign_id is not null
    ) then contact_id end)
  from events e not indexed where e.id > @from and e.id <= @to and e.type = 'sent' and e.campaign_id is not null`;

interface Line extends MailTotals {
  campaignId: string;
}

/**
 * Totals over the events, kept in `event_totals` up to a cursor and counted directly behind it, so that reading is
 * exact and never writes. The table is a cache: emptied, it fills itself again in slices.
 */
export function createRollup(deps: { store: Store; events: Events; clock: Clock; log: Logger }): Rollup {
  const { store, events, clock, log } = deps;
  let waiting = 0;
  let cancelNext: (() => void) | null = null;
  let leave: () => void = () => undefined;
  let running = false;

  function cursor(): number {
    const row = store.prepareRead('select n from event_totals where campaign_id = ? and key = ?').get('', cursorKey) as { n: number } | undefined;
    return row?.n ?? 0;
  }

  /** Takes in one slice; true when there is more. */
  function advance(tx: Tx): boolean {
    const row = tx.prepare('select n from event_totals where campaign_id = ? and key = ?').get('', cursorKey) as { n: number } | undefined;
    const from = row?.n ?? 0;
    const newest = (tx.prepare('select coalesce(max(id), 0) as n from events').get() as { n: number }).n;
    const to = Math.min(newest, from + slice);
    if (to === from) return false;
    const add = tx.prepare('insert into event_totals (campaign_id, key, n) values (?, ?, ?) on conflict (campaign_id, key) do update set n = n + excluded.n');
    for (const line of tx.prepare(mailsBetween).all({ from, to }) as Line[]) {
      if (line.sent > 0) add.run(line.campaignId, 'sent', line.sent);
      if (line.mailed > 0) add.run(line.campaignId, 'mailed', line.mailed);
    }
    add.run('', cursorKey, to - from);
    return to < newest;
  }

  function work(): void {
    cancelNext = null;
    if (!running) return;
    waiting = 0;
    try {
      if (store.transaction(advance)) schedule();
    } catch (error) {
      // A cache that could not be written costs time, nothing else.
      log.warn({ err: error }, 'the event totals could not be brought up to date');
    }
  }
  function schedule(): void {
    cancelNext ??= clock.after(0, work);
  }

  return {
    read() {
      const campaigns = new Map<string, MailTotals>();
      const all: MailTotals = { sent: 0, mailed: 0 };
      const of = (campaignId: string): MailTotals => {
        if (campaignId === everything) return all;
        const known = campaigns.get(campaignId) ?? { sent: 0, mailed: 0 };
        campaigns.set(campaignId, known);
        return known;
      };
      for (const { campaignId, key, n } of store.prepareRead(`select campaign_id as campaignId, key, n from event_totals where key in ('sent', 'mailed')`).all() as {
        campaignId: string;
        key: 'sent' | 'mailed';
        n: number;
      }[])
        of(campaignId)[key] += n;
      for (const line of store.prepareRead(mailsBetween).all({ from: cursor(), to: events.cursor() }) as Line[]) {
        const own = of(line.campaignId);
        own.sent += line.sent;
        own.mailed += line.mailed;
      }
      return { campaigns, all };
    },
    start() {
      running = true;
      leave = events.subscribe((fresh) => {
        waiting += fresh.length;
        if (waiting >= worthIt) schedule();
      });
      schedule();
    },
    stop() {
      running = false;
      leave();
      cancelNext?.();
      cancelNext = null;
    },
  };
}
