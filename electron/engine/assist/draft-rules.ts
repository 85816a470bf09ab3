import table from '../../../resources/sequence-draft.json' with { type: 'json' };
import type { SequenceBrief } from '../../../shared/schemas/sequence-draft.ts';
import { termsOf } from '../lib/terms.ts';

/** A mail of a proposal, and the working days until the next one. */
export interface DraftedMail {
  readonly subject: string;
  readonly text: string;
  readonly waitDays: number;
}

export interface Drafted {
  readonly name: string;
  readonly mails: readonly DraftedMail[];
}

const waits = [3, 4, 6, 7, 8, 9, 10] as const;
const longestTopic = 40;

export const ruledLanguages = Object.keys(table) as (keyof typeof table)[];

/** The language in which rules write for a brief: English where they do not know its own. */
export function ruledLanguage({ language }: Pick<SequenceBrief, 'language'>): keyof typeof table {
  return ruledLanguages.find((known) => known === language) ?? 'en';
}

/**
 * A sequence out of sentences that fit everywhere, filled with the words of the brief; what it does not tell is left as a
 * gap in brackets. Braces and bars are taken out of the user's words, for they would be read as merge tags or choices. Pure.
 */
export function draftByRules(brief: SequenceBrief): Drafted {
  const words = table[ruledLanguage(brief)];
  const { tone, mails: count } = brief;
  const offer = sentence(brief.offer);
  const goal = plain(brief.goal).replace(/[.!?…]+$/u, '');
  const topic = topicOf(brief);
  const fill = (pattern: string): string =>
    pattern.replace(
      /\{(topic|audience|offer|goal)\}/g,
      (_, name: string) => ({ topic, audience: sentence(brief.audience), offer, goal })[name as 'topic' | 'audience' | 'offer' | 'goal'],
    );
  const facts = brief.facts.split('\n').map(sentence).filter(Boolean);
  const mail = (index: number): DraftedMail => {
    const last = index > 0 && index === count - 1;
    const fact = facts[index - 1];
    const opening = plain(brief.audience) === '' ? words.openingUnknown : words.opening[tone];
    const added = fact === undefined ? words.followUnknown : `${words.follow[(index - 1) % words.follow.length] ?? ''} ${fact}`;
    const again = words.again[(index - 1) % words.again.length] ?? '';
    const paragraphs = index === 0 ? [opening, words.offer[tone], words.ask[tone]] : last ? [...(fact === undefined ? [] : [added]), words.close] : [added, again];
    return {
      subject: index === 0 ? fill(words.subject) : '',
      text: [words.greeting[tone], ...paragraphs, words.end]
        .map((paragraph) => (paragraph === words.greeting[tone] || paragraph === words.end ? paragraph : fill(paragraph)))
        .join('\n\n'),
      waitDays: waits[index] ?? 10,
    };
  };
  return { name: topic, mails: Array.from({ length: count }, (_, index) => mail(index)) };
}

function plain(text: string): string {
  return text
    .replace(/[{}|%]/g, (sign) => (sign === '%' ? '%' : ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

function sentence(text: string): string {
  const cleaned = plain(text);
  return cleaned === '' || /[.!?…]["'”“»)]?$/u.test(cleaned) ? cleaned : `${cleaned}.`;
}

/** What the offer comes back to: its most telling words as they stand there, else its beginning. */
function topicOf({ offer, goal }: SequenceBrief): string {
  const terms = new Set(termsOf(offer));
  const words = plain(offer).split(' ');
  const told = words.map((word) => word.replace(/^[^\p{L}\d]+|[^\p{L}\d]+$/gu, '')).filter((word) => termsOf(word).some((term) => terms.has(term)));
  const short = [...told.slice(0, 3).reduce((best, word) => (`${best} ${word}`.length <= longestTopic ? `${best} ${word}` : best), '')].join('').trim();
  return short !== '' ? short : plain(offer).slice(0, longestTopic).trim() || plain(goal).slice(0, longestTopic).trim();
}
