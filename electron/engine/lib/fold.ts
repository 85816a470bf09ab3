/** Without accents on Latin, Greek and Cyrillic letters. */
export const bare = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');

/**
 * Text as the phrase tables expect it: lower case, no accents on Latin, Greek and Cyrillic letters, plain apostrophes and
 * single spaces. Kana, Hangul and Han stay as they are.
 */
export function fold(text: string): string {
  return bare(text)
    .toLowerCase()
    .replace(/\u0307/g, '')
    .replace(/[‘’ʼ´`′]/g, "'")
    .replace(/[‐‑–—]/g, '-')
    .replace(/ß/g, 'ss')
    .replace(/ł/g, 'l')
    .replace(/ø/g, 'o')
    .replace(/æ/g, 'ae')
    .replace(/œ/g, 'oe')
    .replace(/đ/g, 'd')
    .replace(/ð/g, 'd')
    .replace(/ı/g, 'i')
    .replace(/\s+/g, ' ')
    .trim();
}
