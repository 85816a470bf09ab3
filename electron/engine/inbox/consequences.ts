import { Temporal } from 'temporal-polyfill';
import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import { answerClassSchema, type AnswerClass } from '../../../shared/schemas/delivery.ts';
import type { Actor } from '../../../shared/schemas/event.ts';
import type { StopReason } from '../../../shared/schemas/enrolment.ts';
import type { ReplyClass, ReplyIntent } from '../../../shared/schemas/reply.ts';
import type { Contacts } from '../contacts/index.ts';
import type { Events } from '../events/index.ts';
import { day, type Clock } from '../lib/clock.ts';
import { parseRules } from '../scheduling/index.ts';
import type { Tx } from '../store/index.ts';

/** What the areas above or beside do in the same transaction; `engine.ts` wires them. */
export interface InboxHooks {
  stop(tx: Tx, enrolmentId: string, reason: StopReason, actor: Actor, data?: Record<string, unknown>): unknown;
  pause(tx: Tx, enrolmentId: string, until: number | null, reason: string, actor: Actor, data?: Record<string, unknown>): unknown;
  /** Looks whether a campaign's bounces or complaints ask for a pause. */
  checkRates(tx: Tx, campaignId: string): void;
  /** A recipient's server asked for patience or blocks us, behind our own server's acceptance: its domain backs off. */
  noteRemoteTrouble(tx: Tx, trouble: { domain: string; class: AnswerClass; answer: string }): unknown;
  /** Lets a stopped or paused enrolment go on with the delay that was left. */
  restart(tx: Tx, enrolmentId: string, reason: string): unknown;
  /** A mail of unknown outcome is proven to have left. */
  evidence(tx: Tx, evidence: { deliveryId: string; source: 'sent_folder' | 'reply' | 'bounce' }): unknown;
}

/** A stored reply, as far as its consequences need it. */
export interface ConsequenceInput {
  readonly id: string;
  readonly class: ReplyClass;
  /** Of a human reply. */
  readonly intent: ReplyIntent | null;
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
  /** When it was taken in, UTC ms. */
  readonly createdAt: number;
  /** Time zone in which the return date is meant. */
  readonly zone: string;
  readonly bounce: { readonly status: string | null; readonly class: string | null; readonly diagnostic: string | null } | null;
}

/** Whom and what a reply belongs to. */
export type ReplyLink = Pick<ConsequenceInput, 'id' | 'mailboxId' | 'contactId' | 'enrolmentId' | 'campaignId' | 'deliveryId'>;

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

  /** What no rule softens: the person is stopped everywhere. */
  function stopEverywhere(tx: Tx, reply: ConsequenceInput, reason: StopReason, actor: Actor): void {
    for (const enrolment of livingOf(tx, reply.contactId)) hooks.stop(tx, enrolment.id, reason, actor, { replyId: reply.id });
  }

  function replied(tx: Tx, reply: ConsequenceInput, actor: Actor): void {
    for (const { id, rules } of livingOf(tx, reply.contactId)) {
      const action = reply.intent === 'meeting' ? rules.onMeeting : rules.onReply;
      if (action === 'stop') hooks.stop(tx, id, 'replied', actor, { replyId: reply.id });
      if (action === 'pause') hooks.pause(tx, id, null, 'replied', actor, { replyId: reply.id });
    }
    for (const { id, rules } of colleaguesOf(tx, reply.contactId)) {
      const { action, pauseDays } = rules.onCompanyReply;
      if (action === 'stop') hooks.stop(tx, id, 'company_replied', 'engine', { replyId: reply.id });
      if (action === 'pause') hooks.pause(tx, id, clock.now() + pauseDays * day, 'company_replied', 'engine', { replyId: reply.id });
    }
  }

  function onMeeting(tx: Tx, { id: replyId, contactId }: ReplyLink): void {
    for (const { id, rules } of livingOf(tx, contactId)) {
      if (rules.onMeeting === 'stop') hooks.stop(tx, id, 'replied', 'engine', { replyId });
      if (rules.onMeeting === 'pause') hooks.pause(tx, id, null, 'replied', 'engine', { replyId });
    }
  }

  function away(tx: Tx, reply: ConsequenceInput, actor: Actor): void {
    const until = resumeAt(reply.returnDate, reply.receivedAt, reply.zone);
    if (until <= clock.now()) return;
    for (const { id, rules } of livingOf(tx, reply.contactId)) if (rules.onOutOfOffice === 'pause') hooks.pause(tx, id, until, 'out_of_office', actor, { replyId: reply.id });
  }

  /** The peer that accepts our mail is usually our own server: what the recipient's says arrives by mail. */
  function remoteTrouble(tx: Tx, reply: ConsequenceInput): void {
    const domain = reply.recipient?.slice(reply.recipient.lastIndexOf('@') + 1).toLowerCase() ?? '';
    const name = answerClassSchema.safeParse(reply.bounce?.class);
    if (domain !== '' && name.success) hooks.noteRemoteTrouble(tx, { domain, class: name.data, answer: reply.bounce?.diagnostic ?? '' });
  }

  /** Counts a soft bounce; enrolments end when there were too many in a row for their campaign. */
  function softBounce(tx: Tx, reply: ConsequenceInput): void {
    const counted =
      reply.contactId === null
        ? undefined
        : (tx.prepare('update contacts set soft_bounces = soft_bounces + 1 where id = ? returning soft_bounces as n').get(reply.contactId) as { n: number } | undefined);
    const count = counted?.n ?? 1;
    fact(tx, reply, 'bounced', 'server', 'soft', { ...bounceData(reply, 'soft'), count });
    for (const { id, rules } of livingOf(tx, reply.contactId))
      if (count >= rules.onSoftBounce.stopAfter) hooks.stop(tx, id, 'soft_bounces', 'engine', { replyId: reply.id, count });
  }

  function checkRates(tx: Tx, { campaignId }: ConsequenceInput): void {
    if (campaignId !== null) hooks.checkRates(tx, campaignId);
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
        replied(tx, reply, actor);
        return;
      case 'out_of_office':
        fact(tx, reply, 'auto_replied', actor, 'out_of_office', { returnDate: reply.returnDate });
        away(tx, reply, actor);
        return;
      case 'auto_acknowledgement':
        fact(tx, reply, 'auto_replied', actor, 'auto_acknowledgement');
        return;
      case 'opt_out':
        if (reply.contactId !== null) tx.prepare('update contacts set last_reply_at = max(coalesce(last_reply_at, 0), ?) where id = ?').run(reply.receivedAt, reply.contactId);
        fact(tx, reply, 'unsubscribed', actor, 'reply');
        stopEverywhere(tx, reply, 'unsubscribed', actor);
        suppress(tx, reply, 'unsubscribed', actor, 'Asked by mail');
        return;
      case 'complaint':
        fact(tx, reply, 'complained', actor, null);
        stopEverywhere(tx, reply, 'complained', actor);
        suppress(tx, reply, 'complaint', actor, 'Complained as spam');
        checkRates(tx, reply);
        return;
      case 'hard_bounce':
        fact(tx, reply, 'bounced', 'server', 'hard', bounceData(reply, 'hard'));
        stopEverywhere(tx, reply, 'bounced', 'server');
        suppress(tx, reply, 'hard_bounce', actor === 'person' ? 'person' : 'server', reply.bounce?.diagnostic ?? 'The address does not exist');
        checkRates(tx, reply);
        return;
      case 'soft_bounce':
        remoteTrouble(tx, reply);
        softBounce(tx, reply);
        return;
      case 'block_bounce':
        remoteTrouble(tx, reply);
        fact(tx, reply, 'bounced', 'server', 'block', bounceData(reply, 'block'));
        checkRates(tx, reply);
        return;
      case 'delayed_notice':
        remoteTrouble(tx, reply);
        fact(tx, reply, 'delayed', 'server', reply.bounce?.class ?? null, bounceData(reply));
        return;
      case 'own_copy':
      case 'unrelated':
        return;
    }
  }

  return {
    apply,
    /** Somebody followed the signed link of a mail: the same as an opt-out by mail, once. False when the mail is unknown; a test mail's link does nothing. */
    optOutByLink(tx: Tx, deliveryId: string): boolean {
      const delivery = tx
        .prepare('select kind, recipient, contact_id as contactId, enrolment_id as enrolmentId, campaign_id as campaignId, mailbox_id as mailboxId from deliveries where id = ?')
        .get(deliveryId) as
        { kind: string; recipient: string; contactId: string | null; enrolmentId: string | null; campaignId: string | null; mailboxId: string | null } | undefined;
      if (delivery === undefined) return false;
      // The person was erased; the address is suppressed by its hash.
      if (!delivery.recipient.includes('@')) return true;
      const known = tx.prepare(`select 1 from suppressions where kind = 'address' and value = lower(?) and reason = 'unsubscribed'`).get(delivery.recipient);
      if (delivery.kind === 'test' || known !== undefined) return true;
      const { recipient, kind: _kind, ...link } = delivery;
      events.append(tx, { type: 'unsubscribed', actor: 'contact', reason: 'link', deliveryId, ...link });
      for (const enrolment of livingOf(tx, delivery.contactId)) hooks.stop(tx, enrolment.id, 'unsubscribed', 'contact', { deliveryId });
      contacts.suppress(tx, { kind: 'address', value: recipient, reason: 'unsubscribed', note: 'Followed the link of a mail', actor: 'contact' });
      return true;
    },
    /**
     * A language model refined what a person's answer says. All that may follow is that the person hears no more: a campaign
     * may stop or pause for a meeting where it goes on for other answers.
     */
    refine(tx: Tx, reply: ReplyLink, { from, to, model }: { from: ReplyIntent | null; to: ReplyIntent; model: string }): void {
      const { id, ...link } = reply;
      events.append(tx, { type: 'reply_reclassified', actor: 'engine', reason: 'model', ...link, data: { replyId: id, from, to: 'human', intent: to, model } });
      if (to === 'meeting') onMeeting(tx, reply);
    },
    /**
     * A person corrects class or intent: what the old one stopped goes on again where that is allowed, then the new one's
     * consequences follow. Opt-out, complaint and hard bounce stay (DESIGN section 6): lifting a suppression is a decision of
     * its own.
     */
    correct(tx: Tx, reply: ConsequenceInput, before: { readonly class: ReplyClass; readonly intent: ReplyIntent | null }): void {
      const from = before.class;
      fact(tx, reply, 'reply_reclassified', 'person', null, { from, to: reply.class, intent: reply.intent });
      if (from === 'human' && reply.class === 'human') {
        // It was a reply and is one: only a meeting may follow another rule.
        if (reply.intent === 'meeting') replied(tx, reply, 'person');
        return;
      }
      if (reply.contactId !== null && reply.class !== 'human') {
        if (from === 'human') {
          for (const enrolmentId of [...stoppedBy(tx, reply), ...pausedBy(tx, reply)]) hooks.restart(tx, enrolmentId, 'reclassified');
        } else if (from === 'out_of_office') {
          for (const enrolmentId of pausedBy(tx, reply)) hooks.restart(tx, enrolmentId, 'reclassified');
        } else if (from === 'soft_bounce') {
          tx.prepare('update contacts set soft_bounces = max(0, soft_bounces - 1) where id = ?').run(reply.contactId);
          for (const enrolmentId of stoppedBy(tx, reply)) hooks.restart(tx, enrolmentId, 'reclassified');
        }
      }
      apply(tx, reply, 'person');
    },
  };
}

function bounceData(reply: ConsequenceInput, kind?: 'hard' | 'soft' | 'block'): Record<string, unknown> {
  return { ...(kind === undefined ? {} : { kind }), status: reply.bounce?.status ?? null, class: reply.bounce?.class ?? null };
}

function emailOf(tx: Tx, contactId: string | null): string | null {
  if (contactId === null) return null;
  return (tx.prepare('select email from contacts where id = ?').get(contactId) as { email: string } | undefined)?.email ?? null;
}

interface RuledEnrolment {
  readonly id: string;
  readonly rules: CampaignRules;
}

const living = `e.state in ('pending','active','paused','held')`;

function withRules(rows: unknown[]): RuledEnrolment[] {
  return (rows as { id: string; rules: string }[]).map(({ id, rules }) => ({ id, rules: parseRules(rules) }));
}

/** A person's living enrolments, each with the rules of its campaign. */
function livingOf(tx: Tx, contactId: string | null): RuledEnrolment[] {
  return withRules(tx.prepare(`select e.id, c.rules from enrolments e join campaigns c on c.id = e.campaign_id where e.contact_id = ? and ${living}`).all(contactId));
}

/** Living enrolments of other people of the same company. People of free-mail domains have no company key. */
function colleaguesOf(tx: Tx, contactId: string | null): RuledEnrolment[] {
  const own = tx.prepare('select company_key as key from contacts where id = ?').get(contactId) as { key: string } | undefined;
  if (own === undefined || own.key === '') return [];
  return withRules(
    tx
      .prepare(
        `select e.id, c.rules from contacts p join enrolments e on e.contact_id = p.id join campaigns c on c.id = e.campaign_id
         where p.company_key = ? and p.company_key <> '' and p.id <> ? and ${living}`,
      )
      .all(own.key, contactId),
  );
}

/** Enrolments that this reply brought to a stop, of the person and of colleagues, and that no other answer of theirs would have stopped. */
function stoppedBy(tx: Tx, reply: ConsequenceInput): string[] {
  return changedBy(
    tx,
    reply,
    `v.type = 'stopped' and e.state = 'stopped' and e.reason in ('replied', 'company_replied', 'soft_bounces')
     and not exists (select 1 from replies r where r.contact_id = e.contact_id and r.id <> @id and r.class in ('human','opt_out','complaint') and r.received_at >= e.created_at)`,
  );
}

function pausedBy(tx: Tx, reply: ConsequenceInput): string[] {
  return changedBy(tx, reply, `v.type = 'paused' and e.state = 'paused' and e.reason = v.reason`);
}

/** What a reply changed stands after it in the log: its facts name it. */
function changedBy(tx: Tx, reply: ConsequenceInput, condition: string): string[] {
  const rows = tx
    .prepare(
      `select distinct e.id from events v join enrolments e on e.id = v.enrolment_id
       where v.type in ('stopped', 'paused') and v.at >= @since and json_extract(v.data, '$.replyId') = @id and ${condition}`,
    )
    .all({ id: reply.id, since: reply.createdAt }) as { id: string }[];
  return rows.map(({ id }) => id);
}
