import { readSpintax, spin } from './spintax.ts';
import { liquidTag, mergeTag, outputKeys, splitLiquid, standardTags, unknownTag } from './merge-tags.ts';
import { addressFinding, linksOf, type MailLink } from './mail-links.ts';

/** The text of a mail, and what is known around it. */
export interface CopyInput {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Opens a conversation: the recipient does not know the sender yet. */
  readonly isFirst: boolean;
}

export interface CopyKnowledge {
  /** Custom fields in use; null = not known. */
  readonly customFields: readonly string[] | null;
  /** The workspace puts a line about opting out under every mail. */
  readonly hasOptOutLine: boolean;
  readonly words: CopyWords;
}

/** `resources/copy-words.json`: phrases by language, and domains that shorten addresses. */
export interface CopyWords {
  readonly bulkPhrases: Readonly<Record<string, readonly string[]>>;
  readonly optOutPhrases: Readonly<Record<string, readonly string[]>>;
  readonly shorteners: readonly string[];
}

export const copyCodes = [
  'long_text',
  'long_subject',
  'many_links',
  'shouting',
  'bulk_phrases',
  'no_opt_out',
  'broken_tag',
  'foreign_tag',
  'unknown_tag',
  'spin_open',
  'spin_close',
  'spin_empty',
  'spin_crossed',
  'bad_link',
  'plain_http',
  'short_link',
  'other_address',
  'no_description',
  'clipped',
] as const;
export type CopyCode = (typeof copyCodes)[number];
export type CopyField = 'subject' | 'html' | 'text';

export interface CopyFinding {
  readonly code: CopyCode;
  readonly field: CopyField;
  /** The place in the field's source, `end` behind it; null = the whole field. */
  readonly place: { readonly start: number; readonly end: number } | null;
  /** What stands there, as a reader sees it; '' for the whole field. */
  readonly quote: string;
  /** A count that the finding is about: words, characters, links, kB. */
  readonly count: number | null;
  /** What to write at the place instead, as source; null = not known. */
  readonly fix: string | null;
}

export const longText = 200;
export const longSubject = 60;
const manyLinks = 2;
/** Gmail shows no more than about 102 kB of a mail's HTML. */
const clippedBytes = 102 * 1024;
/** Room for what sending adds: the document around the body, signature, line about opting out. */
const addedBytes = 2 * 1024;

/** Figures of a mail for its reader: words, links, and the size of its text in bytes. */
export function copyFigures(mail: Pick<CopyInput, 'html' | 'text'>): { readonly words: number; readonly links: number; readonly bytes: number } {
  const { source } = bodyOf(mail);
  return {
    words: countWords(source, mail.html.trim() !== ''),
    links: linksOf(source, mail.html.trim() !== '').filter(({ web }) => web).length,
    bytes: utf8Length(source) + addedBytes,
  };
}

/** What a careful colleague would say of a mail before it leaves: advice, nothing blocks. Pure; the order is that of the text. */
export function lintCopy(mail: CopyInput, known: CopyKnowledge): CopyFinding[] {
  const { field, source, body } = bodyOf(mail);
  const subject = visible(mail.subject, false);
  const findings: CopyFinding[] = [...tagFindings('subject', mail.subject, subject, known), ...shouting('subject', mail.subject, subject)];
  const length = subjectLength(mail.subject);
  if (length > longSubject) findings.push(whole('long_subject', 'subject', length));
  findings.push(...tagFindings(field, source, body, known), ...shouting(field, source, body));
  const words = countWords(source, field === 'html');
  if (words > longText) findings.push(whole('long_text', field, words));
  findings.push(...bulkPhrases(mail.subject, subject, field, source, body, known.words));
  findings.push(...linkFindings(mail, field, source, known.words.shorteners), ...pictureFindings(field, source));
  if (!known.hasOptOutLine && source.trim() !== '' && !mentionsOptOut(source, body, known.words)) findings.push(whole('no_opt_out', field, null));
  const bytes = utf8Length(source) + addedBytes;
  if (field === 'html' && bytes > clippedBytes) findings.push(whole('clipped', field, Math.round(bytes / 1024)));
  return findings;
}

function whole(code: CopyCode, field: CopyField, count: number | null): CopyFinding {
  return { code, field, place: null, quote: '', count, fix: null };
}

function at(code: CopyCode, field: CopyField, source: string, start: number, end: number, more: Partial<CopyFinding> = {}): CopyFinding {
  return { code, field, place: { start, end }, quote: source.slice(start, end), count: null, fix: null, ...more };
}

function bodyOf({ html, text }: Pick<CopyInput, 'html' | 'text'>): { field: 'html' | 'text'; source: string; body: string } {
  return html.trim() === '' ? { field: 'text', source: text, body: visible(text, false) } : { field: 'html', source: html, body: visible(html, true) };
}

/** The words of a source with everything else blanked, so that every place stays where it is. Merge tags are one word each. */
function visible(source: string, html: boolean): string {
  const blank = (found: string) => ' '.repeat(found.length);
  const tag = (found: string) => (found.startsWith('{{') ? `\uE000${blank(found.slice(1))}` : blank(found));
  const words = source.replace(liquidTag, tag);
  return html ? words.replace(/<(style|script|title)\b[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->|<[a-z/!][^>]*>/gi, blank).replace(/&(?:nbsp|#160);/gi, blank) : words;
}

/** What the longest alternatives say, near enough. */
function longest(source: string, html: boolean): string {
  return spin(source, html, (_, alternatives) => alternatives.reduce((best, text, index) => (text.length > (alternatives[best]?.length ?? 0) ? index : best), 0));
}

function countWords(source: string, html: boolean): number {
  return visible(longest(source, html), html).match(/\S*[\p{L}\p{N}\uE000]\S*/gu)?.length ?? 0;
}

/** As long as it will be, near enough: a merge tag counts as a name. */
function subjectLength(subject: string): number {
  return splitLiquid(longest(subject, false)).reduce((sum, piece) => sum + (piece.liquid ? (piece.text.startsWith('{{') ? 8 : 0) : [...piece.text].length), 0);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Two opening or closing braces without their partners. The rich-text editor writes an opening one as an entity. */
const half = /(?:\{|&#123;)\{[^{}\n&]{0,60}|\}\}/g;
const standardNames = standardTags.map(({ tag }) => tag);
/** How other programs write merge tags. */
const foreign = /\{\s*([A-Za-z][\w .]{1,30}?)\s*\}(?!\})|%([A-Za-z]\w{2,30})%|\[\[?\s*([A-Za-z]\w{2,30})\s*\]\]?|<<\s*([A-Za-z]\w{2,30})\s*>>|\*\|([A-Z]\w{1,30})\|\*/g;

function tagFindings(field: CopyField, source: string, body: string, known: CopyKnowledge): CopyFinding[] {
  const findings = splitLiquid(source).flatMap((piece) => (piece.liquid ? liquidFinding(field, source, piece, known) : []));
  for (const found of body.matchAll(half)) {
    const end = found.index + found[0].trimEnd().length;
    findings.push(at('broken_tag', field, source, found.index, end, { quote: source.slice(found.index, end).replaceAll('&#123;', '{') }));
  }
  for (const found of body.matchAll(foreign)) {
    const name = nameLike(found.slice(1).find((part) => part !== undefined) ?? '', known.customFields ?? []);
    if (name !== null) findings.push(at('foreign_tag', field, source, found.index, found.index + found[0].length, { fix: mergeTag(name) }));
  }
  for (const { code, start, end } of readSpintax(source, field === 'html').findings)
    findings.push(at(code, field, source, start, end, { quote: source.slice(start, end).replace(/<[^>]*>/g, '') }));
  return findings.sort((one, other) => (one.place?.start ?? 0) - (other.place?.start ?? 0));
}

function liquidFinding(field: CopyField, source: string, piece: { readonly text: string; readonly at: number }, known: CopyKnowledge): CopyFinding[] {
  const { text, at: start } = piece;
  if (!text.startsWith('{{')) return [];
  // An open tag swallows the next one.
  const next = text.indexOf('{{', 2);
  if (next !== -1) return [at('broken_tag', field, source, start, start + text.slice(0, next).trimEnd().length)];
  const problem = unknownTag(outputKeys(text) ?? [], known.customFields);
  if (problem === null) return [];
  const fix = problem.suggestion === null ? null : text.replace(/^(\{\{-?\s*)[^|}\s]+/, (_, before: string) => before + String(problem.suggestion));
  return [at('unknown_tag', field, source, start, start + text.length, { fix })];
}

/** The merge tag that a name in another spelling means: `FirstName`, `first name`, `FNAME`. */
function nameLike(name: string, customFields: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  const short: Readonly<Record<string, string>> = { fname: 'first_name', lname: 'last_name', name: 'first_name', jobtitle: 'title', companyname: 'company' };
  const custom = customFields.find((field) => plain(field) === wanted);
  return short[wanted] ?? standardNames.find((tag) => plain(tag) === wanted) ?? (custom === undefined ? null : `custom.${custom}`);
}

/** Two words in capitals in a row, or two marks: one alone may be an abbreviation. */
function shouting(field: CopyField, source: string, body: string): CopyFinding[] {
  const found = /(?<![\p{L}\p{N}])\p{Lu}{3,}(?: +\p{Lu}{2,})+(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])\p{Lu}{6,}(?![\p{L}\p{N}])|[!?]*(?:!!|\?!|!\?)[!?]*/u.exec(body);
  return found === null ? [] : [at('shouting', field, source, found.index, found.index + found[0].length)];
}

/** Phrases of bulk mail: one in a subject, or two anywhere, are enough to be taken for it. */
function bulkPhrases(subjectSource: string, subject: string, field: CopyField, source: string, body: string, words: CopyWords): CopyFinding[] {
  const phrases = Object.values(words.bulkPhrases).flat();
  const inSubject = phraseFindings('subject', subjectSource, subject, phrases);
  const inBody = phraseFindings(field, source, body, phrases);
  return inSubject.length > 0 || inBody.length > 1 ? [...inSubject, ...inBody] : [];
}

function phraseFindings(field: CopyField, source: string, body: string, phrases: readonly string[]): CopyFinding[] {
  const lower = body.toLowerCase().replaceAll('’', "'");
  // A letter whose small form is longer would move every place behind it.
  if (lower.length !== body.length) return [];
  const taken: { start: number; end: number }[] = [];
  for (const phrase of [...phrases].sort((a, b) => b.length - a.length)) {
    for (let start = lower.indexOf(phrase); start !== -1; start = lower.indexOf(phrase, start + 1)) {
      const end = start + phrase.length;
      const alone = !/[\p{L}\p{N}]/u.test(lower[start - 1] ?? ' ') && !/[\p{L}\p{N}]/u.test(lower[end] ?? ' ');
      if (alone && !taken.some((other) => start < other.end && other.start < end)) taken.push({ start, end });
    }
  }
  return taken.sort((a, b) => a.start - b.start).map(({ start, end }) => at('bulk_phrases', field, source, start, end));
}

function mentionsOptOut(source: string, body: string, words: CopyWords): boolean {
  if (/\{\{-?\s*unsubscribe\b/.test(source)) return true;
  const lower = body.toLowerCase().replace(/\s+/g, ' ');
  return Object.values(words.optOutPhrases)
    .flat()
    .some((phrase) => lower.includes(phrase));
}

function linkFindings(mail: CopyInput, field: CopyField, source: string, shorteners: readonly string[]): CopyFinding[] {
  const links = linksOf(source, field === 'html');
  const findings = links.flatMap((link): CopyFinding[] => {
    const code = addressFinding(link, shorteners);
    return code === null ? [] : [ofLink(code, field, link, code === 'plain_http' ? { fix: source.slice(link.start, link.end).replace(/^http:/i, 'https:') } : {})];
  });
  const web = links.filter((link) => link.web);
  const third = web[manyLinks];
  if (mail.isFirst && third !== undefined) findings.push(ofLink('many_links', field, third, { count: web.length }));
  return findings;
}

function ofLink(code: CopyCode, field: CopyField, link: MailLink, more: Partial<CopyFinding> = {}): CopyFinding {
  return { code, field, place: { start: link.start, end: link.end }, quote: link.text, count: null, fix: null, ...more };
}

function pictureFindings(field: CopyField, source: string): CopyFinding[] {
  if (field !== 'html') return [];
  return [...source.matchAll(/<img\b[^>]*>/gi)]
    .filter(([element]) => !/\balt\s*=\s*(?:"[^"]*[^"\s][^"]*"|'[^']*[^'\s][^']*')/i.test(element))
    .map((found) => at('no_description', field, source, found.index, found.index + found[0].length, { quote: '' }));
}
