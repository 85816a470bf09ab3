import { detectLanguage } from '../lib/language.ts';
import { fold, phraseLanguages, phrases, replyWords, sentencesOf } from './phrases.ts';

/** Longest answer in which opt-out words are looked for, characters: further down stand signatures and footers. */
const readCap = 2500;
/** A single word counts as a request above a name or a greeting, and not above a text. */
const shortRest = 80;
const shortBody = 300;

/** Whole answers that are nothing but an opt-out. */
const words = new Set(phraseLanguages.flatMap((language) => replyWords[language]?.optOutWords ?? []).map(fold));
const politeness =
  /^(?:please|pls|plz|kindly|bitte|svp|s'il vous plait|merci|por favor|per favore|graag|aub|alstublieft|prosze|prosim|tack|tak|takk|kiitos|lutfen|пожалуйста|будь ласка|thanks|thank you|danke|me|us|now|all|immediately|asap|hi|hello|hallo)[\s,.!]+|[\s,.!]+(?:please|pls|plz|bitte|svp|s'il vous plait|merci|por favor|gracias|per favore|grazie|obrigado|obrigada|graag|aub|alstublieft|prosze|prosim|dziekuje|dekuji|tack|tak|takk|kiitos|lutfen|tesekkurler|пожалуйста|спасибо|будь ласка|дякую|thanks|thank you|danke|now|all|immediately|asap)[\s,.!]*$/u;

/**
 * Whether a person asks not to be mailed again. `ownText` must be their own words: quotes hold our own footer. Negation
 * ("please do not remove me"), questions, conditions and mere mentions do not count.
 */
export function wantsOut(ownText: string, subject: string): boolean {
  const text = correctTypos(fold(ownText.slice(0, readCap)).trim());
  const topic = correctTypos(fold(subject).trim());
  const isAnswer = /^(?:re|aw|fwd?|wg|sv|vs|antw|odp|rif|tr|ynt|ответ|回复|回覆|답장)\s*[:：]/u.test(topic);
  const bareTopic = isBare(topic.replace(/^(?:(?:re|aw|fwd?|wg|sv|vs|antw|odp|rif|tr|ynt)\s*[:：]\s*)+/u, ''));
  if (isBare(text.replace(/\s+/g, ' '))) return true;
  if (text.length < 3) return bareTopic;
  const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '');
  if (isBare(first) && rest.join(' ').length <= shortRest && !text.includes('?')) return true;
  const sentences = sentencesOf(text);
  const languages = likely(ownText);
  if (sentences.some((sentence) => asksOut(sentence, languages))) return true;
  return bareTopic && !isAnswer && text.length <= shortBody && !/[?？]/u.test(text) && !sentences.some((sentence) => finds('optOutNot', sentence, languages));
}

/** The language of the text and English, in which many write a word or two; all where it is unknown. */
function likely(text: string): readonly string[] {
  const language = detectLanguage(text);
  return language !== null && phraseLanguages.includes(language) ? [...new Set([language, 'en'])] : phraseLanguages;
}

function asksOut(sentence: string, languages: readonly string[]): boolean {
  return finds('optOut', sentence, languages) && !finds('optOutNot', sentence, languages);
}

function finds(kind: 'optOut' | 'optOutNot', sentence: string, languages: readonly string[]): boolean {
  return languages.some((language) => {
    const pattern = phrases(kind, language);
    return pattern !== null && sentence.search(pattern) >= 0;
  });
}

function isBare(line: string): boolean {
  let rest = line.replace(/^[\s"'«»„“”*_.!<>([-]+|[\s"'«»„“”*_.!。！<>)\]-]+$/gu, '');
  if (rest.length > 60) return false;
  for (let round = 0; round < 3 && !words.has(rest); round += 1) rest = rest.replace(politeness, '').trim();
  return words.has(rest);
}

function correctTypos(text: string): string {
  return text.replace(/(?<![\p{L}@./-])u[bceinrsu]{7,12}d?(?![\p{L}@-])/gu, (word) =>
    word === 'unsubscribed' || word.endsWith('r') || word.endsWith('s') || distance(word.replace(/d$/, ''), 'unsubscribe') > 2 ? word : 'unsubscribe',
  );
}

/** Levenshtein distance of two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
