import { ownResultCodes, type OwnResult, type WorkedItem } from '../../../shared/schemas/worked-before.ts';
import { fisherLower } from '../lib/exact-test.ts';
import { termsOf } from '../lib/terms.ts';
import { profileMail, type ReadMail } from './mail-profile.ts';
import { rate } from './rate.ts';

/** A mail or snippet of one's own, and what it did; people, each once. */
export interface PastText extends ReadMail {
  readonly kind: WorkedItem['kind'];
  readonly id: string;
  readonly name: string;
  readonly stepNumber: number | null;
  readonly mailed: number;
  readonly replied: number;
  /** Among people like somebody. */
  readonly similar: { readonly mailed: number; readonly replied: number } | null;
}

/** People below whom a mail, or a kind of readers, says nothing. */
export const leastPeople = 20;
const leastCompared = 100;
const luck = 0.01;
const leastNearness = 0.05;
const mostShared = 5;

/** Vectors of the query and of each text; null = compare by words. All of one length. */
export interface Vectors {
  readonly query: readonly number[];
  readonly texts: readonly (readonly number[])[];
}

/**
 * One's own texts that are near to a mail and worked, best first: nearness times the lower end of the 95 % interval of
 * their reply rate, so that one lucky answer does not lead. Nearness is the cosine of the vectors of a model, else that of
 * TF-IDF weights (K. Spärck Jones, Journal of Documentation 28, 1972; smoothed idf). Pure.
 */
export function rankWorked(query: ReadMail, past: readonly PastText[], most: number, vectors: Vectors | null = null): WorkedItem[] {
  const counted = past.map((text, index) => ({ text, index })).filter(({ text }) => text.mailed >= leastPeople);
  const weights = weigh([query, ...counted.map(({ text }) => text)].map(({ subject, text }) => termsOf(`${subject}\n${text}`)));
  const [own = new Map<string, number>()] = weights;
  return counted
    .map(({ text, index }, at) => {
      const theirs = weights[at + 1] ?? new Map<string, number>();
      const vector = vectors?.texts[index];
      const nearness = vectors === null || vector === undefined ? cosine(own, theirs) : Math.max(0, cosineOf(vectors.query, vector));
      const similar = text.similar !== null && text.similar.mailed >= leastPeople ? rate(text.similar.replied, text.similar.mailed) : null;
      const replied = rate(text.replied, text.mailed);
      const { kind, id, name, stepNumber, subject } = text;
      const item: WorkedItem = { kind, id, name, stepNumber, subject, text: text.text, replied, similar, nearness, shared: sharedTerms(own, theirs) };
      return { item, score: nearness * ((similar ?? replied).low ?? 0) };
    })
    .filter(({ item }) => item.nearness >= leastNearness && item.replied.count > 0)
    .sort((a, b) => b.score - a.score || (a.item.id < b.item.id ? -1 : 1))
    .slice(0, most)
    .map(({ item }) => item);
}

const kinds: Readonly<Record<OwnResult['code'], (mail: ReturnType<typeof profileMail>) => boolean | null>> = {
  short: ({ words }) => words <= 100,
  question: ({ call }) => call === 'question',
  no_link: ({ links }) => links === 0,
  short_subject: ({ subjectLength }) => (subjectLength === 0 ? null : subjectLength <= 40),
};

/** What one's own figures say of mails that are so, and of those that are not; only where enough people got both. Pure. */
export function ownResults(query: ReadMail, past: readonly PastText[]): OwnResult[] {
  const mails = past.filter(({ kind }) => kind === 'mail').map((text) => ({ text, profile: profileMail(text) }));
  const own = profileMail(query);
  return ownResultCodes.flatMap((code) => {
    const sides = [true, false].map((side) => {
      const chosen = mails.filter(({ profile }) => kinds[code](profile) === side).map(({ text }) => text);
      return { mailed: chosen.reduce((sum, { mailed }) => sum + mailed, 0), replied: chosen.reduce((sum, { replied }) => sum + replied, 0) };
    });
    const [yes, no] = sides;
    const holds = kinds[code](own);
    if (yes === undefined || no === undefined || holds === null || yes.mailed < leastCompared || no.mailed < leastCompared) return [];
    const [lower, higher] = yes.replied / yes.mailed <= no.replied / no.mailed ? [yes, no] : [no, yes];
    const counts = ({ replied, mailed }: typeof yes) => ({ hits: replied, of: mailed });
    // Either side may be the lower one.
    const clear = 2 * fisherLower(counts(lower), counts(higher)) < luck;
    return [{ code, holds, with: rate(yes.replied, yes.mailed), without: rate(no.replied, no.mailed), clear }];
  });
}

function weigh(texts: readonly (readonly string[])[]): Map<string, number>[] {
  const inTexts = new Map<string, number>();
  for (const terms of texts) for (const term of new Set(terms)) inTexts.set(term, (inTexts.get(term) ?? 0) + 1);
  return texts.map((terms) => {
    const weights = new Map<string, number>();
    for (const term of terms) weights.set(term, (weights.get(term) ?? 0) + 1);
    for (const [term, n] of weights) weights.set(term, (1 + Math.log(n)) * Math.log(1 + texts.length / (inTexts.get(term) ?? 1)));
    return weights;
  });
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let dot = 0;
  for (const [term, weight] of a) dot += weight * (b.get(term) ?? 0);
  const norm = (weights: ReadonlyMap<string, number>) => Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight ** 2, 0));
  const size = norm(a) * norm(b);
  return size === 0 ? 0 : dot / size;
}

function cosineOf(a: readonly number[], b: readonly number[]): number {
  let [dot, first, second] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    dot += value * other;
    first += value ** 2;
    second += other ** 2;
  }
  return first === 0 || second === 0 ? 0 : dot / Math.sqrt(first * second);
}

function sharedTerms(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): string[] {
  return [...a]
    .flatMap(([term, weight]) => (b.has(term) ? [{ term, score: weight * (b.get(term) ?? 0) }] : []))
    .sort((one, other) => other.score - one.score)
    .slice(0, mostShared)
    .map(({ term }) => term);
}
