import type { DeliveryKind, DeliveryState, HoldReason } from '../../../shared/schemas/delivery.ts';
import type { Actor, EventType } from '../../../shared/schemas/event.ts';
import type { RetryPolicy } from '../../../shared/schemas/settings.ts';
import { referencesOf, threadSubject } from '../composing/index.ts';
import type { Contacts } from '../contacts/index.ts';
import type { Events } from '../events/index.ts';
import { backoffMs, mailboxBackoff, retriesExhausted, retryBackoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { SendOutcome, SmtpAnswer } from '../ports.ts';
import type { Block, LeftMail, Planner } from '../scheduling/index.ts';
import type { Enrolments } from '../sequences/index.ts';
import type { StoredContent } from '../store/schema/deliveries.ts';
import type { Tx } from '../store/index.ts';
import { liveVerdict, type AnswerPhase, type AnswerVerdict } from './answers.ts';
import type { DomainTrouble } from './domain-trouble.ts';
import { statesBefore, type DeliveryEvent } from './states.ts';

/** A delivery as the sender needs it. */
export interface OutboxRow {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly state: DeliveryState;
  readonly priority: number;
  readonly campaignId: string | null;
  readonly enrolmentId: string | null;
  readonly contactId: string | null;
  readonly mailboxId: string;
  readonly recipient: string;
  readonly recipientDomain: string;
  readonly stepId: string | null;
  readonly stepNumber: number | null;
  readonly variantId: string | null;
  readonly content: StoredContent | null;
  readonly slotAt: number;
  readonly needsApproval: number;
  /** Of the mail that a person approved; null = it needs no approval, or waits for it. */
  readonly approvedHash: string | null;
  readonly attempts: number;
  /** First time that a server was asked; null = never yet. */
  readonly firstTriedAt: number | null;
  readonly messageId: string | null;
  /** Of the present claim; what an attempt writes counts only while it holds it. */
  readonly claimToken: string | null;
}

const columns = `id, kind, state, priority, campaign_id as campaignId, enrolment_id as enrolmentId, contact_id as contactId, mailbox_id as mailboxId,
  recipient, recipient_domain as recipientDomain, step_id as stepId, step_number as stepNumber, variant_id as variantId, content, slot_at as slotAt, needs_approval as needsApproval, approved_hash as approvedHash, attempts, first_tried_at as firstTriedAt,
  message_id as messageId, claim_token as claimToken`;

const select = `select ${columns} from deliveries`;
// `+?`: SQLite plans anew whenever a bare parameter that a partial index looks at is bound, ten times the cost of the look-up.
const dueRow = `${select} indexed by deliveries_due where mailbox_id = +? and priority = +? and campaign_id is +? and slot_at <= +? and state in ('planned','deferred') order by slot_at limit 1`;

/** The update that moves a row along the transition table: values by position, then the time, the id and the claim's token (null = whoever holds it). */
function transition(event: DeliveryEvent, to: DeliveryState, names: readonly string[]): string {
  const from = statesBefore(event)
    .map((state) => `'${state}'`)
    .join(',');
  return `update deliveries set state = '${to}', ${names.map((name) => `${name} = ?, `).join('')}updated_at = ? where id = +? and state in (${from}) and claim_token is coalesce(+?, claim_token)`;
}

// What every mail passes: a text that is built anew is hashed and compared anew each time.
const claimRow = transition('claim', 'claimed', ['boot', 'claimed_at', 'claim_token']);
const beginRow = transition('begin', 'sending', ['message_id', 'content_hash', 'subject', 'connection', 'sending_at', 'attempts']);
const acceptRow = transition('accept', 'sent', ['sent_at', 'final_at', 'answer', 'answer_code']);

/** A connection that went before the body: the server accepted nothing, and one that does so each time is not asked at once. */
const lostBeforeBody: AnswerVerdict = {
  permanent: false,
  class: 'temporary',
  suppress: false,
  action: 'back_off_mailbox',
  retryAfterMs: null,
  scope: 'mailbox',
  rule: 'connection-lost',
};

/** What is written at the 354 answer, before the first body byte. */
export interface BeginMark {
  readonly messageId: string;
  readonly contentHash: string;
  readonly subject: string;
  readonly connection: string;
  /** The mail before on this connection, when the server has accepted it: its own outcome may be written a moment later. */
  readonly after: string | null;
}

/** Something outside SMTP that proves what became of a delivery. */
export interface Evidence {
  readonly messageId?: string;
  readonly deliveryId?: string;
  readonly source: 'sent_folder' | 'reply' | 'bounce' | 'person';
}

export interface Outbox {
  /** The earliest due row of a mailbox for one priority and campaign (null = none), or undefined. */
  due(tx: Tx, mailboxId: string, priority: number, campaignId: string | null, now: number): OutboxRow | undefined;
  row(tx: Tx, id: string): OutboxRow | undefined;
  /** Takes the row; the returned one carries the claim's token and the person's present address, which is `email` where there is a person. */
  claim(tx: Tx, row: OutboxRow, email?: string): OutboxRow;
  /** Back to the queue: nothing was started. */
  release(tx: Tx, row: OutboxRow, reason: string): void;
  /** The slot moves to the end of the block, with the reason on the row and in an event. */
  moveSlot(tx: Tx, row: OutboxRow, block: Block): void;
  hold(tx: Tx, row: OutboxRow, reason: HoldReason, detail: string): void;
  /** Checks stop rules and suppression again and writes `sending`. False = withdraw. */
  begin(tx: Tx, row: OutboxRow, mark: BeginMark): boolean;
  /** Writes what the server said, with everything that must hold in the same transaction. Returns the verdict of a refusal. */
  settle(tx: Tx, row: OutboxRow, outcome: SendOutcome): AnswerVerdict | null;
  /** An unknown (or still open) delivery was found to have left. Returns true when that changed something. */
  markFound(tx: Tx, evidence: Evidence, actor: Actor): boolean;
  /** An unknown delivery is proven absent: it is planned again. */
  markAbsent(tx: Tx, id: string, messageId: string | null, reason: string, actor: Actor): boolean;
  cancel(tx: Tx, row: OutboxRow, reason: string, actor: Actor): void;
  /** Rows of older boots: claimed → planned; sending → sent where the mark of a later mail proves it, else unknown. */
  rescue(tx: Tx): { released: number; unknown: number };
}

export function createOutbox(deps: {
  events: Events;
  clock: Clock;
  random: Random;
  boot: string;
  planner: Planner;
  enrolments: Enrolments;
  contacts: Pick<Contacts, 'suppress' | 'isSuppressed'>;
  domains: DomainTrouble;
  retryPolicy: () => RetryPolicy;
}): Outbox {
  const { events, clock, random, boot, planner, enrolments, contacts, domains } = deps;

  /** Claims of this boot: each has its number as its token. No attempt outlives its boot. */
  let claims = 0;

  /** Moves a row along the transition table; false when its present state, or the holder of its claim, does not allow the event. */
  function transit(tx: Tx, row: Pick<OutboxRow, 'id' | 'claimToken'>, event: DeliveryEvent, to: DeliveryState, set: Record<string, unknown> = {}): boolean {
    return move(tx, row, transition(event, to, Object.keys(set)), ...Object.values(set));
  }

  function move(tx: Tx, { id, claimToken }: Pick<OutboxRow, 'id' | 'claimToken'>, text: string, ...values: unknown[]): boolean {
    return tx.prepare(text).run(...values, clock.now(), id, claimToken).changes === 1;
  }

  function fact(tx: Tx, row: OutboxRow, type: EventType, actor: Actor, reason: string | null, data: Record<string, unknown> | null = null): void {
    events.append(tx, {
      type,
      actor,
      reason,
      deliveryId: row.id,
      enrolmentId: row.enrolmentId,
      campaignId: row.campaignId,
      contactId: row.contactId,
      mailboxId: row.mailboxId,
      stepId: row.stepId,
      variantId: row.variantId,
      data,
    });
  }

  function accepted(tx: Tx, row: OutboxRow, sentAt: number, actor: Actor, data: Record<string, unknown> | null): void {
    fact(tx, row, 'sent', actor, null, data);
    if (row.contactId !== null) {
      // Acceptance is no proof of arrival: the count starts anew once the mail before this one stayed without a bounce.
      tx.prepare(
        `update contacts set last_sent_at = ?,
           soft_bounces = case when soft_bounces > 0 and coalesce((select max(at) from events where contact_id = +? and type = 'bounced'), 0) < coalesce(last_sent_at, 0) then 0 else soft_bounces end
         where id = +?`,
      ).run(sentAt, row.contactId, row.contactId);
    }
    if (row.enrolmentId === null || row.stepId === null) return;
    const left = leftMail(tx, row, row.enrolmentId);
    if (left !== null) planner.planNext(tx, row.enrolmentId, row.stepId, sentAt, left);
  }

  /** What the next mail answers to: only what left. An attempt that failed has a Message-ID that nobody ever saw. */
  function leftMail(tx: Tx, row: OutboxRow, enrolmentId: string): LeftMail | null {
    const mail = tx
      .prepare(
        `select coalesce(d.wire_message_id, d.message_id) as messageId, coalesce(d.subject, '') as subject, e.last_message_id as inReplyTo, e."references" as refs, coalesce(e.thread_subject, '') as thread
         from deliveries d join enrolments e on e.id = +? where d.id = +?`,
      )
      .get(enrolmentId, row.id) as { messageId: string; subject: string; inReplyTo: string | null; refs: string; thread: string } | undefined;
    if (mail === undefined) return null;
    const subject = threadSubject(mail.subject);
    const references = subject === mail.thread ? referencesOf({ subject, inReplyTo: mail.inReplyTo, references: JSON.parse(mail.refs) as string[] }) : [];
    return { messageId: mail.messageId, references, threadSubject: subject, variantId: row.variantId ?? 'A' };
  }

  /** A refusal or a lost connection is tried again after a back-off, until the mail is too old. A permanent answer is final, unless it is about the sender. */
  function deferOrFail(tx: Tx, row: OutboxRow, verdict: AnswerVerdict, said: Record<string, unknown> & { answer: string }): void {
    const now = clock.now();
    const policy = deps.retryPolicy();
    const attempts = row.attempts + 1;
    const tried = { ...said, attempts, first_tried_at: row.firstTriedAt ?? now };
    const domainUntil =
      verdict.action === 'back_off_domain'
        ? domains.note(tx, { domain: row.recipientDomain, class: verdict.class, answer: said.answer, retryAfterMs: verdict.retryAfterMs })
        : null;
    const final = verdict.action === 'suppress' || verdict.action === 'fail' || (verdict.permanent && verdict.action === 'retry');
    if (final || retriesExhausted(policy, tried.first_tried_at, attempts, now)) {
      if (!transit(tx, row, 'fail', 'failed', { ...tried, final_at: now, final_reason: verdict.class })) return;
      fact(tx, row, 'failed', 'server', verdict.class, { answer: said.answer });
      failed(tx, row, verdict, said.answer);
    } else {
      const own = now + backoffMs(verdict.scope === 'mailbox' ? mailboxBackoff : retryBackoff(policy), attempts, random, verdict.retryAfterMs ?? 0);
      const until = Math.max(own, domainUntil ?? 0);
      if (!transit(tx, row, 'defer', 'deferred', { ...tried, slot_at: until, why: 'retry', why_detail: verdict.class, boot: null })) return;
      fact(tx, row, 'deferred', 'server', verdict.class, { answer: said.answer, until });
    }
  }

  function settleRefused(tx: Tx, row: OutboxRow, answer: SmtpAnswer, phase: AnswerPhase): AnswerVerdict {
    const verdict = liveVerdict(answer, phase);
    deferOrFail(tx, row, verdict, {
      answer: `${answer.code} ${answer.enhanced === null ? '' : `${answer.enhanced} `}${answer.text}`.slice(0, 1000),
      answer_code: answer.code,
      answer_class: verdict.class,
    });
    return verdict;
  }

  function failed(tx: Tx, row: OutboxRow, verdict: AnswerVerdict, answer: string): void {
    const kind = verdict.suppress ? 'hard' : verdict.scope === 'recipient' ? 'soft' : null;
    if (kind !== null) fact(tx, row, 'bounced', 'server', verdict.class, { kind, answer });
    if (verdict.suppress) {
      contacts.suppress(tx, { kind: 'address', value: row.recipient, reason: 'hard_bounce', note: answer, actor: 'server' });
      if (row.contactId !== null) enrolments.stopContact(tx, row.contactId, 'bounced', 'server', { answer });
    } else if (row.enrolmentId !== null) {
      tx.prepare(`update enrolments set state = 'failed', reason = ?, updated_at = ? where id = ? and state in ('pending','active','held')`).run(
        verdict.class,
        clock.now(),
        row.enrolmentId,
      );
    }
  }

  /** A corrected address counts for what has not left yet. */
  function presentAddress(tx: Tx, row: OutboxRow, email: string | undefined): { recipient: string; recipientDomain: string } | undefined {
    if (email === undefined || email === row.recipient || row.kind !== 'step' || row.content !== null) return undefined;
    const recipientDomain = email.slice(email.lastIndexOf('@') + 1);
    tx.prepare('update deliveries set recipient = ?, recipient_domain = ? where id = ?').run(email, recipientDomain, row.id);
    return { recipient: email, recipientDomain };
  }

  /** The stop rules once more, at the last moment: a campaign is stopped in slices, its status comes first. */
  function mayGoOn(tx: Tx, row: OutboxRow): boolean {
    if (row.enrolmentId === null) return true;
    const now = tx.prepare('select e.state as enrolment, c.status as campaign from enrolments e join campaigns c on c.id = e.campaign_id where e.id = +?').get(row.enrolmentId) as
      { enrolment: string; campaign: string } | undefined;
    return now?.enrolment === 'active' && now.campaign === 'running';
  }

  const outbox: Outbox = {
    due(tx, mailboxId, priority, campaignId, now) {
      return parseRow(tx.prepare(dueRow).get(mailboxId, priority, campaignId, now));
    },
    row: (tx, id) => parseRow(tx.prepare(`${select} where id = ?`).get(id)),
    claim(tx, row, email) {
      claims += 1;
      const claimToken = String(claims);
      move(tx, { id: row.id, claimToken: null }, claimRow, boot, clock.now(), claimToken);
      return { ...row, ...presentAddress(tx, row, email), claimToken };
    },
    release(tx, row, reason) {
      transit(tx, row, 'release', 'planned', { boot: null, claimed_at: null, why: 'retry', why_detail: reason });
    },
    moveSlot(tx, row, block) {
      if (block.until === null) return;
      const moved = tx
        .prepare(`update deliveries set slot_at = ?, why = ?, why_detail = ?, updated_at = ? where id = ? and state in ('planned','deferred')`)
        .run(block.until, block.code, block.detail ?? null, clock.now(), row.id);
      if (moved.changes === 1) fact(tx, row, 'slot_moved', 'engine', block.code, { from: row.slotAt, to: block.until });
    },
    hold(tx, row, reason, detail) {
      if (!transit(tx, row, 'hold', 'held', { why: reason, why_detail: detail, boot: null, ...(reason === 'approval' ? { needs_approval: 1 } : {}) })) return;
      fact(tx, row, 'held', 'engine', reason, { detail });
    },
    begin(tx, row, mark) {
      if (contacts.isSuppressed(tx, row.recipient) !== null && row.kind !== 'test') {
        if (transit(tx, row, 'skip', 'skipped', { final_at: clock.now(), final_reason: 'suppressed' })) fact(tx, row, 'skipped', 'engine', 'suppressed');
        if (row.enrolmentId !== null) enrolments.stop(tx, row.enrolmentId, 'suppressed', 'engine');
        return false;
      }
      if (!mayGoOn(tx, row)) return false;
      const now = clock.now();
      // A stop rule that fired since the claim has already cancelled the row, so the state guards this update.
      return move(tx, row, beginRow, mark.messageId, mark.contentHash, mark.subject, connectionMark(mark), now, row.attempts + 1);
    },
    settle(tx, row, outcome) {
      const now = clock.now();
      switch (outcome.kind) {
        case 'accepted':
          if (move(tx, row, acceptRow, now, now, `${outcome.answer.code} ${outcome.answer.text}`.slice(0, 1000), outcome.answer.code)) {
            accepted(tx, row, now, 'server', null);
            domains.proven(tx, row.recipientDomain);
          }
          return null;
        case 'refused':
          return settleRefused(tx, row, outcome.answer, outcome.phase);
        case 'not_started':
          deferOrFail(tx, row, lostBeforeBody, { answer: outcome.cause });
          return null;
        case 'withdrawn':
          // `begin` or a stop rule wrote the final state; a row left claimed, or marked although the disk failed, goes back.
          tx.prepare(`update deliveries set state = 'planned', boot = null, updated_at = ? where id = ? and state in ('claimed','sending') and claim_token = ?`).run(
            now,
            row.id,
            row.claimToken,
          );
          return null;
        case 'unknown':
          if (transit(tx, row, 'lose', 'unknown', { why: 'unknown_outcome', why_detail: outcome.cause }))
            fact(tx, row, 'unknown', 'engine', 'connection_lost', { cause: outcome.cause });
          return null;
      }
    },
    markFound(tx, evidence, actor) {
      const row = parseRow(
        evidence.deliveryId !== undefined
          ? tx.prepare(`${select} where id = ?`).get(evidence.deliveryId)
          : tx.prepare(`${select} where message_id = ?`).get(evidence.messageId ?? ''),
      );
      if (row?.state !== 'unknown') return false;
      const sentAt = (tx.prepare('select sending_at as at from deliveries where id = ?').get(row.id) as { at: number }).at;
      transit(tx, { id: row.id, claimToken: null }, 'find', 'sent', { sent_at: sentAt, final_at: clock.now() });
      fact(tx, row, 'resolved', actor, `found_${evidence.source}`);
      accepted(tx, row, sentAt, actor, { evidence: evidence.source });
      return true;
    },
    markAbsent(tx, id, messageId, reason, actor) {
      const row = outbox.row(tx, id);
      if (row === undefined || row.state !== 'unknown' || (messageId !== null && row.messageId !== messageId)) return false;
      const enrolment = row.enrolmentId === null ? undefined : (tx.prepare('select state from enrolments where id = ?').get(row.enrolmentId) as { state: string } | undefined);
      if (enrolment !== undefined && enrolment.state !== 'active' && enrolment.state !== 'paused') {
        // Whoever answered or was stopped meanwhile gets no second try.
        outbox.cancel(tx, row, reason, actor);
        return true;
      }
      const paused = enrolment?.state === 'paused';
      transit(tx, { id, claimToken: null }, 'absent', 'planned', {
        slot_at: clock.now(),
        why: paused ? 'enrolment_paused' : 'retry',
        why_detail: reason,
        message_id: null,
        boot: null,
      });
      if (paused) transit(tx, { id, claimToken: null }, 'hold', 'held');
      fact(tx, row, 'resolved', actor, reason);
      return true;
    },
    cancel(tx, row, reason, actor) {
      if (transit(tx, { id: row.id, claimToken: null }, 'cancel', 'cancelled', { final_at: clock.now(), final_reason: reason })) fact(tx, row, 'cancelled', actor, reason);
    },
    rescue(tx) {
      const lost = tx.prepare(`${select} where state in ('claimed','sending') and state = 'sending' and boot is not ?`).all(boot).map(parseRow);
      const proven = provenAccepted(tx, boot);
      let unknown = 0;
      for (const row of lost) {
        if (row === undefined) continue;
        const sendingAt = proven.get(row.id);
        if (sendingAt !== undefined) {
          transit(tx, { id: row.id, claimToken: null }, 'accept', 'sent', { sent_at: sendingAt, final_at: sendingAt });
          accepted(tx, row, sendingAt, 'engine', { evidence: 'next_mail' });
          continue;
        }
        unknown += 1;
        transit(tx, { id: row.id, claimToken: null }, 'lose', 'unknown', { why: 'unknown_outcome', why_detail: 'Homing stopped while this mail was being sent' });
        fact(tx, row, 'unknown', 'engine', 'older_boot');
      }
      const released = tx
        .prepare(
          `update deliveries set state = 'planned', boot = null, claimed_at = null, updated_at = ? where state in ('claimed','sending') and state = 'claimed' and boot is not ?`,
        )
        .run(clock.now(), boot);
      return { released: released.changes, unknown };
    },
  };
  return outbox;
}

const afterWord = ' after ';

/** The connection, and the mail before that its server had accepted when this one's body began. */
function connectionMark({ connection, after }: BeginMark): string {
  return after === null ? connection : `${connection}${afterWord}${after}`;
}

/** The connection's own name in what `begin` wrote. Pure. */
export function connectionName(mark: string): string {
  return mark.split(afterWord)[0] ?? mark;
}

/** Mails in flight whose acceptance the mark of the next one on their connection tells, with the time at which they were begun. */
function provenAccepted(tx: Tx, boot: string): Map<string, number> {
  const rows = tx
    .prepare(`select id, connection, sending_at as sendingAt from deliveries where state in ('claimed','sending') and state = 'sending' and boot is not ?`)
    .all(boot) as { id: string; connection: string | null; sendingAt: number }[];
  const before = new Set(rows.map(({ connection }) => connection?.split(afterWord)[1]));
  return new Map(rows.filter(({ id }) => before.has(id)).map(({ id, sendingAt }) => [id, sendingAt]));
}

function parseRow(row: unknown): OutboxRow | undefined {
  if (row === undefined) return undefined;
  const raw = row as Omit<OutboxRow, 'content'> & { content: string | null };
  return { ...raw, content: raw.content === null ? null : (JSON.parse(raw.content) as StoredContent) };
}
