import { Temporal } from 'temporal-polyfill';
import type { Actor } from '../../../shared/schemas/event.ts';
import type { StopReason } from '../../../shared/schemas/enrolment.ts';
import type { ReplyClass } from '../../../shared/schemas/reply.ts';
import type { Contacts } from '../contacts/index.ts';
import type { Events } from '../events/index.ts';
import { day, type Clock } from '../lib/clock.ts';
import type { Tx } from '../store/index.ts';

/** What the areas above or beside do in the same transaction; `engine.ts` wires them. */
export interface InboxHooks {
  stopContact(tx: Tx, contactId: string, reason: StopReason, actor: Actor, data?: Record<string, unknown>): unknown;
  pauseContact(tx: Tx, contactId: string, until: number | null, reason: string, actor: Actor): unknown;
  /** Lets a stopped or paused enrolment go on with the delay that was left. */
  restart(tx: Tx, enrolmentId: string, reason: string): unknown;
  /** A mail of unknown outcome is proven to have left. */
  evidence(tx: Tx, evidence: { deliveryId: string; source: 'sent_folder' | 'reply' | 'bounce' }): unknown;
}

/** A stored reply, as far as its consequences need it. */
export interface ConsequenceInput {
  readonly id: string;
  readonly class: ReplyClass;
  readonly mailboxId: string;
  readonly contactId: string | null;
  readonly enrolmentId: string | null;
  readonly campaignId: string | null;
  readonly deliveryId: string | null;
  /** Address that the answered mail went to. */
  readonly recipient: string | null;
  readonly fromAddress: string;
  readonly returnDate: string | null;
  readonly receivedAt: number;
  /** Time zone in which the return date is meant. */
  readonly zone: string;
  readonly bounce: { readonly status: string | null; readonly class: string | null; readonly diagnostic: string | null } | null;
}

/** Without a date an absence is taken to last this long. */
const absenceWithoutDateMs = 7 * day;

/** When an absent person is mailed again, UTC ms: the start of the first working day after the return date. */
export function resumeAt(returnDate: string | null, receivedAt: number, zone: string): number {
  if (returnDate === null) return receivedAt + absenceWithoutDateMs;
  let date = Temporal.PlainDate.from(returnDate).add({ days: 1 });
  while (date.dayOfWeek > 5) date = date.add({ days: 1 });
  return date.toZonedDateTime({ timeZone: zone, plainTime: '00:00' }).epochMilliseconds;
}

export type Consequences = ReturnType<typeof createConsequences>;

/** What an inbound message changes (DESIGN section 6), all in the caller's transaction. */
export function createConsequences(deps: { events: Events; clock: Clock; contacts: Pick<Contacts, 'suppress'>; hooks: InboxHooks }) {
  const { events, clock, contacts, hooks } = deps;

  function fact(tx: Tx, reply: ConsequenceInput, type: Parameters<Events['append']>[1]['type'], actor: Actor, reason: string | null, data: Record<string, unknown> = {}): void {
    const { id, contactId, enrolmentId, deliveryId, campaignId, mailboxId } = reply;
    events.append(tx, { type, actor, reason, contactId, enrolmentId, deliveryId, campaignId, mailboxId, data: { replyId: id, ...data } });
  }

  function stop(tx: Tx, reply: ConsequenceInput, reason: StopReason, actor: Actor): void {
    if (reply.contactId !== null) hooks.stopContact(tx, reply.contactId, reason, actor, { replyId: reply.id });
  }

  function suppress(tx: Tx, reply: ConsequenceInput, reason: 'unsubscribed' | 'hard_bounce' | 'complaint', actor: Actor, note: string): void {
    const address = reply.recipient ?? emailOf(tx, reply.contactId) ?? reply.fromAddress;
    if (address !== '') contacts.suppress(tx, { kind: 'address', value: address, reason, note: note.slice(0, 500), actor });
  }

  function apply(tx: Tx, reply: ConsequenceInput, actor: Actor): void {
    switch (reply.class) {
      case 'human':
        if (reply.contactId !== null) tx.prepare('update contacts set last_reply_at = max(coalesce(last_reply_at, 0), ?) where id = ?').run(reply.receivedAt, reply.contactId);
        fact(tx, reply, 'replied', actor, null);
        stop(tx, reply, 'replied', actor);
        return;
      case 'out_of_office': {
        fact(tx, reply, 'auto_replied', actor, 'out_of_office', { returnDate: reply.returnDate });
        const until = resumeAt(reply.returnDate, reply.receivedAt, reply.zone);
        if (reply.contactId !== null && until > clock.now()) hooks.pauseContact(tx, reply.contactId, until, 'out_of_office', actor);
        return;
      }
      case 'auto_acknowledgement':
        fact(tx, reply, 'auto_replied', actor, 'auto_acknowledgement');
        return;
      case 'opt_out':
        if (reply.contactId !== null) tx.prepare('update contacts set last_reply_at = max(coalesce(last_reply_at, 0), ?) where id = ?').run(reply.receivedAt, reply.contactId);
        fact(tx, reply, 'unsubscribed', actor, 'reply');
        stop(tx, reply, 'unsubscribed', actor);
        suppress(tx, reply, 'unsubscribed', actor, 'Asked by mail');
        return;
      case 'complaint':
        fact(tx, reply, 'complained', actor, null);
        stop(tx, reply, 'complained', actor);
        suppress(tx, reply, 'complaint', actor, 'Complained as spam');
        return;
      case 'hard_bounce':
        fact(tx, reply, 'bounced', 'server', 'hard', bounceData(reply));
        stop(tx, reply, 'bounced', 'server');
        suppress(tx, reply, 'hard_bounce', actor === 'person' ? 'person' : 'server', reply.bounce?.diagnostic ?? 'The address does not exist');
        return;
      case 'soft_bounce': {
        if (reply.contactId !== null) tx.prepare('update contacts set soft_bounces = soft_bounces + 1 where id = ?').run(reply.contactId);
        const count =
          reply.contactId === null ? 1 : ((tx.prepare('select soft_bounces as n from contacts where id = ?').get(reply.contactId) as { n: number } | undefined)?.n ?? 1);
        fact(tx, reply, 'bounced', 'server', 'soft', { ...bounceData(reply), count });
        return;
      }
      case 'block_bounce':
        fact(tx, reply, 'bounced', 'server', 'block', bounceData(reply));
        return;
      case 'delayed_notice':
        fact(tx, reply, 'delayed', 'server', reply.bounce?.class ?? null, bounceData(reply));
        return;
      case 'own_copy':
      case 'unrelated':
        return;
    }
  }

  return {
    apply,
    /**
     * A person corrects the class: what the old one stopped goes on again where that is allowed, then the new one's
     * consequences follow. Opt-out, complaint and hard bounce stay (DESIGN section 6): lifting a suppression is a decision of
     * its own.
     */
    correct(tx: Tx, reply: ConsequenceInput, from: ReplyClass): void {
      fact(tx, reply, 'reply_reclassified', 'person', null, { from, to: reply.class });
      if (reply.contactId !== null && reply.class !== 'human') {
        if (from === 'human') {
          for (const enrolmentId of stoppedBy(tx, reply, 'replied')) hooks.restart(tx, enrolmentId, 'reclassified');
        } else if (from === 'out_of_office') {
          for (const enrolmentId of pausedBy(tx, reply.contactId)) hooks.restart(tx, enrolmentId, 'reclassified');
        }
      }
      apply(tx, reply, 'person');
    },
  };
}

function bounceData(reply: ConsequenceInput): Record<string, unknown> {
  return { status: reply.bounce?.status ?? null, class: reply.bounce?.class ?? null };
}

function emailOf(tx: Tx, contactId: string | null): string | null {
  if (contactId === null) return null;
  return (tx.prepare('select email from contacts where id = ?').get(contactId) as { email: string } | undefined)?.email ?? null;
}

/** Enrolments that this reply stopped, and that no other answer of the person would have stopped. */
function stoppedBy(tx: Tx, reply: ConsequenceInput, reason: StopReason): string[] {
  const rows = tx
    .prepare(
      `select distinct e.id from events v join enrolments e on e.id = v.enrolment_id
       where v.contact_id = ? and v.type = 'stopped' and json_extract(v.data, '$.replyId') = ? and e.state = 'stopped' and e.reason = ?
         and not exists (select 1 from replies r where r.contact_id = v.contact_id and r.id <> ? and r.class in ('human','opt_out','complaint') and r.received_at >= e.created_at)`,
    )
    .all(reply.contactId, reply.id, reason, reply.id) as { id: string }[];
  return rows.map(({ id }) => id);
}

function pausedBy(tx: Tx, contactId: string): string[] {
  return (tx.prepare(`select id from enrolments where contact_id = ? and state = 'paused' and reason = 'out_of_office'`).all(contactId) as { id: string }[]).map(({ id }) => id);
}
