import { liquidTag, readMergeTag } from '../../../shared/merge-tags.ts';
import type { DraftFinding, SequenceBrief } from '../../../shared/schemas/sequence-draft.ts';
import { detectLanguage } from '../lib/language.ts';
import { checkText } from './fact-check.ts';
import { days, factsOfBrief, longestSubject, subjectOf, tagWithFallback, type DraftedMail } from './draft-rules.ts';

/** More than is asked for: models count badly. */
const mostWords = 200;
const fewestWords = 5;
const mostWaitDays = 30;
/** Findings of the fact checker for which a whole answer is refused. */
const refused: ReadonlySet<string> = new Set(['link', 'markup', 'hidden', 'merge_tag']);

export interface RawMail {
  readonly subject: string;
  readonly text: string;
  readonly waitDays: number;
}

/**
 * The mails that a model wrote, as they may be shown; null where one holds what no draft may hold. What the brief does not
 * say (numbers, dates, claims) is left out and named; unknown names stay and are named. Pure.
 */
export function readMails(raw: readonly RawMail[], brief: SequenceBrief): { mails: DraftedMail[]; findings: DraftFinding[] } | null {
  const findings: DraftFinding[] = [...factsOfBrief(brief).findings];
  const mails: DraftedMail[] = [];
  for (const [index, { subject, text, waitDays }] of raw.entries()) {
    const tagged = withFallbacks(bodyOnly(text), brief.language);
    if (tagged === null) return null;
    const checked = supported(tagged, brief);
    if (checked === null || wordCount(checked.text) < fewestWords || wordCount(checked.text) > mostWords) return null;
    const mail = index + 1;
    findings.push(
      ...checked.leftOut.map((found): DraftFinding => ({ code: 'left_out', mail, found })),
      ...checked.names.map((found): DraftFinding => ({ code: 'name', mail, found })),
    );
    mails.push({ subject: subjectFor(subject, brief, index), body: checked.text, pause: days(Math.min(mostWaitDays, Math.max(1, Math.round(waitDays)))) });
  }
  const language = detectLanguage(mails.map(({ body }) => shown(body)).join('\n'));
  return language !== null && language !== brief.language ? null : { mails, findings };
}

/** Without the greeting and the signature that models add all the same. */
function bodyOnly(text: string): string {
  const paragraphs = text
    .replace(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const [first = ''] = paragraphs;
  if (paragraphs.length > 1 && first.length <= 60 && /[,:]$/.test(first)) paragraphs.shift();
  else if (/^[^\n]{1,60},\n/.test(first)) paragraphs[0] = first.slice(first.indexOf('\n') + 1);
  const last = paragraphs.at(-1) ?? '';
  if (paragraphs.length > 1 && last.length <= 80 && !/[.!?…]/u.test(last)) paragraphs.pop();
  return paragraphs.join('\n\n');
}

/** The text with a fallback at each merge tag; null where there is another tag than those that a draft may hold. */
function withFallbacks(text: string, language: SequenceBrief['language']): string | null {
  let allowed = true;
  const filled = text.replace(liquidTag, (source) => {
    const tag = readMergeTag(source);
    const own = tag === null ? null : tagWithFallback(tag.name, tag.fallback, language);
    if (own === null) allowed = false;
    return own ?? '';
  });
  return allowed && !/[{}|[\]]/.test(filled.replace(liquidTag, '')) ? filled : null;
}

/** As a reader without a value sees it. */
function shown(text: string): string {
  return text.replace(liquidTag, (source) => readMergeTag(source)?.fallback ?? '');
}

/** Leaves out the sentences that say what the brief does not; null where one holds what refuses the whole answer. */
function supported(text: string, brief: SequenceBrief): { text: string; leftOut: string[]; names: string[] } | null {
  const leftOut: string[] = [];
  const names = new Set<string>();
  const paragraphs: string[] = [];
  for (const paragraph of text.split('\n\n')) {
    const kept: string[] = [];
    for (const sentence of paragraph.split(/(?<=[.!?…]["”»)]?)\s+/u)) {
      const codes = new Map(check(sentence, brief).map(({ code, found }) => [code as string, found]));
      if ([...codes.keys()].some((code) => refused.has(code))) return null;
      // A question claims nothing, but its numbers are read as given.
      const asks = sentence.trim().endsWith('?');
      if (codes.has('number') || codes.has('talk') || (!asks && (codes.has('claim') || codes.has('date')))) leftOut.push(shown(sentence).slice(0, 200));
      else {
        kept.push(sentence);
        const name = codes.get('name');
        if (name !== undefined) names.add(name);
      }
    }
    if (kept.length > 0) paragraphs.push(kept.join(' '));
  }
  return { text: paragraphs.join('\n\n'), leftOut, names: [...names] };
}

function check(text: string, brief: SequenceBrief): ReturnType<typeof checkText> {
  const facts = [brief.offer, brief.audience, brief.goal, ...factsOfBrief(brief).facts].map((value) => ({ name: 'brief', value }));
  return checkText(shown(text), { facts, own: '', language: brief.language, mostWords: mostWords });
}

/** The line of a model where it may stand; else the words of the brief for the first mail, and the thread for the others. */
function subjectFor(written: string, brief: SequenceBrief, index: number): string {
  const subject = written
    .trim()
    .replace(/!+$/, '')
    .replace(/^["“„«'](.*)["”“»']$/u, '$1');
  const fits =
    subject !== '' && subject.length <= longestSubject && !/[\r\n{}|[\]]/.test(subject) && check(subject, brief).every(({ code }) => code === 'name' || code === 'language');
  if (index > 0) return fits && !/^re\s*:/i.test(subject) ? subject : '';
  return fits ? subject : subjectOf(brief);
}

function wordCount(text: string): number {
  return shown(text).match(/\p{L}[\p{L}\p{M}'’-]*/gu)?.length ?? 0;
}
