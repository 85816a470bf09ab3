import table from '../../../resources/sequence-draft.json' with { type: 'json' };
import { likelyMails } from '../../../shared/graph.ts';
import { mergeTag } from '../../../shared/merge-tags.ts';
import type { DraftFinding, SequenceBrief } from '../../../shared/schemas/sequence-draft.ts';
import type { SequenceGraph, Starter, Step } from '../../../shared/schemas/sequence.ts';
import { termsOf } from '../lib/terms.ts';

interface LanguageWords {
  readonly greeting: Readonly<Record<SequenceBrief['tone'], string>>;
  readonly closing: Readonly<Record<SequenceBrief['tone'], string>>;
  readonly optOut: string;
  /** What a merge tag says where the contact has no value. */
  readonly fallbacks: Readonly<Record<string, string>>;
  readonly subject: string;
  readonly intro: string;
  readonly goal: string;
  readonly again: string;
  readonly follow: readonly string[];
  readonly close: string;
}

const languages: Readonly<Record<SequenceBrief['language'], LanguageWords>> = table.languages;
const starterWords: Readonly<Record<string, string>> = table.starters;

export interface Pause {
  readonly duration: string;
  readonly businessDays: boolean;
}

/** A mail that was drafted, without what every mail has around it. */
export interface DraftedMail {
  /** Empty = in the thread of the mail before. */
  readonly subject: string;
  readonly body: string;
  /** After the mail before; the one of the first mail counts for nothing. */
  readonly pause: Pause;
}

export const longestSubject = 60;
/** A longer fact is no sentence of a mail. */
const longestFact = 300;
const defaultStarter = 'first-conversation';
/** Waits where the gallery has none, days. */
const rhythm = [3, 5, 7, 7, 10, 14];

export const days = (count: number): Pause => ({ duration: `P${count}D`, businessDays: true });

/** What somebody typed, as one line of a mail: braces would be merge tags or spintax. */
export function plainWords(text: string): string {
  return text
    .replace(/[{[]/g, '(')
    .replace(/[}\]]/g, ')')
    .replace(/\|/g, '/')
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** With a full stop, where it does not end like a sentence. */
function sentence(text: string): string {
  return /[.!?…:;]["”»)]?$/u.test(text) ? text : `${text}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A line that tells a model what to do says nothing about the offer. */
const order =
  /\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,60}\b(?:instructions?|rules?|prompt|above|previous|brief)\b|\b(?:ignorier|vergiss|missacht)\p{L}*[^.\n]{0,60}(?:anweisung|regel|vorgabe)|system ?prompt|language model|sprachmodell|\byou are now\b|\bas an ai\b|<\/?\w+[^>]*>/iu;

/** The facts of a brief, one each, without those that are no facts. Pure. */
export function factsOfBrief({ facts }: Pick<SequenceBrief, 'facts'>): { readonly facts: string[]; readonly findings: DraftFinding[] } {
  const findings: DraftFinding[] = [];
  const kept = facts
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const fact = plainWords(line.replace(/^\s*(?:[-*•–]|\d+[.)])\s+/u, ''));
      const code = order.test(line) ? 'order' : fact.length > longestFact ? 'long' : null;
      if (code !== null) findings.push({ code, mail: null, found: plainWords(line).slice(0, 120) });
      return code === null && /[\p{L}\p{N}]/u.test(fact) ? [fact] : [];
    });
  return { facts: [...new Set(kept)], findings };
}

/** The subject of the first mail, in the words of the brief: its question, or what is offered. */
export function subjectOf({ goal, offer, language }: Pick<SequenceBrief, 'goal' | 'offer' | 'language'>): string {
  const clauses = [goal.trim().endsWith('?') ? goal : '', offer, offer.split(/[.:;!?\n]/)[0] ?? '', offer.split(/[,.:;!?\n–]/)[0] ?? ''].map((text) =>
    plainWords(text).replace(/[.!,:;\s]+$/u, ''),
  );
  const found = clauses.find((text) => /\p{L}{2}/u.test(text) && text.length <= longestSubject);
  return capital(found ?? languages[language].subject);
}

/** A name for the user's own list. */
export function nameOf({ offer }: Pick<SequenceBrief, 'offer'>): string {
  const words = plainWords(offer).replace(/[.!,:;\s]+$/u, '');
  return capital(words.length <= longestSubject ? words : `${words.slice(0, longestSubject).replace(/\s+\S*$/u, '')} …`);
}

/** The sequence of the gallery that is nearest by its goal; the one for a first conversation where none is. Pure. */
export function nearestStarter(brief: Pick<SequenceBrief, 'goal' | 'offer' | 'audience'>, starters: readonly Starter[]): Starter | null {
  const scored = starters.map((starter) => {
    const beginnings = (starterWords[starter.key] ?? '').split(' ').filter((word) => word !== '');
    const fits = (term: string): boolean => beginnings.some((word) => (word.endsWith('*') ? term.startsWith(word.slice(0, -1)) : term === word));
    const count = (text: string): number => new Set(termsOf(text).filter(fits)).size;
    return { starter, score: 2 * count(brief.goal) + count(brief.audience) + count(brief.offer) };
  });
  const best = scored.toSorted((a, b) => b.score - a.score)[0];
  return (best !== undefined && best.score > 0 ? best.starter : starters.find(({ key }) => key === defaultStarter)) ?? null;
}

/** The waits before the mails of a sequence, as far as it has fixed ones; the last where there are several in a row. */
function pausesOf(starter: Starter | null, mails: number): Pause[] {
  const known = starter === null ? [] : likelyMails(starter.graph).map(({ waits }) => waits.at(-1));
  return Array.from({ length: mails }, (_, index) => {
    const wait = known[index];
    return wait === undefined || index === 0
      ? days(rhythm[Math.min(Math.max(index - 1, 0), rhythm.length - 1)] ?? 3)
      : { duration: wait.duration, businessDays: wait.businessDays };
  });
}

/**
 * A sequence in the words of the brief, between sentences of our own, with the waits of the gallery's nearest sequence: the
 * first mail says what it is about and asks, each follow-up brings one fact, the last one says goodbye. Pure.
 */
export function draftByRules(
  brief: SequenceBrief,
  starters: readonly Starter[],
): { readonly mails: DraftedMail[]; readonly rhythm: string | null; readonly findings: DraftFinding[] } {
  const words = languages[brief.language];
  const starter = nearestStarter(brief, starters);
  const pauses = pausesOf(starter, brief.mails);
  const { facts, findings } = factsOfBrief(brief);
  const offer = sentence(capital(plainWords(brief.offer)));
  const wanted = plainWords(brief.goal);
  const goal = wanted.endsWith('?') ? capital(wanted) : sentence(words.goal.replace('{goal}', () => wanted));
  const audience = plainWords(brief.audience).replace(/[.!,;:\s]+$/u, '');
  const left = [...facts];
  const fact = (): string[] => left.splice(0, 1).map((text) => sentence(capital(text)));
  const mails = pauses.map((pause, index): DraftedMail => {
    const isLast = index > 0 && index === brief.mails - 1;
    if (index === 0)
      return {
        subject: subjectOf(brief),
        pause,
        body: [...(audience === '' ? [] : [words.intro.replace('{audience}', () => audience)]), offer, ...(brief.mails <= 2 ? fact() : []), goal].join('\n\n'),
      };
    if (isLast) return { subject: '', pause, body: words.close };
    const next = fact();
    const said = next.length > 0 ? next : [words.again.replace('{offer}', () => offer)];
    return { subject: '', pause, body: [words.follow[(index - 1) % words.follow.length] ?? '', ...said, goal].join('\n\n') };
  });
  return { mails, rhythm: starter?.name ?? null, findings: [...findings, ...left.map((found): DraftFinding => ({ code: 'unused', mail: null, found: found.slice(0, 120) }))] };
}

/** The drafted mails as a graph: greeting, closing and, where the workspace adds none, a line about opting out around each. Pure. */
export function graphOfDraft(mails: readonly DraftedMail[], { tone, language }: Pick<SequenceBrief, 'tone' | 'language'>, hasOptOutLine: boolean): SequenceGraph {
  const words = languages[language];
  const frame = (body: string): string =>
    [words.greeting[tone], body, ...(hasOptOutLine ? [] : [words.optOut]), `${words.closing[tone]}\n{{ sender.name | default: "" }}`].join('\n\n');
  const steps = mails.flatMap(({ subject, body, pause }, index): Step[] => {
    const mail: Step = { id: `mail-${index + 1}`, type: 'email', variants: [{ id: 'A', weight: 1, active: true, subject, html: '', text: frame(body) }] };
    return index === 0 ? [mail] : [{ id: `pause-${index}`, type: 'wait', ...pause }, mail];
  });
  return { steps };
}

/** A merge tag with the fallback of the language; null = no draft may hold this one. */
export function tagWithFallback(name: string, fallback: string | null, language: SequenceBrief['language']): string | null {
  const own = languages[language].fallbacks[name];
  return own === undefined ? null : mergeTag(name, fallback === null || fallback.trim() === '' ? own : fallback);
}
