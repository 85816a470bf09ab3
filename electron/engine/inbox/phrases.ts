import table from '../../../resources/reply-words.json' with { type: 'json' };

/** Kinds of wording per language in `resources/reply-words.json`. */
export type PhraseKind = 'idioms' | 'positive' | 'negative' | 'later' | 'meeting' | 'referral' | 'thanks' | 'optOut' | 'optOutWords' | 'optOutNot' | 'negators';

type Words = Readonly<Partial<Record<PhraseKind, readonly string[]>>> & { readonly common?: string };
export const replyWords: Readonly<Record<string, Words>> = table;

/** Languages whose wording is known, ISO 639-1. */
export const phraseLanguages: readonly string[] = Object.keys(replyWords).filter((language) => replyWords[language]?.positive !== undefined);

const letters: Readonly<Record<string, string>> = { ß: 'ss', ł: 'l', ø: 'o', æ: 'ae', œ: 'oe', ı: 'i', đ: 'd', '‘': "'", '’': "'", '´': "'", '`': "'" };

/** Lower case without accents, one kind of apostrophe and of blank: people leave accents out, and phones add typographic quotes. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .replace(/[ßłøæœıđ‘’´`]/g, (letter) => letters[letter] ?? letter)
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/[^\S\n]+/g, ' ');
}

/** Sentences of folded text, with their closing mark. Lines broken by the mail program belong to one; a blank line ends it. */
export function sentencesOf(folded: string): string[] {
  return folded
    .split(/\n\s*\n/)
    .flatMap((paragraph) => paragraph.replace(/\s*\n\s*/g, ' ').split(/(?<=[.!?;:])\s+|(?<=[。！？；])/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** A word that a phrase may skip; a comma or a "but" begins another thought. */
const gapWord = '(?!(?:but|and|aber|und|mais|pero|ma|mas|maar|ale|men|mutta|ama|no|но|але|sondern)\\s)[^\\s,;:]+ ';

/** Letters that folded text of the table's languages consists of: a short class, for `\\p{L}` makes hundreds of patterns slow to compile. */
const letter = "a-z'\\u0370-\\u03ff\\u0400-\\u04ff";

/**
 * The patterns of the table, where `~3 ` stands for up to three words. They end where a word does, except in scripts that
 * put no blanks between words.
 */
function compile(phrases: readonly string[], language: string): RegExp {
  const spaceless = language === 'ja' || language === 'zh' || language === 'ko';
  const sources = phrases.map((phrase) =>
    fold(phrase.replaceAll('\\p{L}', '\u0001'))
      .replaceAll('\u0001', `[${letter}]`)
      .replace(/\s*\(~\d \)\?$/, '')
      .replace(/~(\d) /g, (_, count: string) => `(?:${gapWord}){1,${count}}`),
  );
  return new RegExp(spaceless ? sources.join('|') : `(?<![${letter}0-9])(?:${sources.join('|')})(?![${letter}0-9])`, 'g');
}

const compiled = new Map<string, RegExp | null>();

/** All wording of one kind in one language; null where the table has none. Use it through `replaceAll`, `match` or `search`. */
export function phrases(kind: PhraseKind, language: string): RegExp | null {
  const key = `${kind} ${language}`;
  let pattern = compiled.get(key);
  if (pattern === undefined) {
    const list = replyWords[language]?.[kind] ?? [];
    pattern = list.length === 0 ? null : compile(list, language);
    compiled.set(key, pattern);
  }
  return pattern;
}
