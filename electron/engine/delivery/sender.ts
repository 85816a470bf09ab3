import type { HoldReason } from '../../../shared/schemas/delivery.ts';
import type { DkimSettings, MailboxAlias } from '../../../shared/schemas/mailbox.ts';
import type { Attachment, Variant } from '../../../shared/schemas/sequence.ts';
import { newMessageId, unsubscribeAddress, unsubscribeToken, type ComposeInput, type Composer, type MergeContact } from '../composing/index.ts';
import type { Clock } from '../lib/clock.ts';
import { signMessage, type DkimKey } from '../lib/dkim.ts';
import type { Ids } from '../lib/ids.ts';
import type { SendOutcome, SmtpSession } from '../ports.ts';
import { createGraphCache, parseRules } from '../scheduling/index.ts';
import { personalBlockOf } from '../sequences/index.ts';
import type { Store, Tx } from '../store/index.ts';
import type { Outbox, OutboxRow } from './outbox.ts';
import { approvalHash } from './approval.ts';
import { loadMailFiles, type FileSource, type MailFiles } from './mail-files.ts';
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

type MessageParts = Pick<ComposeInput, 'variant' | 'thread' | 'onMissing' | 'plainText' | 'spin'> & {
  readonly attachments: readonly Attachment[];
  /** What was written for this person; `text` null = the fallback text of the step. */
  readonly block?: { readonly text: string | null; readonly fallback: string };
};
type Prepare = Tx['prepare'];

export interface Sender {
  /** Reads what the message of a delivery is made of. */
  load(prepare: Prepare, row: OutboxRow): ClaimedDelivery;
  /** Composes and sends one claimed delivery. The durable `sending` mark is committed at the 354 answer. Never throws. */
  send(session: SmtpSession, claimed: ClaimedDelivery, mayBegin: (tx: Tx) => boolean): Promise<Attempt>;
  /** The message as it would leave now, for previews of what waits; null when it cannot be composed. */
  render(row: OutboxRow, prepare?: Prepare): RenderedMail | null;
  /** The fallback text of its personal block; null = it has none, or a value is missing. */
  fallback(row: OutboxRow): string | null;
}

export interface RenderedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What a message says of its sender beside the mailbox. */
export interface SenderProfile {
  readonly postalAddress: string;
  readonly optOutLine: string;
  /** Public address of the opt-out page; '' = none. */
  readonly unsubscribeUrl: string;
  /** Folder of people's own files; '' = none. */
  readonly attachmentsFolder: string;
}

interface SendingMailbox {
  readonly filesOwnCopies: number;
  readonly fromName: string;
  readonly address: string;
  readonly replyTo: string | null;
  readonly signatureHtml: string;
  readonly dkim: DkimSettings | null;
  /** Who wrote the mail before, where that was another mailbox. */
  readonly formerName?: string;
}

const contactRow = `select id, email, first_name as firstName, last_name as lastName, company, title, phone, website, city, country, time_zone as timeZone, tags, custom from contacts where id = ?`;

export function createSender(deps: {
  store: Store;
  clock: Clock;
  ids: Ids;
  composer: Composer;
  outbox: Outbox;
  batch: WriteBatch;
  profile: () => SenderProfile;
  unsubscribeKey: () => string;
  files: FileSource;
  /** The user's own signing key, null when it is gone. */
  dkimKey: (mailboxId: string, settings: DkimSettings) => DkimKey | null;
}): Sender {
  const { store, clock, ids, composer, outbox, batch } = deps;
  const graphOf = createGraphCache();
  /** The mail that a connection's server has accepted last, unless another outcome came after it. */
  const acceptedOn = new WeakMap<SmtpSession, string>();

  function contactOf(prepare: Prepare, row: OutboxRow): MergeContact | null {
    const contact =
      row.contactId === null ? undefined : (prepare(contactRow).get(row.contactId) as (Omit<MergeContact, 'tags' | 'custom'> & { tags: string; custom: string }) | undefined);
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
    const personal = personalBlockOf(step, variant.id);
    const rules = parseRules(enrolment.rules);
    const thread =
      row.stepNumber === 1 || (enrolment.lastMessageId === null && enrolment.threadSubject === null)
        ? null
        : { subject: enrolment.threadSubject ?? '', inReplyTo: enrolment.lastMessageId, references: JSON.parse(enrolment.refs) as string[] };
    return {
      // A variant inherits what it leaves empty from the first one.
      variant: original === undefined || variant === original ? variant : inherit(variant, original),
      thread,
      onMissing: rules.onMissingValue,
      plainText: rules.plainText === 'always' || (rules.plainText === 'first_mail' && row.stepNumber === 1),
      attachments: step.attachments ?? [],
      spin: { stepId: step.id, variantId: variant.id },
      ...(personal === null ? {} : { block: { text: personalTextOf(prepare, row.id), fallback: personal.fallback } }),
    };
  }

  function personalTextOf(prepare: Prepare, deliveryId: string): string | null {
    return (prepare('select text from personal_texts where delivery_id = ?').get(deliveryId) as { text: string | null } | undefined)?.text ?? null;
  }

  function storedParts({ content }: OutboxRow): MessageParts | string {
    if (content === null) return 'The text is gone';
    return {
      variant: { subject: content.subject, html: content.html, text: content.text },
      thread: content.inReplyTo === null ? null : { subject: content.subject, inReplyTo: content.inReplyTo, references: content.references },
      onMissing: 'blank',
      attachments: content.attachments ?? [],
    };
  }

  /** A step's mail that a person edited: their text in the step's thread. */
  function editedParts({ content }: OutboxRow, parts: MessageParts | string): MessageParts | string {
    if (content === null || typeof parts === 'string') return parts;
    return { ...parts, variant: { subject: content.subject, html: content.html, text: content.text } };
  }

  function mailboxOf(prepare: Prepare, id: string): SendingMailbox | null {
    const row = prepare(
      `select from_name as fromName, address, reply_to as replyTo, signature_html as signatureHtml, sent_copy <> 'append' as filesOwnCopies, send_as as sendAs, aliases, dkim from mailboxes where id = ?`,
    ).get(id) as (Omit<SendingMailbox, 'dkim'> & { sendAs: string | null; aliases: string; dkim: string | null }) | undefined;
    if (row === undefined) return null;
    const { sendAs, aliases, dkim, ...mailbox } = row;
    const signing = { ...mailbox, dkim: dkim === null ? null : (JSON.parse(dkim) as DkimSettings) };
    if (sendAs === null) return signing;
    const alias = (JSON.parse(aliases) as MailboxAlias[]).find((each) => each.address.toLowerCase() === sendAs.toLowerCase());
    return { ...signing, address: sendAs, fromName: alias?.name === undefined || alias.name === '' ? mailbox.fromName : alias.name };
  }

  /** Looked up for texts that name it: nearly none does. */
  function formerNameOf(prepare: Prepare, row: OutboxRow, parts: MessageParts | string): string | undefined {
    if (typeof parts === 'string' || row.stepNumber === 1 || !`${parts.variant.subject}${parts.variant.html}${parts.variant.text}`.includes('former_name')) return undefined;
    const before = prepare(
      `select d.mailbox_id as mailboxId, coalesce(nullif(m.from_name, ''), m.address) as name from deliveries d left join mailboxes m on m.id = d.mailbox_id
       where d.enrolment_id = ? and d.kind = 'step' and d.state = 'sent' order by d.sent_at desc limit 1`,
    ).get(row.enrolmentId) as { mailboxId: string; name: string | null } | undefined;
    return before === undefined || before.mailboxId === row.mailboxId ? undefined : (before.name ?? undefined);
  }

  function load(prepare: Prepare, row: OutboxRow): ClaimedDelivery {
    const parts = row.kind === 'step' ? editedParts(row, stepParts(prepare, row)) : storedParts(row);
    const formerName = formerNameOf(prepare, row, parts);
    const mailbox = mailboxOf(prepare, row.mailboxId);
    return { row, mailbox: mailbox === null || formerName === undefined ? mailbox : { ...mailbox, formerName }, contact: contactOf(prepare, row), parts };
  }

  function senderOf(mailbox: SendingMailbox, row: OutboxRow): ComposeInput['sender'] {
    return { ...mailbox, ...(row.kind === 'step' ? deps.profile() : { postalAddress: '', optOutLine: '' }) };
  }

  function compose({ row, mailbox, contact, parts }: ClaimedDelivery, messageId: string, files: MailFiles = {}): ReturnType<Composer['compose']> | string {
    if (mailbox === null) return 'The mailbox is gone';
    const isStep = row.kind === 'step';
    if (isStep && contact === null) return 'The contact is gone';
    if (typeof parts === 'string') return parts;
    const { attachments: _named, block, ...message } = parts;
    const page = deps.profile().unsubscribeUrl.replace(/\/+$/, '');
    return composer.compose({
      ...message,
      ...files,
      personal: block === undefined ? null : (block.text ?? fallbackOf(block, contact, senderOf(mailbox, row))),
      contact,
      to: row.recipient,
      sender: senderOf(mailbox, row),
      messageId,
      date: clock.now(),
      unsubscribeMailto: isStep ? unsubscribeAddress(mailbox.address, row.id, deps.unsubscribeKey()) : null,
      unsubscribeUrl: isStep && page !== '' ? `${page}/u/${unsubscribeToken(row.id, deps.unsubscribeKey())}` : null,
      homingId: row.id,
      // A person's own reply, an edited mail or a rendered test is text, not a template.
      literal: !isStep || row.content !== null,
    });
  }

  function fallbackOf({ fallback }: NonNullable<MessageParts['block']>, contact: MergeContact | null, sender: ComposeInput['sender']): string | null {
    try {
      return composer.line(fallback, contact, sender);
    } catch {
      // No template: told while editing, and held here as a value that is missing.
      return null;
    }
  }

  /** The files of a mail; a sentence when one is missing. Nearly every mail has none, and waits for nothing. */
  async function filesOf({ row, mailbox, contact, parts }: ClaimedDelivery): Promise<MailFiles | string> {
    if (typeof parts === 'string' || mailbox === null) return {};
    const sender = senderOf(mailbox, row);
    return loadMailFiles(deps.files, {
      attachments: parts.attachments,
      html: `${parts.variant.html}${mailbox.signatureHtml}`,
      folder: deps.profile().attachmentsFolder,
      path: (template) => composer.line(template, contact, sender),
    });
  }

  return {
    load,
    async send(session, claimed, mayBegin) {
      const { row, mailbox } = claimed;
      const messageId = newMessageId(ids, mailbox?.address ?? '');
      const key = mailbox?.dkim == null ? null : deps.dkimKey(row.mailboxId, mailbox.dkim);
      if (mailbox?.dkim != null && key === null)
        return { kind: 'hold', reason: 'mailbox_needs_login', detail: 'The DKIM key of this mailbox is missing. Add it again, or turn signing off.' };
      let composed: ReturnType<typeof compose>;
      try {
        const loading = typeof claimed.parts === 'string' ? null : composer.prepare(claimed.parts.variant);
        if (loading !== null) await loading;
        const files = needsFiles(claimed) ? await filesOf(claimed) : {};
        if (typeof files === 'string') return { kind: 'hold', reason: 'missing_attachment', detail: files };
        composed = compose(claimed, messageId, files);
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
      if (row.approvedHash !== null && approvalHash(message) !== row.approvedHash)
        return { kind: 'hold', reason: 'approval', detail: 'It is no longer the mail that was approved.' };
      const raw = key === null ? message.raw : signMessage(message.raw, key);
      const outcome = await session.send(
        { from: message.from, to: message.to, raw },
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
                  after: acceptedOn.get(session) ?? null,
                }),
            ),
        },
      );
      if (outcome.kind === 'accepted' && mailbox?.filesOwnCopies !== 0) acceptedOn.set(session, row.id);
      else acceptedOn.delete(session);
      return outcome.kind === 'accepted' && mailbox?.filesOwnCopies === 0 ? { ...outcome, copy: raw } : outcome;
    },
    fallback(row) {
      const { mailbox, contact, parts } = load(store.prepareRead, row);
      return typeof parts === 'string' || parts.block === undefined || mailbox === null ? null : fallbackOf(parts.block, contact, senderOf(mailbox, row));
    },
    render(row, prepare = store.prepareRead) {
      const loaded = load(prepare, row);
      // What lacks a value is shown with a gap: the reader fills it.
      const parts = typeof loaded.parts === 'string' ? loaded.parts : ({ ...loaded.parts, onMissing: 'blank' } as const);
      const composed = compose({ ...loaded, parts }, row.messageId ?? '<preview@homing.invalid>');
      if (typeof composed === 'string' || !composed.ok) return null;
      const { to, subject, text, html } = composed.value;
      return { to, subject, text, html };
    },
  };
}

/** Whether anything must be read from the disk before the mail can be composed. */
function needsFiles({ parts, mailbox }: ClaimedDelivery): boolean {
  return typeof parts !== 'string' && (parts.attachments.length > 0 || parts.variant.html.includes('cid:') || mailbox?.signatureHtml.includes('cid:') === true);
}

/** The composer knows a variant it has compiled by its object, so that there is one of each. */
const inherited = new WeakMap<Variant, Variant>();

function inherit(variant: Variant, original: Variant): Variant {
  let whole = inherited.get(variant);
  if (whole === undefined) {
    const blankBody = variant.html === '' && variant.text === '';
    whole = {
      ...variant,
      subject: variant.subject === '' ? original.subject : variant.subject,
      html: blankBody ? original.html : variant.html,
      text: blankBody ? original.text : variant.text,
    };
    inherited.set(variant, whole);
  }
  return whole;
}
