import type { Calendar } from '../../../shared/schemas/common.ts';
import type { DayPlan, MailboxLimits, RampState } from '../../../shared/schemas/mailbox.ts';
import type { Events } from '../events/index.ts';
import { day as dayMs } from '../lib/clock.ts';
import { localDay, startOfLocalDay, startOfNextLocalDay, zoneOf } from '../lib/zone.ts';
import type { Tx } from '../store/index.ts';
import { drawDay } from './human-day.ts';
import { allowanceOf, plainDay, type Today } from './pacing.ts';
import { rampOn, type RampDay } from './ramp-up.ts';

/** A mailbox whose day is asked for. */
export interface DayMailbox {
  readonly id: string;
  readonly limits: MailboxLimits;
  readonly calendar: Calendar;
}

/** Ramp-up and human day of each mailbox, as stored. A mailbox with neither costs no query. */
export interface MailboxDays {
  /** Today of a mailbox; the first asker of a day writes it, with an event where the allowance changed. */
  begin(tx: Tx, mailbox: DayMailbox, now: number): Today;
  /** The same without writing: what `begin` would find. */
  look(prepare: Tx['prepare'], mailbox: DayMailbox, now: number): Today;
}

/** Past days are kept for a month, to be looked at. */
const keptMs = 31 * dayMs;

interface Known {
  readonly limits: MailboxLimits;
  readonly zone: string;
  readonly from: number;
  readonly to: number;
  readonly today: Today;
}

/**
 * A day to come, without the store: the ramp-up as it would grow from `ramp` on days that all send without bounces, and
 * the human day that would be drawn. `sendingDays` = days with mail between the ramp's day and this one. Pure.
 */
export function todayOf(mailbox: DayMailbox, ramp: RampState | null, sendingDays: number, day: string): Today {
  const { limits, calendar, id } = mailbox;
  const rampPerDay = limits.rampUp === null ? null : Math.min(limits.perDay, (ramp?.perDay ?? limits.rampUp.startPerDay) + limits.rampUp.stepPerDay * Math.max(0, sendingDays));
  return { rampPerDay, plan: limits.humanDay ? drawDay(id, day, calendar, allowanceOf(limits, { rampPerDay, plan: null })) : null };
}

export function createMailboxDays(deps: { events: Events }): MailboxDays {
  const { events } = deps;
  const known = new Map<string, Known>();

  function cached(mailbox: DayMailbox, now: number): Today | null {
    const { limits, calendar } = mailbox;
    if (limits.rampUp === null && !limits.humanDay) return plainDay;
    const day = known.get(mailbox.id);
    // Equal limits are the same object (`createParseOnce`).
    return day !== undefined && day.limits === limits && day.zone === calendar.zone && now >= day.from && now < day.to ? day.today : null;
  }

  /** What happened on the day of a ramp state; bounces also of the days since, when nothing was looked at. */
  function past(prepare: Tx['prepare'], mailbox: DayMailbox, state: RampState, now: number): RampDay {
    const { zone } = mailbox.calendar;
    const from = zoneOf(zone).instantOf(Date.parse(`${state.day}T00:00:00Z`), 'edge');
    const sent = prepare('select count(*) as n from deliveries where mailbox_id = ? and sent_at >= ? and sent_at < ? and priority > 0').get(
      mailbox.id,
      from,
      startOfNextLocalDay(zone, from),
    ) as { n: number };
    const bounced = prepare(
      `select count(*) as n from events where type = 'bounced' and at >= ? and at < ? and mailbox_id = ? and coalesce(json_extract(data, '$.kind'), reason) in ('hard','block')`,
    ).get(from, startOfLocalDay(zone, now), mailbox.id) as { n: number };
    return { sent: sent.n, bounced: bounced.n };
  }

  function compute(prepare: Tx['prepare'], mailbox: DayMailbox, now: number): { ramp: RampState | null; before: RampState | null; plan: DayPlan | null; drawn: boolean } {
    const { limits, calendar } = mailbox;
    const today = localDay(calendar.zone, now);
    const row = prepare('select ramp from mailboxes where id = ?').get(mailbox.id) as { ramp: string | null } | undefined;
    const before = row === undefined || row.ramp === null ? null : (JSON.parse(row.ramp) as RampState);
    const ramp = rampOn(limits, before, today, () => (before === null ? { sent: 0, bounced: 0 } : past(prepare, mailbox, before, now)));
    if (!limits.humanDay) return { ramp, before, plan: null, drawn: false };
    const stored = prepare('select plan from mailbox_days where mailbox_id = ? and day = ?').get(mailbox.id, today) as { plan: string } | undefined;
    if (stored !== undefined) return { ramp, before, plan: JSON.parse(stored.plan) as DayPlan, drawn: false };
    return { ramp, before, plan: drawDay(mailbox.id, today, calendar, allowanceOf(limits, { rampPerDay: ramp?.perDay ?? null, plan: null })), drawn: true };
  }

  return {
    begin(tx, mailbox, now) {
      const ready = cached(mailbox, now);
      if (ready !== null) return ready;
      const { limits, calendar } = mailbox;
      const { ramp, before, plan, drawn } = compute(tx.prepare, mailbox, now);
      if (ramp !== null && ramp !== before) {
        tx.prepare('update mailboxes set ramp = ? where id = ?').run(JSON.stringify(ramp), mailbox.id);
        if (ramp.perDay !== before?.perDay)
          events.append(tx, { type: 'mailbox_ramp_changed', actor: 'engine', mailboxId: mailbox.id, reason: ramp.reason, data: { from: before?.perDay ?? null, to: ramp.perDay } });
      }
      const day = localDay(calendar.zone, now);
      if (drawn && plan !== null) {
        tx.prepare('insert or ignore into mailbox_days (mailbox_id, day, plan) values (?, ?, ?)').run(mailbox.id, day, JSON.stringify(plan));
        tx.prepare('delete from mailbox_days where mailbox_id = ? and day < ?').run(mailbox.id, localDay(calendar.zone, now - keptMs));
      }
      const today: Today = { rampPerDay: ramp?.perDay ?? null, plan };
      const entry = { limits, zone: calendar.zone, from: startOfLocalDay(calendar.zone, now), to: startOfNextLocalDay(calendar.zone, now), today };
      // Only once it is written: a rolled back day is drawn again.
      tx.afterCommit(() => known.set(mailbox.id, entry));
      return today;
    },
    look(prepare, mailbox, now) {
      const ready = cached(mailbox, now);
      if (ready !== null) return ready;
      const { ramp, plan } = compute(prepare, mailbox, now);
      return { rampPerDay: ramp?.perDay ?? null, plan };
    },
  };
}
