import table from '../../../resources/reply-words.json' with { type: 'json' };

const words: Readonly<Record<string, { readonly common?: string; readonly [kind: string]: unknown }>> = table;

/** Letters that few languages use. */
const letters: Readonly<Record<string, string>> = {
  de: 'ßäöü',
  es: 'ñ¿¡',
  pt: 'ãõç',
  fr: 'çœêèàùâ',
  it: 'èòàì',
  pl: 'łżśćąęźń',
  sv: 'åäö',
  da: 'åøæ',
  nb: 'åøæ',
  fi: 'äö',
  cs: 'ěřůýž',
  sk: 'ľĺŕôä',
  tr: 'ğışçö',
  hu: 'őűáö',
  ro: 'țșăşţ',
  ru: 'ыэё',
  uk: 'іїєґ',
  bg: 'ъщ',
  vi: 'ăđơưạảấầểệộớờợ',
};

const languagesOf = new Map<string, string[]>();
for (const [language, { common }] of Object.entries(words)) for (const word of common?.split(' ') ?? []) languagesOf.set(word, [...(languagesOf.get(word) ?? []), language]);

const scripts: readonly (readonly [string, RegExp])[] = [
  ['ko', /\p{Script=Hangul}/gu],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['zh', /\p{Script=Han}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['th', /\p{Script=Thai}/gu],
];

const readCap = 3000;
const least = 1.2;
const lead = 0.25;

/**
 * The language of a text, ISO 639-1: by its script, else by its most frequent words (each counts the less the more languages
 * share it) and by rare letters. Null when the text says too little or two languages are close.
 */
export function detectLanguage(text: string): string | null {
  const sample = text
    .slice(0, readCap)
    .toLowerCase()
    .replace(/\S*(?:@|:\/\/)\S*/g, ' ');
  for (const [language, script] of scripts) {
    const count = sample.match(script)?.length ?? 0;
    // Kana beside Han is Japanese; a few foreign letters in a Latin text say nothing.
    if (count >= 2 && count >= (sample.match(/\p{L}/gu)?.length ?? 0) * 0.2) return language;
  }
  const scores = new Map<string, number>();
  const add = (language: string, score: number): unknown => scores.set(language, (scores.get(language) ?? 0) + score);
  for (const word of sample.match(/[\p{L}\p{M}']+/gu) ?? []) {
    const languages = languagesOf.get(word) ?? [];
    for (const language of languages) add(language, 1 / languages.length);
  }
  for (const [language, list] of Object.entries(letters)) for (const letter of list) if (sample.includes(letter)) add(language, 0.3);
  const [first, second] = [...scores].sort((a, b) => b[1] - a[1]);
  if (first === undefined || first[1] < least) return null;
  return second !== undefined && first[1] - second[1] < Math.max(lead, first[1] * 0.1) ? null : first[0];
}
