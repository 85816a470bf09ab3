import type { HoldReason } from '../../../shared/schemas/delivery.ts';
import type { Variant } from '../../../shared/schemas/sequence.ts';
import { newMessageId, unsubscribeAddress, type ComposeInput, type Composer, type MergeContact } from '../composing/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { SendOutcome, SmtpSession } from '../ports.ts';
import { createGraphCache, parseRules } from '../scheduling/index.ts';
import type { Store, Tx } from '../store/index.ts';
import type { Outbox, OutboxRow } from './outbox.ts';
import type { WriteBatch } from './write-batch.ts';

/** What became of an attempt: an SMTP outcome, or a message that could not be composed. */
export type Attempt =
  | { readonly kind: 'hold'; readonly reason: HoldReason; readonly detail: string }
  /** `copy` must be put into Sent, because the provider files none. */
  | (Extract<SendOutcome, { kind: 'accepted' }> & { readonly copy?: Uint8Array })
  | Exclude<SendOutcome, { kind: 'accepted' }>;

/** A claimed delivery with everything its message is made of, read in the transaction that claimed it. */
export interface ClaimedDelivery {
  readonly row: OutboxRow;
  readonly mailbox: SendingMailbox | null;
  readonly contact: MergeContact | null;
  readonly parts: MessageParts | string;
}

type MessageParts = Pick<ComposeInput, 'variant' | 'thread' | 'onMissing'>;
type Prepare = Tx['prepare'];

export interface Sender {
  /** Reads what the message of a delivery is made of. */
  load(prepare: Prepare, row: OutboxRow): ClaimedDelivery;
  /** Composes and sends one claimed delivery. The durable `sending` mark is committed at the 354 answer. Never throws. */
  send(session: SmtpSession, claimed: ClaimedDelivery, mayBegin: (tx: Tx) => boolean): Promise<Attempt>;
  /** The message as it would leave now, for previews of what waits; null when it cannot be composed. */
  render(row: OutboxRow): { subject: string; text: string; html: string } | null;
}

/** What a message says of its sender beside the mailbox. */
export interface SenderProfile {
  readonly postalAddress: string;
  readonly optOutLine: string;
}

interface SendingMailbox {
  readonly filesOwnCopies: number;
  readonly fromName: string;
  readonly address: string;
  readonly replyTo: string | null;
  readonly signatureHtml: string;
}

const contactColumns = `id, email, first_name as firstName, last_name as lastName, company, title, phone, website, city, country, time_zone as timeZone, tags, custom`;

export function createSender(deps: {
  store: Store;
  clock: Clock;
  ids: Ids;
  composer: Composer;
  outbox: Outbox;
  batch: WriteBatch;
  profile: () => SenderProfile;
  unsubscribeKey: () => string;
}): Sender {
  const { store, clock, ids, composer, outbox, batch } = deps;
  const graphOf = createGraphCache();

  function contactOf(prepare: Prepare, row: OutboxRow): MergeContact | null {
    const contact =
      row.contactId === null
        ? undefined
        : (prepare(`select ${contactColumns} from contacts where id = ?`).get(row.contactId) as
            (Omit<MergeContact, 'tags' | 'custom'> & { tags: string; custom: string }) | undefined);
    if (contact === undefined) return null;
    return { ...contact, tags: JSON.parse(contact.tags) as string[], custom: JSON.parse(contact.custom) as Record<string, string> };
  }

  function stepParts(prepare: Prepare, row: OutboxRow): MessageParts | string {
    const enrolment = prepare(
      `select e.sequence_version_id as versionId, e.last_message_id as lastMessageId, e."references" as refs, e.thread_subject as threadSubject, c.rules
       from enrolments e join campaigns c on c.id = e.campaign_id where e.id = +?`,
    ).get(row.enrolmentId) as { versionId: string; lastMessageId: string | null; refs: string; threadSubject: string | null; rules: string } | undefined;
    if (enrolment === undefined) return 'The enrolment is gone';
    const step = graphOf(prepare, enrolment.versionId).steps.find((candidate) => candidate.id === row.stepId);
    if (step?.type !== 'email') return 'The step is gone';
    const variant: Variant | undefined = step.variants.find((candidate) => candidate.id === row.variantId) ?? step.variants[0];
    if (variant === undefined) return 'The step has no text';
    const original = step.variants[0];
    const thread =
      row.stepNumber === 1 || (enrolment.lastMessageId === null && enrolment.threadSubject === null)
        ? null
        : { subject: enrolment.threadSubject ?? '', inReplyTo: enrolment.lastMessageId, references: JSON.parse(enrolment.refs) as string[] };
    return {
      // A variant inherits what it leaves empty from the first one.
      variant: original === undefined || variant === original ? variant : inherit(variant, original),
      thread,
      onMissing: parseRules(enrolment.rules).onMissingValue,
    };
  }

  function storedParts({ content }: OutboxRow): MessageParts | string {
    if (content === null) return 'The text is gone';
    return {
      variant: { subject: content.subject, html: content.html, text: content.text },
      thread: content.inReplyTo === null ? null : { subject: content.subject, inReplyTo: content.inReplyTo, references: content.references },
      onMissing: 'blank',
    };
  }

  /** A step's mail that a person edited: their text in the step's thread. */
  function editedParts({ content }: OutboxRow, parts: MessageParts | string): MessageParts | string {
    if (content === null || typeof parts === 'string') return parts;
    return { ...parts, variant: { subject: content.subject, html: content.html, text: content.text } };
  }

  function load(prepare: Prepare, row: OutboxRow): ClaimedDelivery {
    const mailbox = prepare(
      `select from_name as fromName, address, reply_to as replyTo, signature_html as signatureHtml, sent_copy <> 'append' as filesOwnCopies from mailboxes where id = ?`,
    ).get(row.mailboxId) as SendingMailbox | undefined;
    return { row, mailbox: mailbox ?? null, contact: contactOf(prepare, row), parts: row.kind === 'step' ? editedParts(row, stepParts(prepare, row)) : storedParts(row) };
  }

  function compose({ row, mailbox, contact, parts }: ClaimedDelivery, messageId: string): ReturnType<Composer['compose']> | string {
    if (mailbox === null) return 'The mailbox is gone';
    const isStep = row.kind === 'step';
    if (isStep && contact === null) return 'The contact is gone';
    if (typeof parts === 'string') return parts;
    return composer.compose({
      ...parts,
      contact,
      to: row.recipient,
      sender: { ...mailbox, ...(isStep ? deps.profile() : { postalAddress: '', optOutLine: '' }) },
      messageId,
      date: clock.now(),
      unsubscribeMailto: isStep ? unsubscribeAddress(mailbox.address, row.id, deps.unsubscribeKey()) : null,
      homingId: row.id,
      // A person's own reply, an edited mail or a rendered test is text, not a template.
      literal: !isStep || row.content !== null,
    });
  }

  return {
    load,
    async send(session, claimed, mayBegin) {
      const { row, mailbox } = claimed;
      const messageId = newMessageId(ids, mailbox?.address ?? '');
      let composed: ReturnType<typeof compose>;
      try {
        composed = compose(claimed, messageId);
      } catch (error) {
        return { kind: 'hold', reason: 'template_error', detail: error instanceof Error ? error.message : String(error) };
      }
      if (typeof composed === 'string') return { kind: 'hold', reason: 'mailbox_gone', detail: composed };
      if (!composed.ok) {
        return composed.error.kind === 'missing_field'
          ? { kind: 'hold', reason: 'missing_field', detail: composed.error.fields.join(', ') }
          : { kind: 'hold', reason: 'template_error', detail: composed.error.message };
      }
      const message = composed.value;
      const outcome = await session.send(
        { from: message.from, to: message.to, raw: message.raw },
        {
          beforeBody: () =>
            batch.runSynced(
              (tx) =>
                mayBegin(tx) &&
                outbox.begin(tx, row, {
                  messageId,
                  contentHash: message.contentHash,
                  subject: message.subject,
                  connection: session.id,
                  references: message.references,
                  threadSubject: message.threadSubject,
                }),
            ),
        },
      );
      return outcome.kind === 'accepted' && mailbox?.filesOwnCopies === 0 ? { ...outcome, copy: message.raw } : outcome;
    },
    render(row) {
      const loaded = load(store.prepareRead, row);
      // What lacks a value is shown with a gap: the reader fills it.
      const parts = typeof loaded.parts === 'string' ? loaded.parts : ({ ...loaded.parts, onMissing: 'blank' } as const);
      const composed = compose({ ...loaded, parts }, row.messageId ?? '<preview@homing.invalid>');
      if (typeof composed === 'string' || !composed.ok) return null;
      return { subject: composed.value.subject, text: composed.value.text, html: composed.value.html };
    },
  };
}

function inherit(variant: Variant, original: Variant): Variant {
  const blankBody = variant.html === '' && variant.text === '';
  return {
    ...variant,
    subject: variant.subject === '' ? original.subject : variant.subject,
    html: blankBody ? original.html : variant.html,
    text: blankBody ? original.text : variant.text,
  };
}
