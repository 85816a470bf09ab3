import { isDisclaimer, isListFooter, isProgramFooter, isSignatureMark, signatureBlockAt } from './closing-lines.ts';
import type { InboundMail } from './mail.ts';
import { attributionAt, isHeaderBlock, isSeparator, visible } from './quote-lines.ts';
import { htmlToMarkedText, quotedBelow } from './quoted-html.ts';

/** Lines looked at; nobody writes more by hand, and what follows is quoted. */
const lineCap = 5000;

/**
 * What the person wrote: without quoted and forwarded mail, what introduces it, signatures, footers of programs and
 * disclaimers. Answers between and below quotes are kept. The result is made of the text's own lines in their order;
 * empty when there is nothing of their own.
 */
export function ownText(text: string): string {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u00a0\u202f]/g, ' ')
    .split('\n', lineCap)
    .map((line) => line.trimEnd());
  const quoted = markQuoted(lines);
  const answered = lastAnswered(lines, quoted);
  const kept: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (quoted[at] === true) {
      at += 1;
      continue;
    }
    if (line.includes(quotedBelow) || isSeparator(lines, at) || isHeaderBlock(lines, at)) break;
    const header = attributionAt(lines, at, quoted);
    if (header > 0) {
      const next = skipBlank(lines, at + header);
      // Nothing above, and no quote below: the program left the marks out, or the person wrote under a header of its own.
      if (quoted[next] !== true && kept.some((each) => each.trim() !== '')) break;
      at += header;
      continue;
    }
    if (closes(lines, at)) {
      // A signature above quotes that are answered further down is left out alone.
      if (at >= answered) break;
      while (at < lines.length && quoted[at] !== true && attributionAt(lines, at) === 0) at += 1;
      continue;
    }
    kept.push(line);
    at += 1;
  }
  const end = signatureBlockAt(trimmed(kept));
  return trimmed(end === -1 ? kept : trimmed(kept).slice(0, end))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd();
}

function closes(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (line.trim() === '') return false;
  if (isSignatureMark(line)) return !isMarkdownRule(lines, at);
  if (isProgramFooter(line) || isRuledSignature(lines, at)) return true;
  const opens = at === 0 || (lines[at - 1] ?? '').trim() === '' || isSignatureMark(lines[at - 1] ?? '');
  return opens && (isDisclaimer(line) || isListFooter(line));
}

/** "---" above a few short lines at the end, none of them a sentence: a name, a company, a number. */
function isRuledSignature(lines: readonly string[], at: number): boolean {
  if (!/^\s*-{3,}\s*$/.test(lines[at] ?? '')) return false;
  const rest = lines.slice(at + 1, at + 40).filter((line) => line.trim() !== '');
  return rest.length > 0 && rest.length <= 6 && at + 40 > lines.length && rest.every((line) => line.length < 70 && !/[.!?:]$|^\s*(?:[-*>#]|\d+[.)])/.test(line));
}

/** "____" or "****" between paragraphs of a long text divides it; under a text it opens a signature. */
function isMarkdownRule(lines: readonly string[], at: number): boolean {
  return /^\s*[*#+]+\s*$/.test(lines[at] ?? '') && lines.slice(at + 1, at + 40).filter((line) => line.trim() !== '').length > 12;
}

const mark = /^\s{0,2}[>＞]/u;
/** "C> …" and "Richard> …", as some mailing list programs quote. */
const initials = /^\s{0,2}(\p{Lu}\p{L}{0,9})>(?:\s|$)/u;
const bar = /^\s{0,2}\|(?!.*\|\s*$)/u;

/** Which lines are quoted. A single `> 50 employees` in prose is not; the broken-off end of a long quoted line is. */
function markQuoted(lines: readonly string[]): boolean[] {
  const angle = lines.map((line) => mark.test(visible(line)));
  const prose = angle.filter(Boolean).length <= 2 && !lines.some((_, at) => attributionAt(lines, at) > 0);
  const quoted = lines.map((line, at) => {
    if (angle[at] === true) return !(prose && (isComparison(line) || /^\s*[$#%] \S/.test(lines[at - 1] ?? '')));
    const name = initials.exec(line)?.[1];
    if (name !== undefined) return [lines[at - 1], lines[at + 1]].some((near) => near !== undefined && initials.exec(near)?.[1] === name);
    return bar.test(line) && [lines[at - 1], lines[at + 1]].some((near) => near !== undefined && bar.test(near));
  });
  for (let at = 1; at < lines.length - 1; at += 1)
    if (quoted[at] !== true && quoted[at - 1] === true && quoted[at + 1] === true && isRemainder(lines[at - 1] ?? '', lines[at] ?? '')) quoted[at] = true;
  return quoted;
}

function isComparison(line: string): boolean {
  return /^\s*>=?\s?[\d€$£]/u.test(line) || /^\s*>{3}\s+\w+[\s(.=]/u.test(line);
}

/** Mail programs break long lines of quotes and mark the first half only. */
function isRemainder(before: string, line: string): boolean {
  return before.length >= 60 && line.length < 40 && line.trim() !== '' && !/[.!?]$/.test(before) && /^[\p{Ll}\d<("]/u.test(line.trim());
}

/** Index of the last quoted line that has an answer below it; signatures above it do not end the text. */
function lastAnswered(lines: readonly string[], quoted: readonly boolean[]): number {
  let own = false;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    if (quoted[at] === true) {
      if (own) return at;
    } else if ((lines[at] ?? '').trim() !== '') own = true;
  }
  return -1;
}

function skipBlank(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && at < from + 4 && (lines[at] ?? '').trim() === '') at += 1;
  return at;
}

function trimmed(lines: readonly string[]): string[] {
  let from = 0;
  let to = lines.length;
  while (from < to && (lines[from] ?? '').trim() === '') from += 1;
  while (to > from && (lines[to - 1] ?? '').trim() === '') to -= 1;
  return lines.slice(from, to);
}

const folded = (text: string): string => text.replace(/\s+/g, '');

/**
 * The person's own words of a message. The text part is read by its lines; where the HTML part marks its quotes and leaves
 * less, the HTML is right: its containers need no language.
 */
export function readReplyText(mail: InboundMail): string {
  if (mail.html === null) return ownText(mail.text);
  const fromHtml = ownText(htmlToMarkedText(mail.html));
  if (!mail.hasTextPart) return fromHtml;
  const fromText = ownText(mail.text);
  if (fromText === '') return fromHtml;
  return fromHtml !== '' && folded(fromText).startsWith(folded(fromHtml)) ? fromHtml : fromText;
}

/** The first words, for a list. */
export function snippetOf(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= 160 ? flat : `${flat.slice(0, 159)}…`;
}
