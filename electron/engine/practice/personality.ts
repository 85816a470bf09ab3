import { hour, minute, second } from '../lib/clock.ts';
import { seedFrom, seededRandom, type Random } from '../lib/random.ts';

/** What a simulated recipient is like. */
export const personalityKinds = ['positive', 'question', 'opts_out', 'unsubscribes', 'away', 'bounces', 'bounces_later', 'greylists', 'silent'] as const;
export type PersonalityKind = (typeof personalityKinds)[number];

export interface Personality {
  readonly kind: PersonalityKind;
  /** Answers from this mail on, counted from 1; mails before are read in silence. */
  readonly answersMail: number;
}

/** How likely an address that nobody described is to be each kind; the rest are silent. */
const shares: readonly (readonly [PersonalityKind, number])[] = [
  ['positive', 0.14],
  ['question', 0.1],
  ['opts_out', 0.04],
  ['unsubscribes', 0.03],
  ['away', 0.08],
  ['bounces', 0.04],
  ['bounces_later', 0.03],
  ['greylists', 0.06],
];

/** Plus tags that choose a kind: `anna+replies@example.com`. */
const tags: Readonly<Record<string, PersonalityKind>> = {
  replies: 'positive',
  asks: 'question',
  optout: 'opts_out',
  unsubscribes: 'unsubscribes',
  away: 'away',
  bounces: 'bounces',
  'bounces-later': 'bounces_later',
  greylists: 'greylists',
  silent: 'silent',
};

/**
 * The personality behind an address. The same address always behaves the same: it is told by a plus tag
 * (`anna+asks@example.com`, with `+asks.2` from the second mail on), else by `described`, else drawn from the address.
 */
export function personalityOf(address: string, described: ReadonlyMap<string, Personality> = new Map()): Personality {
  const email = address.trim().toLowerCase();
  const tag = /\+([a-z-]+)(?:\.(\d))?@/.exec(email);
  const tagged = tag?.[1] === undefined ? undefined : tags[tag[1]];
  if (tagged !== undefined) return { kind: tagged, answersMail: Math.max(1, Number(tag?.[2] ?? 1)) };
  const known = described.get(email);
  if (known !== undefined) return known;
  const random = seededRandom(seedFrom(email));
  const draw = random();
  const answers = random();
  const answersMail = answers < 0.5 ? 1 : answers < 0.8 ? 2 : 3;
  let upTo = 0;
  for (const [kind, share] of shares) {
    upTo += share;
    if (draw < upTo) return { kind, answersMail };
  }
  return { kind: 'silent', answersMail };
}

/** What a recipient does about a mail, and after how long (ms of workspace time). */
export interface Reaction {
  readonly kind: 'positive' | 'question' | 'opts_out' | 'unsubscribes' | 'away' | 'bounce' | 'thanks';
  readonly afterMs: number;
}

/**
 * How a recipient reacts to an accepted mail. `received` counts the mails so far including this one, `reacted` the
 * reactions so far; `answersUs` says that the mail answers something the recipient wrote. Null = silence.
 */
export function reactionTo(personality: Personality, mail: { received: number; reacted: number; answersUs: boolean; messageId: string }): Reaction | null {
  const random = seededRandom(seedFrom(mail.messageId));
  if (personality.kind === 'bounces_later') return { kind: 'bounce', afterMs: between(random, 2 * minute, 20 * minute) };
  // An absence note comes to every mail of the absence; once is enough to practise with.
  if (personality.kind === 'away') return mail.reacted === 0 ? { kind: 'away', afterMs: between(random, 5 * second, 40 * second) } : null;
  if (personality.kind === 'silent' || personality.kind === 'bounces' || personality.kind === 'greylists') return null;
  if (mail.answersUs)
    return personality.kind === 'positive' || personality.kind === 'question'
      ? mail.reacted < 2
        ? { kind: 'thanks', afterMs: between(random, 20 * minute, 3 * hour) }
        : null
      : null;
  if (mail.reacted > 0 || mail.received < personality.answersMail) return null;
  return { kind: personality.kind, afterMs: between(random, 25 * minute, 7 * hour) };
}

function between(random: Random, from: number, to: number): number {
  return Math.round(from + random() * (to - from));
}
