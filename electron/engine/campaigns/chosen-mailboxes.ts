import { mailboxLimitsSchema, type MailboxLimits, type MailboxState, type RampState } from '../../../shared/schemas/mailbox.ts';
import { parseAbsences, parseCalendar, type MailboxHours } from '../scheduling/index.ts';
import type { Store } from '../store/index.ts';

/** A mailbox of a campaign as launch, checklist and forecast look at it. */
export interface ChosenMailbox extends MailboxHours {
  readonly id: string;
  readonly name: string;
  readonly fromName: string;
  readonly address: string;
  readonly state: MailboxState;
  readonly stateReason: string | null;
  readonly stateSince: number;
  readonly hasInbox: boolean;
  /** When its inbox was last read, UTC ms. */
  readonly inboxCheckedAt: number | null;
  readonly limits: MailboxLimits;
  readonly pausedUntil: number | null;
  readonly nextSendAt: number;
  readonly ramp: RampState | null;
  readonly provider: string | null;
  readonly smtpHost: string;
}

type StoredMailbox = Omit<ChosenMailbox, 'hasInbox' | 'limits' | 'calendar' | 'absences' | 'ramp'> &
  Record<'limits' | 'calendar' | 'absences', string> & { hasInbox: number; ramp: string | null };

/** The mailboxes of these ids that exist. */
export function chosenMailboxes(store: Store, ids: readonly string[]): ChosenMailbox[] {
  const rows = store
    .prepareRead(
      `select id, name, from_name as fromName, address, state, state_reason as stateReason, state_since as stateSince, paused_until as pausedUntil, imap is not null as hasInbox, inbox_checked_at as inboxCheckedAt, calendar, absences, limits, next_send_at as nextSendAt, ramp, provider, json_extract(smtp, '$.host') as smtpHost from mailboxes
       where id in (select value from json_each(?)) order by id`,
    )
    .all(JSON.stringify(ids)) as StoredMailbox[];
  return rows.map((row) => ({
    ...row,
    hasInbox: row.hasInbox === 1,
    limits: mailboxLimitsSchema.parse(JSON.parse(row.limits)),
    calendar: parseCalendar(row.calendar),
    absences: parseAbsences(row.absences),
    ramp: row.ramp === null ? null : (JSON.parse(row.ramp) as RampState),
  }));
}
