import table from '../../../resources/copy-rules.json' with { type: 'json' };
import { splitTags } from './copy-checks.ts';

export type RuledRewrite = 'shorter' | 'warmer' | 'plainer';

interface LanguageRules {
  readonly dropSentences: readonly string[];
  readonly shorter: readonly (readonly string[])[];
  readonly warmer: readonly (readonly string[])[];
  readonly plainer: readonly (readonly string[])[];
  readonly stopWords: string;
  /** Fits at the end of any mail. */
  readonly question: string;
  readonly subjects: readonly (readonly string[])[];
}

const languages: Readonly<Record<string, LanguageRules>> = table;
/** Stands where a capital was taken out. */
const raiseNext = '\uE000';
const edge = { before: '(?<![\\p{L}\\d])', after: '(?![\\p{L}\\d])' };

/** The language of a text that the rules know, by its small words; null = none of them. */
export function ruleLanguage(text: string): string | null {
  const words = wordsOf(text).map((word) => word.toLowerCase());
  const counted = Object.entries(languages).map(([language, { stopWords }]) => {
    const known = new Set(stopWords.split(' '));
    return { language, count: words.filter((word) => known.has(word)).length };
  });
  const best = counted.toSorted((a, b) => b.count - a.count)[0];
  return best === undefined || best.count === 0 ? null : best.language;
}

/** Rewrites by lists of phrases, outside of merge tags; the text itself where they know nothing better. Pure. */
export function rewriteByRules(text: string, how: RuledRewrite): string {
  const rules = languages[ruleLanguage(text) ?? ''];
  if (rules === undefined) return text;
  const shortened = how === 'shorter' ? dropSentences(text, rules.dropSentences) : text;
  const replaced = splitTags(shortened)
    .map((piece) => (piece.isTag ? piece.text : tidy(rules[how].reduce((rest, [from = '', to = '']) => replace(rest, from, to), piece.text))))
    .join('')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return replaced === '' ? text : replaced;
}

/** A question that fits at the end of a mail, in its language where the rules know it. Pure. */
export function closingQuestion(text: string): string {
  return (languages[ruleLanguage(text) ?? 'en'] ?? languages['en'])?.question ?? '';
}

/** Phrases that can be said shorter or plainer, each as it stands in the text and as it would be said. Pure. */
export function phraseEdits(text: string): { readonly kind: 'shorter' | 'plainer'; readonly find: string; readonly replace: string }[] {
  const rules = languages[ruleLanguage(text) ?? ''];
  if (rules === undefined) return [];
  const words = splitTags(text)
    .filter(({ isTag }) => !isTag)
    .map((piece) => piece.text);
  return (['shorter', 'plainer'] as const).flatMap((kind) =>
    rules[kind].flatMap(([from = '', to = '']) => {
      const pattern = new RegExp(`${edge.before}(?:${from})${/[ ?]$/.test(from) ? '' : edge.after}`, 'iu');
      const find = words.map((piece) => pattern.exec(piece)?.[0]).find((found) => found !== undefined);
      // What is only taken out needs the sentence around it: rewriting does that.
      return find === undefined || to === '' ? [] : [{ kind, find, replace: /^\p{Lu}/u.test(find) ? capital(to) : to }];
    }),
  );
}

function replace(text: string, from: string, to: string): string {
  // What ends in a blank takes it along.
  const pattern = new RegExp(`${edge.before}(?:${from})${/[ ?]$/.test(from) ? '' : edge.after}`, 'giu');
  return text.replace(pattern, (found) => (!/^\p{Lu}/u.test(found) ? to : to === '' ? raiseNext : capital(to)));
}

function dropSentences(text: string, patterns: readonly string[]): string {
  return patterns.reduce((rest, pattern) => rest.replace(new RegExp(`(^|[.!?\\n]\\s*)(?:${pattern})[.!?]*[ \\t]*`, 'giu'), '$1'), text);
}

/** What was taken out leaves no double blanks, and its capital to the next word. */
function tidy(text: string): string {
  return text.replace(/[ \t]{2,}/g, ' ').replace(/\uE000\s*(\p{L}?)/gu, (_, letter: string) => letter.toUpperCase());
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function wordsOf(text: string): string[] {
  return splitTags(text)
    .filter(({ isTag }) => !isTag)
    .flatMap((piece) => piece.text.match(/\p{L}[\p{L}'’-]+/gu) ?? []);
}

/** Subject lines from the mail's own words: its question, and patterns with its topic. Pure. */
export function subjectsByRules(text: string, count: number): { subject: string; reason: string }[] {
  const rules = languages[ruleLanguage(text) ?? 'en'] ?? languages['en'];
  if (rules === undefined) return [];
  const ideas: { subject: string; reason: string }[] = [];
  const question = questionOf(text);
  if (question !== null) ideas.push({ subject: question, reason: 'Asks what the mail asks' });
  const topic = topicOf(text, new Set(rules.stopWords.split(' ')));
  if (topic !== null) for (const [pattern = '', reason = ''] of rules.subjects) ideas.push({ subject: capital(pattern.replace('{topic}', topic)), reason });
  return ideas.slice(0, count);
}

const longestSubject = 60;

/** The first question that fits into a subject line. */
function questionOf(text: string): string | null {
  const plain = text.replace(/\s+/g, ' ');
  return (plain.match(/[^.!?]{8,}\?/gu) ?? []).map((each) => each.trim()).find((each) => each.length <= longestSubject) ?? null;
}

/** The words that the text comes back to: the most frequent pair of content words, else the most frequent one. */
function topicOf(text: string, stopWords: ReadonlySet<string>): string | null {
  const counts = new Map<string, { shown: string; score: number }>();
  const note = (shown: string, weight: number): void => {
    const key = shown.toLowerCase();
    counts.set(key, { shown: counts.get(key)?.shown ?? shown, score: (counts.get(key)?.score ?? 0) + weight });
  };
  for (const { text: piece } of splitTags(text).filter(({ isTag }) => !isTag)) {
    for (const clause of piece.split(/[.,;:!?()\n]/)) {
      let before: string | null = null;
      for (const word of clause.match(/\p{L}[\p{L}'’-]+/gu) ?? []) {
        const counted = word.length >= 4 && !stopWords.has(word.toLowerCase());
        if (counted) note(word, 1);
        if (counted && before !== null) note(`${before} ${word}`, 1.6);
        before = counted ? word : null;
      }
    }
  }
  const ranked = [...counts.values()].toSorted((a, b) => b.score - a.score || b.shown.length - a.shown.length);
  return ranked.find(({ shown }) => shown.length <= longestSubject / 2)?.shown ?? null;
}
