import type { ReplyIntent } from '../../../shared/schemas/reply.ts';
import { fold, phraseLanguages, phrases, sentencesOf, type PhraseKind } from './phrases.ts';

export interface IntentReading {
  readonly intent: ReplyIntent;
  /** 0 to 1. */
  readonly confidence: number;
}

type Sign = 'negative' | 'later' | 'callback' | 'meeting' | 'referral' | 'positive' | 'question' | 'thanks';

/** The point of an answer stands near its beginning; further down stand details. */
const readCap = 3000;
const idiom = ' ¤ ';
const refuses =
  /(?:^|[^\p{L}])(?:not|n't|no|nicht|kein\p{L}*|pas|plus|aucun\p{L}*|non|nessun\p{L}*|nao|nenhum\p{L}*|niet|geen|nie|inte|ingen|inget|ikke|ei|en|emme|ne|neni|nema\p{L}*|nemu\p{L}*|degil|yok|не|нет|ні|немає)(?![\p{L}])|ない|ません|不|没|沒|无|無|없|않|어렵/iu;
const questionMark = /[?？؟;]\s*$/u;
/** Questions that ask nothing. */
const courtesy =
  /^(?:how are you|how is it going|how's it going|wie geht es ihnen|comment allez-vous|como esta(?:s)?|come sta|tudo bem|hoe gaat het|ok|right|huh|really|yes)\??\s*\??$/u;

/**
 * What a person's answer says, by the wording of its language (of all languages where that is unknown). Refusals are read
 * and taken out before assent is looked for, for "interested" stands inside "not interested"; an assent behind a negation is
 * a refusal. Null = no wording was recognised.
 */
export function readIntent(ownText: string, language: string | null): IntentReading | null {
  const sentences = sentencesOf(fold(ownText.slice(0, readCap)));
  const own = language !== null && phraseLanguages.includes(language) ? signsOf(sentences, [language]) : null;
  const signs = own !== null && own.size > 0 && ![...own].every((sign) => sign === 'question' || sign === 'thanks') ? own : signsOf(sentences, phraseLanguages);
  return decide(signs, ownText.length);
}

function signsOf(sentences: readonly string[], languages: readonly string[]): ReadonlySet<Sign> {
  const signs = new Set<Sign>();
  for (const sentence of sentences) {
    if (questionMark.test(sentence) && !sentence.endsWith(';') && !courtesy.test(sentence)) signs.add('question');
    for (const language of languages) readSentence(sentence, language, signs);
  }
  return signs;
}

function readSentence(sentence: string, language: string, signs: Set<Sign>): void {
  let rest = sentence;
  const take = (kind: PhraseKind, found: (wording: string) => boolean): void => {
    const pattern = phrases(kind, language);
    if (pattern === null) return;
    rest = rest.replace(pattern, (wording: string) => (found(wording) ? idiom : wording));
  };
  const see = (kind: PhraseKind, found: (wording: string, at: number) => void): void => {
    const pattern = phrases(kind, language);
    if (pattern !== null) for (const match of rest.matchAll(pattern)) found(match[0], match.index);
  };
  take('idioms', () => true);
  take('later', (wording) => {
    const callback = !refuses.test(wording);
    signs.add(callback ? 'callback' : 'later');
    return callback;
  });
  see('referral', () => signs.add('referral'));
  take('negative', () => signs.add('negative').has('negative'));
  see('meeting', (_, at) => signs.add(isNegated(rest, at, language) ? 'later' : 'meeting'));
  see('positive', (_, at) => signs.add(isNegated(rest, at, language) ? 'negative' : 'positive'));
  see('thanks', () => signs.add('thanks'));
}

/** Words that a negation reaches over: "not sure that we are interested". */
const reach = 4;

function isNegated(sentence: string, at: number, language: string): boolean {
  const pattern = phrases('negators', language);
  if (pattern === null) return false;
  const before = sentence.slice(Math.max(0, at - 60), at);
  const clause = before.split(/[,;:¤]|\s(?:but|aber|mais|pero|ma|mas|maar|ale|men|mutta|ama|но|але|and|und)\s/u).at(-1) ?? '';
  const near = clause.trim().split(' ').slice(-reach).join(' ');
  return near !== '' && (near.match(pattern) !== null || /n't\b/.test(near));
}

/** One opinion of all signs: who else to ask, then no, then not now, then an appointment, then yes, then a question. */
function decide(signs: ReadonlySet<Sign>, length: number): IntentReading | null {
  const sure = (others: Sign[]): number => Math.max(0.55, (length < 600 ? 0.9 : 0.8) - 0.1 * others.filter((sign) => signs.has(sign)).length);
  if (signs.has('referral') && !(signs.has('meeting') && !signs.has('negative'))) return { intent: 'referral', confidence: sure(['positive', 'meeting', 'later']) };
  if (signs.has('callback') && (signs.has('later') || signs.has('negative')) && !signs.has('meeting')) return { intent: 'neutral', confidence: sure(['negative', 'positive']) };
  if (signs.has('negative')) return { intent: 'negative', confidence: sure(['positive', 'meeting', 'question']) };
  if (signs.has('meeting')) return { intent: 'meeting', confidence: sure(['later', 'callback', 'referral']) };
  if (signs.has('later') || signs.has('callback')) return { intent: 'neutral', confidence: sure(['positive', 'question']) };
  if (signs.has('positive')) return { intent: 'positive', confidence: sure(['question', 'referral']) };
  if (signs.has('question')) return { intent: 'question', confidence: sure(['thanks']) };
  return signs.has('thanks') ? { intent: 'neutral', confidence: 0.7 } : null;
}
