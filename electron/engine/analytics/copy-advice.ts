import copyWords from '../../../resources/copy-words.json' with { type: 'json' };
import { lintCopy, longSubject } from '../../../shared/copy-lint.ts';
import type { Advice, CopyAdvice, CopyAdviceInput } from '../../../shared/schemas/copy-advice.ts';
import { closingQuestion, phraseEdits } from '../assist/index.ts';
import { profileMail } from './mail-profile.ts';

/** Words of a mail above which answers become fewer; of a sentence, above which readers begin again. */
const manyWords = 120;
const longSentence = 28;
const hardLix = 50;
const fewAboutYou = 0.3;
const mostPhrases = 6;
const mostSentences = 3;

/** What would make a mail easier to read and to answer, with edits where they can be told. By rules alone. Pure. */
export function adviseCopy({ subject, text }: CopyAdviceInput): CopyAdvice {
  const profile = profileMail({ subject, text });
  const { words, questions, links, aboutYou, call } = profile;
  const lix = lixOf(text);
  const advice: Advice[] = [];
  const add = (code: Advice['code'], about: Advice['about'], more: Partial<Advice> = {}) => advice.push({ code, about, quote: '', count: null, edit: null, ...more });

  if (words > manyWords) add('long', 'length', { count: words });
  for (const { kind, find, replace } of phraseEdits(text).slice(0, mostPhrases))
    add(kind === 'shorter' ? 'shorter_phrase' : 'plainer_phrase', kind === 'shorter' ? 'length' : 'readability', { quote: find, edit: { find, replace } });
  if (lix !== null && lix > hardLix) add('hard_to_read', 'readability', { count: lix });
  for (const { sentence, count } of longSentences(text)) add('long_sentence', 'readability', { quote: sentence, count });
  if (call === 'none' && words > 0) add('no_call', 'call', { edit: { find: '', replace: closingQuestion(text) } });
  if (questions > 2) add('many_questions', 'call', { count: questions });
  if (aboutYou !== null && aboutYou < fewAboutYou) add('about_us', 'tone', { count: Math.round(aboutYou * 100) });
  for (const marks of text.match(/!{2,}|!(?=[^!]*!)/g) === null ? [] : [/[^\s.!?]*!+/u.exec(text)?.[0] ?? ''])
    if (marks !== '') add('exclamations', 'spam', { quote: marks, count: profile.exclamations, edit: { find: marks, replace: `${marks.replace(/!+$/, '')}.` } });
  for (const { code, quote } of lintCopy({ subject, html: '', text, isFirst: true }, { customFields: null, hasOptOutLine: true, words: copyWords })) {
    if (code === 'shouting' && /\p{L}/u.test(quote)) add('shouting', 'spam', { quote, edit: { find: quote, replace: calm(quote) } });
    if (code === 'bulk_phrases') add('bulk_phrase', 'spam', { quote });
  }
  if (subject.length > longSubject) add('long_subject', 'length', { count: subject.length });
  return { figures: { words, lix, questions, links, aboutYou, call }, advice };
}

/** Words a sentence plus long words (over six letters) in a hundred: C. H. Björnsson, Läsbarhet (1968). It knows no language. */
function lixOf(text: string): number | null {
  const words = plain(text).match(/[\p{L}\d'’-]+/gu) ?? [];
  const sentences = sentencesOf(text).length;
  if (words.length === 0 || sentences === 0) return null;
  return Math.round(words.length / sentences + (100 * words.filter((word) => word.length > 6).length) / words.length);
}

function longSentences(text: string): { sentence: string; count: number }[] {
  return sentencesOf(text)
    .map((sentence) => ({ sentence, count: sentence.match(/[\p{L}\d'’-]+/gu)?.length ?? 0 }))
    .filter(({ count }) => count > longSentence)
    .slice(0, mostSentences);
}

function plain(text: string): string {
  return text.replace(/\{[{%][\s\S]*?[%}]\}|https?:\/\/\S+/g, ' ');
}

function sentencesOf(text: string): string[] {
  return plain(text)
    .split(/(?<=[.!?…:])\s+|\n{2,}/u)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => /\p{L}/u.test(part));
}

function calm(quote: string): string {
  const small = quote.toLocaleLowerCase();
  return small.charAt(0).toLocaleUpperCase() + small.slice(1);
}
