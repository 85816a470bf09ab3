import { AppError } from '../../../shared/errors.ts';
import type { MailboxAlias } from '../../../shared/schemas/mailbox.ts';
import type { Attachment, GraphIssue, Preview, Variant } from '../../../shared/schemas/sequence.ts';
import { loadAttachment } from '../files/index.ts';
import type { SampleContact } from './composer-port.ts';
import type { SequencesDeps } from './deps.ts';
import { checkTexts } from './validate.ts';

export interface PreviewInput {
  readonly variant: Variant;
  /** The step that the mail belongs to; null = none, as for a template. */
  readonly stepId?: string | null | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
  readonly isFirst: boolean;
  readonly previousSubject: string | null;
  readonly contactId: string | null;
  readonly mailboxId: string | null;
  /** Fallback text of the personal block. */
  readonly personal?: string | undefined;
}

interface Sender {
  readonly fromName: string;
  readonly address: string;
  readonly replyTo: string | null;
  readonly signatureHtml: string;
}

const sampleSender: Sender = { fromName: 'Grace Hopper', address: 'grace@example.com', replyTo: null, signatureHtml: '' };
const subjectOfNoMail = 'Your previous mail';
/** Stands for the mail that a follow-up answers to; not shown. */
const mailBefore = '<before@homing.invalid>';

/** Renders one mail for one person by the composer that sends, and looks for the files that it would carry. */
export function createPreview(deps: SequencesDeps, customFields: () => string[]): (input: PreviewInput) => Promise<Preview> {
  const { store, clock, composer, profile, files, suppressionOf } = deps;

  function contactOf(id: string | null): SampleContact {
    if (id === null) return samplePerson(customFields());
    const row = store
      .prepareRead(
        'select id, email, first_name as firstName, last_name as lastName, company, title, phone, website, city, country, time_zone as timeZone, tags, custom from contacts where id = ?',
      )
      .get(id) as (Omit<SampleContact, 'tags' | 'custom'> & { tags: string; custom: string }) | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such contact.', { fields: { contactId: 'Not found' } });
    return { ...row, tags: JSON.parse(row.tags) as string[], custom: JSON.parse(row.custom) as Record<string, string> };
  }

  function senderOf(id: string | null): Sender {
    if (id === null) return sampleSender;
    const row = store
      .prepareRead('select from_name as fromName, address, reply_to as replyTo, signature_html as signatureHtml, send_as as sendAs, aliases from mailboxes where id = ?')
      .get(id) as (Sender & { sendAs: string | null; aliases: string }) | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such mailbox.', { fields: { mailboxId: 'Not found' } });
    const { sendAs, aliases, ...sender } = row;
    if (sendAs === null) return sender;
    const alias = (JSON.parse(aliases) as MailboxAlias[]).find((each) => each.address.toLowerCase() === sendAs.toLowerCase());
    return { ...sender, address: sendAs, fromName: alias?.name || sender.fromName };
  }

  async function carried(attachments: readonly Attachment[], contact: SampleContact, sender: Parameters<typeof composer.line>[2]): Promise<Preview['attachments']> {
    return Promise.all(
      attachments.map(async (attachment) => {
        let path: string | null = null;
        try {
          path = attachment.kind === 'path' ? composer.line(attachment.path, contact, sender) : null;
        } catch {
          // A path that is no template is told among the findings of the graph.
        }
        const file = await loadAttachment(files, attachment, { folder: profile().attachmentsFolder, path: () => path });
        return typeof file === 'string' ? { name: path, path, size: null, problem: file } : { name: file.name, path, size: file.bytes.length, problem: null };
      }),
    );
  }

  /** The fallback text for this person; one that is no template is told among the findings of the graph. */
  function fallbackText(template: string | undefined, contact: SampleContact, sender: Parameters<typeof composer.line>[2]): string | null {
    try {
      return template === undefined ? null : composer.line(template, contact, sender);
    } catch {
      return null;
    }
  }

  return async ({ variant, stepId = null, attachments = [], isFirst, previousSubject, contactId, mailboxId, personal }) => {
    const contact = contactOf(contactId);
    const sender = senderOf(mailboxId);
    const suppressed = contactId === null ? null : suppressionOf(contact.email);
    await composer.prepare(variant);
    const issues: GraphIssue[] = checkTexts(variant, composer, customFields()).map((found) => ({ ...found, variantId: variant.id }));
    const noSubject = isFirst && variant.subject.trim() === '';
    if (noSubject)
      issues.push({
        stepId: null,
        variantId: variant.id,
        field: 'subject',
        code: 'no_subject',
        blocking: true,
        message: 'The first e-mail needs a subject: there is no mail before it to answer.',
      });
    const { postalAddress, optOutLine } = profile();
    const carriedFiles = await carried(attachments, contact, { ...sender, postalAddress });
    const result = composer.compose({
      variant: noSubject ? { ...variant, subject: '-' } : variant,
      contact,
      sender: { ...sender, postalAddress, optOutLine },
      thread: isFirst ? null : { subject: previousSubject ?? subjectOfNoMail, inReplyTo: mailBefore, references: [] },
      messageId: '<preview@homing.invalid>',
      date: clock.now(),
      unsubscribeMailto: `mailto:${sender.address}?subject=unsubscribe`,
      homingId: null,
      onMissing: 'blank',
      spin: { stepId: stepId ?? '', variantId: variant.id },
      personal: fallbackText(personal, contact, { ...sender, postalAddress }),
    });
    if (!result.ok) {
      const message = result.error.kind === 'template_error' ? result.error.message : `No value for ${result.error.fields.join(', ')}`;
      const field = result.error.kind === 'template_error' ? result.error.field : null;
      if (!issues.some((found) => found.code === 'template_error')) issues.push({ stepId: null, variantId: variant.id, field, code: 'template_error', blocking: true, message });
      return {
        subject: '',
        html: '',
        text: '',
        from: sender.address,
        to: contact.email,
        headers: [],
        sameThread: false,
        suppressed,
        missing: [],
        attachments: carriedFiles,
        issues,
      };
    }
    const mail = result.value;
    const fixed = new Set(['Message-ID', 'Date', 'In-Reply-To', 'References', ...(noSubject ? ['Subject'] : [])]);
    return {
      subject: noSubject ? '' : mail.subject,
      html: mail.html,
      text: mail.text,
      from: mail.headers.find(({ name }) => name === 'From')?.value ?? mail.from,
      to: mail.to,
      headers: mail.headers.filter(({ name }) => !fixed.has(name)),
      sameThread: mail.sameThread,
      suppressed,
      missing: [...mail.missing],
      attachments: carriedFiles,
      issues,
    };
  };
}

/** A person who has everything: what a preview shows when no contact is chosen. */
function samplePerson(customFields: readonly string[]): SampleContact {
  return {
    id: 'sample',
    email: 'ada@example.com',
    firstName: 'Ada',
    lastName: 'Lovelace',
    company: 'Analytical Engines',
    title: 'Programmer',
    phone: '+44 20 7946 0018',
    website: 'https://example.com',
    city: 'London',
    country: 'United Kingdom',
    timeZone: 'Europe/London',
    tags: ['sample'],
    custom: Object.fromEntries(customFields.map((name) => [name, `[${name}]`])),
  };
}
