import words from '../../../resources/quote-words.json' with { type: 'json' };
import { visible } from './quote-lines.ts';

/** Recognises what programs and companies put below a person's words: signatures, device footers, disclaimers. */

const escape = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/ /g, '\\s+');
const either = (list: readonly string[]): string =>
  [...list]
    .sort((a, b) => b.length - a.length)
    .map(escape)
    .join('|');

/** `-- ` (RFC 3676 section 4.3), and what programs and people make of it. */
export function isSignatureMark(line: string): boolean {
  return /^(?:--|—|―|–{2}|__+|[-_]{2,}\s+[-_]{2,}.*|\+{4,}|\*{4,}|#{5,})\s*$/u.test(line.trim());
}

// "Sent from …" begins the line; Finnish, Turkish, Japanese and Korean put the verb last.
const sentFirst = new RegExp(`^[\\s*_<>\\[(~-]{0,6}(?:${either(words.sent)})`, 'iu');
const sentLast = new RegExp(`(?:${either(words.sent)})[\\s.。!)\\]*_>]{0,6}$`, 'iu');
const device = new RegExp(`(?<![\\p{Script=Latin}\\p{Script=Cyrillic}])(?:${either(words.devices)})`, 'iu');

/** One line that a program adds, such as "Sent from my iPhone" or a virus scanner's advertisement. */
export function isProgramFooter(line: string): boolean {
  const text = visible(line)
    .replace(/<(?:https?|mailto):[^>]{0,400}>|\[?https?:\S{0,400}/gi, ' ')
    .trim();
  if (text === '' || text.length > 110) return false;
  const phrase = sentFirst.exec(text)?.[0];
  // "Sent from my desk, which is easier than the phone" is a sentence: a footer names the device at once.
  if (phrase !== undefined && device.test(text.slice(phrase.length, phrase.length + 32))) return !isSentence(text);
  if (/^(?:sent from (?:my|a|an|the|mobile)\b[^,.!?]{1,50}|sent (?:with|via|by) \[?\p{Lu}\S*(?:\s\S+){0,3})$/iu.test(text) && !isSentence(text)) return true;
  if (sentLast.test(text) && device.test(text)) return true;
  return /^get outlook for\b/i.test(text) || (/avast|\bavg\b|virus-?free|без вирусов/i.test(text) && text.length < 90);
}

/** Small letters at the beginning of a long line: the line above goes on. "sent from my iPhone app to all users" is prose. */
function isSentence(text: string): boolean {
  return /^\p{Ll}/u.test(text) && text.split(/\s+/).length > 7;
}

const disclaimer = new RegExp(`^[\\s*_>"'([=-]{0,8}(?:${words.disclaimers.join('|')})`, 'iu');

/** The first line of a confidentiality notice or another text of the company's, where a paragraph begins. */
export function isDisclaimer(line: string): boolean {
  return disclaimer.test(line.slice(0, 300));
}

/** Addresses of mailing list software. */
export function isListFooter(line: string): boolean {
  return /^(?:you (?:received|are receiving) this (?:message|e-?mail|because)|to unsubscribe from this (?:group|list|topic)|(?:un)?subscribe: ?(?:<|http|mailto)|view this discussion on the web)/i.test(
    line.trim(),
  );
}

const signOff = new RegExp(`^(?:(?:many\\s+)?thanks?(?:\\s+you)?(?:\\s+and|,)?\\s+)?(?:${either(words.signOffs)})[\\s,.!;:–-]{0,4}$`, 'iu');
const detail =
  /(?:\+|\b00)?\d[\d\s()./-]{6,}\d|(?<!\p{L})(?:tel|mobile?|phone|fon|fax|cell|direct|handy|telefon|téléphone|web|www)\b|https?:|www\.|@|\|| GmbH| AG\b| Ltd| LLC| Inc\b| S\.?A\.?(?:\s|$)| S\.?r\.?l| B\.?V\.?| AB\b| ApS| Oy\b/iu;
const title =
  /\b(?:CEO|CTO|CFO|COO|CMO|VP|vice president|president|founder|co-?founder|owner|partner|director|manager|head of|lead|engineer|developer|consultant|analyst|assistant|officer|sales|marketing|account|advisor|specialist|coordinator|architect|administrator|designer|Geschäftsführer(?:in)?|Leiter(?:in)?|Vertrieb|Inhaber(?:in)?|directeur|directrice|responsable|gérante?|chef de|director[ae]?|gerente|jefe|responsabile|direttore|amministratore|titolare|directeur|kierownik|prezes|dyrektor|chef|direktør|chefredaktör|toimitusjohtaja|jednatel|müdürü?|директор|менеджер|руководитель)\b/iu;
/** Lines of a signature block below the last words. */
const blockLines = 14;

/**
 * Where a signature without a mark begins: a closing formula near the end, followed by a name and by details (telephone, web
 * address, company, job title). A closing with nothing but a name is the person's own. -1 = none.
 */
export function signatureBlockAt(lines: readonly string[]): number {
  for (let at = lines.length - 1; at > 0 && at >= lines.length - blockLines; at -= 1) {
    const line = (lines[at] ?? '').trim();
    if (line === '' || line.length > 60 || !signOff.test(line)) continue;
    const below = lines
      .slice(at + 1)
      .map((each) => each.trim())
      .filter((each) => each !== '');
    const prose = below.some((each) => each.length > 140 || /[?]$/.test(each) || (/[.!]$/.test(each) && each.split(/\s+/).length > 7));
    return below.length >= 2 && !prose && below.slice(1).some((each) => detail.test(each) || title.test(each)) ? at : -1;
  }
  return -1;
}
