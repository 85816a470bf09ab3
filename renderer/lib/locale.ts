/** Languages with a complete catalogue. */
const languages = ['en'] as const;
type Language = (typeof languages)[number];

/** English in brackets, from right to left: shows what a right-to-left language would do to a screen, and which text is in no catalogue. */
export const mirrored = 'mirrored';

export interface Locale {
  readonly language: Language | typeof mirrored;
  /** BCP 47, for Intl and `<html lang>`: the reader's own region where the system names one. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
}

const regions: Record<Language, string> = { en: 'en-GB' };
const storageKey = 'homing.language';

/**
 * The language of this window.
 * `wanted` is what this browser was told (anything else counts as "like the system"), `preferred` the languages of the system, best first (BCP 47).
 */
export function chooseLocale(wanted: string | null, preferred: readonly string[]): Locale {
  if (wanted === mirrored) return { language: mirrored, tag: regions.en, direction: 'rtl' };
  const of = (tag: string) => languages.find((language) => tag.toLowerCase().split('-')[0] === language);
  const set = languages.find((language) => language === wanted);
  const language = set ?? preferred.map(of).find((known) => known !== undefined) ?? 'en';
  const tag = preferred.find((candidate) => of(candidate) === language && candidate.includes('-')) ?? regions[language];
  return { language, tag, direction: 'ltr' };
}

function stored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/** Settled before the first text is asked for. */
export const locale: Locale = chooseLocale(stored(), navigator.languages);
