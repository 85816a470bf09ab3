import { bare } from '../lib/fold.ts';

/** One expression out of a phrase table, for folded text. Tables keep their quantifiers bounded: hostile mail must not slow it. */
export function phrases(list: readonly string[]): RegExp {
  return new RegExp(list.map((phrase) => `(?:${bare(phrase)})`).join('|'), 'u');
}
