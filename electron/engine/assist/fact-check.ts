import dateWords from '../../../resources/date-words.json' with { type: 'json' };
import table from '../../../resources/fact-check.json' with { type: 'json' };
import type { Fact, Finding } from '../../../shared/schemas/review.ts';
import { fold } from '../lib/fold.ts';
import { detectLanguage } from '../lib/language.ts';

export interface FactCheck {
  readonly facts: readonly Fact[];
  /** What the user wrote for everybody, such as the fallback text and the mail: it may be repeated. */
  readonly own: string;
  /** ISO 639-1; null = not known. */
  readonly language: string | null;
  readonly mostWords: number;
}

const split = (lines: readonly string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(' ')));
const numberWords = split(table.numbers);
const dates = new Set([...split(table.dates), ...[...dateWords.months, ...dateWords.weekdays].flat().filter((name) => name.length > 4)]);
const knownNames = split([table.names.known]);
const determiners = split([table.names.determiners]);
const pronouns = split([table.names.pronouns]);
const claims: Readonly<Record<string, readonly string[]>> = table.claims;

const word = /[\p{L}\p{M}\p{N}]+(?:['’&.-][\p{L}\p{M}\p{N}]+)*/gu;
const link = /https?:|www\.|@|hxxp|[\p{L}\p{N}]\.\p{L}{2,}|\[\.\]|[([]dot[)\]]|\bdot (?:com|net|org|io|example)\b/iu;
const markup = /[<>`\\]|&(?:#\w+|[a-z]+);|\]\(|\*\*|__|^#|javascript:|\S{41,}/iu;
const mergeTag = /[{}|]/;
const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/u;
const wordsOf = (text: string): string[] => text.match(word) ?? [];
/** Without a genitive: `Acme's`, `Annas`. */
const forms = (name: string): string[] => [name, name.replace(/'?s$/, '')];
const longestPerWord = 12;

/**
 * What a text about a person says that the facts do not: numbers, dates, names, and the claims of `resources/fact-check.json`;
 * and what no such text may hold: links, markup, merge tags, hidden characters, another language, too many words. Empty = it
 * may be shown for approval. German writes all nouns with a capital, so that there only those without an article count as
 * names. Claims are known in English and German. Pure.
 */
export function checkText(text: string, { facts, own, language, mostWords }: FactCheck): Finding[] {
  const plain = text.trim();
  if (plain === '') return [{ code: 'empty', found: '' }];
  const told = [...facts.map(({ value }) => value), own].join('\n');
  const known = new Set(wordsOf(told).flatMap((each) => [fold(each), ...each.split(/[-'’&.]/).map(fold)].flatMap(forms)));
  const words = wordsOf(plain);
  const folded = words.map(fold);
  const findings: Finding[] = [];
  const add = (code: Finding['code'], found: string | undefined): unknown => found !== undefined && findings.push({ code, found: found.slice(0, 80) });
  if (words.length > mostWords || plain.length > mostWords * longestPerWord) add('too_long', String(words.length));
  for (const [code, pattern] of [
    ['link', link],
    ['markup', markup],
    ['merge_tag', mergeTag],
    ['hidden', hidden],
  ] as const)
    add(code, pattern.exec(plain)?.[0]);
  add(
    'talk',
    table.talk.find((phrase) => fold(plain).includes(phrase.trim()) && !fold(told).includes(phrase.trim())),
  );
  const figures = new Set((told.match(/\p{N}+(?:[.,]\p{N}+)*/gu) ?? []).map(digits));
  for (const figure of plain.match(/\p{N}+(?:[.,]\p{N}+)*/gu) ?? []) if (!figures.has(digits(figure))) add('number', figure);
  const claimed = claims[language ?? ''] ?? (language === null ? Object.values(claims).flat() : []);
  for (const [index, each] of folded.entries()) {
    const parts = each.split('-');
    if (parts.some((part) => numberWords.has(part) && !known.has(part))) add('number', words[index]);
    if (parts.some((part) => dates.has(part) && !known.has(part))) add('date', words[index]);
    if (parts.some((part) => claimed.some((claim) => fits(part, claim) && ![...known].some((one) => fits(one, claim))))) add('claim', words[index]);
  }
  for (const name of strangeNames(plain, known, language)) add('name', name);
  add('language', otherLanguage(plain, told, language) ?? undefined);
  return findings;
}

const digits = (figure: string): string => figure.replace(/[.,]/g, '').normalize('NFKC');

function fits(part: string, claim: string): boolean {
  return claim.endsWith('*') ? part.startsWith(claim.slice(0, -1)) : part === claim;
}

/** Words with a capital inside of a sentence that nobody told. The first word of a sentence counts where another one follows it, or a genitive stands at it. */
function strangeNames(text: string, known: ReadonlySet<string>, language: string | null): string[] {
  const isKnown = (name: string): boolean =>
    [name, ...name.split(/[-&.]/)].map(fold).some((part) => part.length > 1 && (forms(part).some((form) => known.has(form)) || knownNames.has(part))) || knownNames.has(fold(name));
  const found: string[] = [];
  for (const sentence of text.split(/(?<=[.!?…:;])\s+|\n+/)) {
    const list = wordsOf(sentence.replaceAll('’', "'"));
    for (const [index, name] of list.entries()) {
      if (!/^\p{Lu}|\p{Ll}\p{Lu}/u.test(name) || isKnown(name)) continue;
      const after = list[index + 1];
      if (index === 0 && !/'s$/.test(name) && (after === undefined || !/^\p{Lu}/u.test(after) || isKnown(after) || language === 'de')) continue;
      if (
        language === 'de' &&
        !/\p{Ll}\p{Lu}|^\p{Lu}{2}/u.test(name) &&
        (pronouns.has(fold(name)) || list.slice(Math.max(0, index - 2), index).some((before) => determiners.has(fold(before))))
      )
        continue;
      found.push(name);
    }
  }
  return found;
}

/** The language or script of a text where it is another one than wanted. */
function otherLanguage(text: string, told: string, language: string | null): string | null {
  const foreign = (each: string): string[] => each.match(/(?!\p{Script=Latin}|\p{Script=Common}|\p{Script=Inherited})\p{L}/gu) ?? [];
  const script = foreign(text);
  if (script.length > 0 && foreign(told).length === 0) return script.join('').slice(0, 20);
  const detected = detectLanguage(text);
  return language !== null && detected !== null && detected !== language ? detected : null;
}

const smallest = 3;

/** Names of the facts that a text uses: those of which it holds a word; of longer ones, two. */
export function factsIn(text: string, facts: readonly Fact[]): string[] {
  const said = new Set(
    wordsOf(text)
      .flatMap((each) => [fold(each), ...each.split(/[-'’&]/).map(fold)])
      .flatMap(forms),
  );
  const uses = ({ value }: Fact): boolean => {
    const words = [...new Set(wordsOf(value).map(fold))].filter((each) => each.length >= smallest);
    const held = words.filter((each) => said.has(each)).length;
    return held >= (words.length > 4 ? 2 : 1);
  };
  return [...new Set(facts.filter(uses).map(({ name }) => name))];
}
