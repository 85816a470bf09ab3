import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { standardTags } from '../../../shared/merge-tags.ts';
import type { Variant } from '../../../shared/schemas/sequence.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { checkTemplate, requiredFields, type TemplateFinding } from './check.ts';
import { assertOneLine, HeaderError, mailDate, wireAddress } from './headers.ts';
import { htmlOfText, htmlTemplateOf, textOfHtml, textTemplateOf } from './html-text.ts';
import type { TemplateMode } from './liquid.ts';
import { mergeScope, senderScope, type MergeContact, type MergeSender } from './merge-data.ts';
import { awaitsInliner, inlineCss, loadInliner } from './inline-css.ts';
import { inlineImages } from './inline-images.ts';
import { buildMime, partText } from './mime.ts';
import { abridged, compileRuns, type Run } from './runs.ts';
import { compileSpun, drawFor, spintaxToLiquid } from './spintax.ts';
import { compileTemplate, TemplateError, type CompiledTemplate } from './template.ts';
import { messageIdOf, referencesOf, replySubject, threadSubject, type Thread } from './thread.ts';

export interface ComposeSender extends MergeSender {
  readonly replyTo: string | null;
  /** Line under the mail that says how to opt out; may hold merge tags; '' = none. */
  readonly optOutLine: string;
}

export interface ComposeInput {
  readonly variant: Pick<Variant, 'subject' | 'html' | 'text'>;
  readonly contact: MergeContact | null;
  readonly sender: ComposeSender;
  /** What a follow-up answers to; null for a first mail. */
  readonly thread: Thread | null;
  readonly messageId: string;
  /** UTC epoch ms. */
  readonly date: number;
  readonly unsubscribeMailto: string | null;
  /** HTTPS address that opts out at one click (RFC 8058); absent = only by mail. */
  readonly unsubscribeUrl?: string | null;
  readonly homingId: string | null;
  /** A merge tag without value and fallback: hold the mail, or leave the place empty. */
  readonly onMissing: 'hold' | 'blank';
  /** Recipient, when it is not the contact's own address. */
  readonly to?: string;
  /** No HTML part. */
  readonly plainText?: boolean;
  readonly attachments?: readonly MailContent[];
  /** Images that the HTML names as `cid:<file id>`, by that id. */
  readonly images?: ReadonlyMap<string, MailContent>;
  /** Subject and body are text as they are: no merge tags, no spintax, no signature, no opt-out line. */
  readonly literal?: boolean;
  /** What spintax draws by, beside the person: the same step and variant say the same again. */
  readonly spin?: { readonly stepId: string; readonly variantId: string };
  /** What `{{ personal.block }}` says to this person; null = nothing is there to say. */
  readonly personal?: string | null;
}

/** A file with its content, as a mail carries it. */
export interface MailContent {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface Composed {
  /** The whole RFC 5322 message. */
  readonly raw: Uint8Array;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Envelope addresses, domains as A-labels. */
  readonly from: string;
  readonly to: string;
  readonly messageId: string;
  /** SHA-256 (hex) over subject, HTML, text, recipient and attachments; what the template says to everybody counts by its own SHA-256. */
  readonly contentHash: string;
  /** Header fields as a reader sees them: decoded, unfolded. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly sameThread: boolean;
  readonly references: string[];
  /** Merge tags without value and fallback, left empty (`onMissing: 'blank'`). */
  readonly missing: readonly string[];
}

export type ComposeField = 'subject' | 'html' | 'text' | 'optOutLine' | 'from' | 'to' | 'replyTo';
export type ComposeProblem =
  { readonly kind: 'missing_field'; readonly fields: string[] } | { readonly kind: 'template_error'; readonly message: string; readonly field: ComposeField };

export interface Composer {
  /** Loads what a variant needs that is not loaded yet; null = nothing. Without it the mail has its style rules in an element. */
  prepare(variant: ComposeInput['variant']): Promise<void> | null;
  /** Renders one mail for one person. Pure: equal input gives equal bytes. Templates are parsed once and remembered. */
  compose(input: ComposeInput): Result<Composed, ComposeProblem>;
  /** One line with merge tags, such as the path of a person's file; null when a value is missing. Throws TemplateError. */
  line(source: string, contact: MergeContact | null, sender: MergeSender): string | null;
  /** What can be said of a template without rendering it. */
  check(source: string, mode: TemplateMode, customFields: readonly string[] | null): TemplateFinding[];
  /** Fields of a contact without which a mail would be held: standard ones by name, custom ones as `custom.x`. */
  requiredFields(variant: ComposeInput['variant']): string[];
  /** The merge tags that always exist. */
  readonly tags: typeof standardTags;
}

/** Body and subject of a variant with everything that does not depend on the person done. */
interface CompiledVariant {
  readonly subject: CompiledTemplate;
  readonly html: CompiledTemplate;
  readonly text: CompiledTemplate;
  readonly htmlFoot: CompiledTemplate | null;
  readonly textFoot: CompiledTemplate | null;
  readonly signatureHtml: string;
  readonly signatureText: string;
  /** The author wrote a whole document: `<html` or `</body>` stands in it. */
  readonly isDocument: boolean;
  /** What the parts say to everybody, encoded. */
  readonly htmlRuns: readonly Run[];
  readonly textRuns: readonly Run[];
  readonly hasSpintax: boolean;
  /** Blocks that were left out leave blank lines behind in a derived text. */
  readonly tidyText: boolean;
}

interface Rendered {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly htmlRuns: readonly Run[];
  readonly textRuns: readonly Run[];
}

/** What a compiled variant was made of, and the result. */
interface Known {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly signatureHtml: string;
  readonly optOutLine: string;
  readonly compiled: CompiledVariant;
}

export function createComposer(): Composer {
  const byObject = new WeakMap<ComposeInput['variant'], Known>();
  const byText = new LRUCache<string, Known>({ max: 500, maxSize: 10_000_000, sizeCalculation: (_, key) => key.length + 1 });

  function compiledOf(variant: ComposeInput['variant'], sender: ComposeSender): CompiledVariant {
    const { subject, html, text } = variant;
    const { signatureHtml, optOutLine } = sender;
    // The same object a second time is the common case of a campaign: comparing equal strings costs next to nothing.
    const last = byObject.get(variant);
    if (last !== undefined && last.subject === subject && last.html === html && last.text === text && last.signatureHtml === signatureHtml && last.optOutLine === optOutLine)
      return last.compiled;
    if (awaitsInliner(html)) return compileVariant(variant, sender);
    const key = `${subject}\u0000${html}\u0000${text}\u0000${signatureHtml}\u0000${optOutLine}`;
    let known = byText.get(key);
    if (known === undefined) byText.set(key, (known = { subject, html, text, signatureHtml, optOutLine, compiled: compileVariant(variant, sender) }));
    byObject.set(variant, known);
    return known.compiled;
  }

  return {
    tags: standardTags,
    check: checkTemplate,
    requiredFields({ subject, html, text }) {
      return [...new Set([...requiredFields(subject, 'text'), ...requiredFields(html, 'html'), ...requiredFields(text, 'text')])];
    },
    prepare: (variant) => (!byObject.has(variant) && awaitsInliner(variant.html) ? loadInliner() : null),
    line(source, contact, sender) {
      const missing = new Set<string>();
      const text = oneLine(compileTemplate(source, 'text').render(mergeScope(contact, sender, null), missing));
      return missing.size > 0 || text === '' ? null : text;
    },
    compose(input) {
      const { sender } = input;
      const missing = new Set<string>();
      try {
        assertOneLine('from', sender.fromName);
        const from = wireAddress('from', sender.address);
        const to = wireAddress('to', input.to ?? input.contact?.email ?? '');
        const replyTo = sender.replyTo === null || sender.replyTo === '' ? null : wireAddress('replyTo', sender.replyTo);
        const rendered = input.literal === true ? literalText(input.variant) : render(compiledOf(input.variant, sender), input, missing);
        if (missing.size > 0 && input.onMissing === 'hold') return err({ kind: 'missing_field', fields: [...missing] });
        return ok(assemble(input, rendered, { from, to, replyTo }, [...missing]));
      } catch (error) {
        if (error instanceof FieldError) return err({ kind: 'template_error', message: error.message, field: error.field });
        if (error instanceof HeaderError) return err({ kind: 'template_error', message: error.message, field: error.field as ComposeField });
        throw error;
      }
    },
  };
}

const noImages: ReadonlyMap<string, MailContent> = new Map();

/** A problem of one field of the mail. */
class FieldError extends Error {
  readonly field: ComposeField;

  constructor(field: ComposeField, message: string) {
    super(message);
    this.field = field;
  }
}

/** Runs template work; a TemplateError is told with its place and field. */
function inField<T>(field: ComposeField, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new FieldError(field, error.line === null ? error.message : `${error.message} (line ${error.line}, column ${String(error.column)})`);
  }
}

function compileVariant(variant: ComposeInput['variant'], sender: ComposeSender): CompiledVariant {
  const noHtml = variant.html.trim() === '';
  const noText = variant.text.trim() === '';
  if (noHtml && noText) throw new FieldError('text', 'The mail has no text');
  // Before anything is derived: the same group of HTML and text has the same number, and so the same draw.
  const written = { subject: spintaxToLiquid(variant.subject, 'text'), html: spintaxToLiquid(variant.html, 'html'), text: spintaxToLiquid(variant.text, 'text') };
  const html = noHtml ? inField('text', () => compileSpun(variant.text, 'text') && htmlTemplateOf(written.text.source)) : inlineCss(written.html.source);
  const text = noText ? inField('html', () => compileSpun(variant.html, 'html') && textTemplateOf(written.html.source)) : written.text.source;
  const signed = /\bsender\s*\.\s*signature\b/.test(variant.html + variant.text) || sender.signatureHtml.trim() === '';
  const foot = /\{\{-?\s*unsubscribe\b/.test(variant.html + variant.text) ? '' : sender.optOutLine.trim();
  const compiled = {
    subject: inField('subject', () => compileSpun(variant.subject, 'text')),
    html: inField('html', () => compileTemplate(html, 'html')),
    text: inField('text', () => compileTemplate(text, 'text')),
    htmlFoot: foot === '' ? null : inField('optOutLine', () => compileTemplate(htmlTemplateOf(foot).replace(/^<p>/, '<p style="font-size:12px;color:#6b7280">'), 'html')),
    textFoot: foot === '' ? null : inField('optOutLine', () => compileTemplate(foot, 'text')),
    signatureHtml: signed ? '' : sender.signatureHtml,
    signatureText: signed ? '' : textOfHtml(sender.signatureHtml),
  };
  return {
    ...compiled,
    htmlRuns: compileRuns([...compiled.html.constants, compiled.signatureHtml, ...(compiled.htmlFoot?.constants ?? [])]),
    textRuns: compileRuns([...compiled.text.constants, compiled.signatureText, ...(compiled.textFoot?.constants ?? [])]),
    isDocument: isDocument(html),
    hasSpintax: Object.values(written).some(({ groups }) => groups > 0),
    tidyText: noText && variant.html.includes('{%'),
  };
}

function render(compiled: CompiledVariant, input: ComposeInput, missing: Set<string>): Rendered {
  const { contact, sender, unsubscribeMailto } = input;
  const scope = mergeScope(contact, sender, unsubscribeMailto, input.personal);
  const drawn = compiled.hasSpintax ? drawFor(contact?.id ?? '', input.spin) : null;
  const subject = inField('subject', () => compiled.subject.render(scope, missing, drawn?.subject));
  let text = inField('text', () => compiled.text.render(scope, missing, drawn?.body));
  if (compiled.tidyText) text = text.replace(/\n{3,}/g, '\n\n').trim();
  if (compiled.signatureText !== '') text = `${text.trimEnd()}\n\n-- \n${compiled.signatureText}`;
  const { htmlFoot, textFoot } = compiled;
  if (textFoot !== null) text = inField('optOutLine', () => `${text.trimEnd()}\n\n${textFoot.render(scope, missing)}`);
  if (sender.signatureHtml !== '') scope['sender'] = senderScope(sender, 'html');
  const body = inField('html', () => compiled.html.render(scope, missing, drawn?.body));
  let foot = compiled.signatureHtml === '' ? '' : `\n<div>${compiled.signatureHtml}</div>`;
  if (htmlFoot !== null) foot += inField('optOutLine', () => `\n${htmlFoot.render(scope, missing)}`);
  const html = compiled.isDocument ? intoDocument(body, foot) : newDocument(body, foot);
  return { subject: oneLine(subject), html, text, htmlRuns: compiled.htmlRuns, textRuns: compiled.textRuns };
}

function literalText(variant: ComposeInput['variant']): Rendered {
  const text = variant.text.trim() === '' ? textOfHtml(variant.html) : variant.text;
  const html = variant.html.trim() === '' ? htmlOfText(variant.text) : variant.html;
  return { subject: oneLine(variant.subject), text, html: isDocument(html) ? html : newDocument(html, ''), htmlRuns: [], textRuns: [] };
}

function isDocument(html: string): boolean {
  return html.includes('</body>') || /<html[\s>]/i.test(html);
}

function newDocument(body: string, foot: string): string {
  return `<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n${body}${foot}\n</body>\n</html>`;
}

/** The author's document with `foot` at the end of its body. */
function intoDocument(html: string, foot: string): string {
  const end = foot === '' ? -1 : html.lastIndexOf('</body>');
  return end < 0 ? html + foot : html.slice(0, end) + foot + html.slice(end);
}

/** A subject is one line whatever a merge value holds. */
function oneLine(subject: string): string {
  // eslint-disable-next-line no-control-regex -- line breaks would start a header of their own
  return subject.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
}

function assemble(input: ComposeInput, rendered: Rendered, address: { from: string; to: string; replyTo: string | null }, missing: string[]): Composed {
  const { thread, sender, messageId, unsubscribeMailto, homingId } = input;
  if (rendered.subject === '' && thread === null && input.literal !== true) throw new FieldError('subject', 'The mail has no subject, and there is no mail before it to answer');
  const sameThread = thread !== null && (rendered.subject === '' || threadSubject(rendered.subject) === threadSubject(thread.subject));
  // A thread of which no mail is known goes on under its subject, without feigning a reply.
  const lost = sameThread && thread.inReplyTo === null && thread.references.length === 0;
  const subject = sameThread && threadSubject(thread.subject) !== '' ? (lost ? threadSubject(thread.subject) : replySubject(thread.subject)) : rendered.subject;
  const references = sameThread ? referencesOf(thread) : [];
  const inReplyTo = sameThread && thread.inReplyTo !== null ? messageIdOf(thread.inReplyTo) : null;
  const { html, text } = rendered;
  const { from, to, replyTo } = address;
  const textPart = partText(text, rendered.textRuns);
  const images = input.plainText === true ? null : inlineImages(html, input.images ?? noImages, from.slice(from.lastIndexOf('@') + 1));
  const htmlPart = images === null ? null : partText(images.html, rendered.htmlRuns);
  const attachments = (input.attachments ?? []).map((file) => ({ ...file, contentId: null }));
  const listUnsubscribe = [input.unsubscribeUrl ?? null, unsubscribeMailto].filter((uri) => uri !== null);
  const raw = buildMime({
    fromName: sender.fromName,
    from,
    to,
    replyTo,
    subject,
    date: input.date,
    messageId,
    inReplyTo,
    references,
    listUnsubscribe,
    homingId,
    text: textPart,
    html: htmlPart,
    inline: images?.files ?? [],
    attachments,
  });
  const headers = (): Composed['headers'] => [
    { name: 'From', value: sender.fromName === '' ? from : `${sender.fromName} <${from}>` },
    { name: 'To', value: to },
    ...(replyTo === null ? [] : [{ name: 'Reply-To', value: replyTo }]),
    { name: 'Subject', value: subject },
    { name: 'Date', value: mailDate(input.date) },
    { name: 'Message-ID', value: messageId },
    ...(inReplyTo === null ? [] : [{ name: 'In-Reply-To', value: inReplyTo }]),
    ...(references.length === 0 ? [] : [{ name: 'References', value: references.join(' ') }]),
    ...(listUnsubscribe.length === 0 ? [] : [{ name: 'List-Unsubscribe', value: listUnsubscribe.map((uri) => `<${uri}>`).join(', ') }]),
  ];
  const said = [subject, to, htmlPart === null ? '' : abridged(htmlPart.text, htmlPart.runs), abridged(textPart.text, textPart.runs)].join('\u0000/');
  const contentHash = hash(
    'sha256',
    attachments.reduce((known, file) => `${known}\u0000${file.name}\u0000${hash('sha256', file.bytes)}`, said),
  );
  return {
    raw,
    subject,
    html: images === null ? '' : html,
    text,
    from,
    to,
    messageId,
    contentHash,
    // Only previews ask for them.
    get headers() {
      return headers();
    },
    sameThread,
    references,
    missing,
  };
}
