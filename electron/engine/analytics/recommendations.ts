import { edgesOf, firstEmails, nextStepId, reachable, reachableEmails, stepsById } from '../../../shared/graph.ts';
import type { Recommendation, Recommendations } from '../../../shared/schemas/recommendation.ts';
import type { EmailStep, SequenceGraph, Variant, WaitStep } from '../../../shared/schemas/sequence.ts';
import { fisherLower, signTest } from '../lib/exact-test.ts';
import { rate } from './rate.ts';

/** What a variant did; people, each once. */
export interface VariantFacts {
  readonly stepId: string;
  readonly variantId: string;
  readonly mailed: number;
  readonly replied: number;
  readonly optedOut: number;
}

/** A human answer to a mail: after how many ms it came, and whether the next mail had left by then. */
export interface AnswerFacts {
  readonly stepId: string;
  readonly afterMs: number;
  readonly late: boolean;
}

/** Figures are looked at again and again, so that a chance of 5 % would be met by luck soon: it has to be below 1 %. */
const luck = 0.01;
/** People below whom a variant, and a mail, is not judged. */
const leastOfVariant = 100;
const leastOfMail = 200;
/** Answers below which nothing is said of how fast people answer. */
const leastAnswers = 30;
/** A wait is called too short when surely more than this share of the answers came after the next mail. */
const lateShare = 0.1;
/** Days that a recommendation keeps a wait within. */
const shortest = 2;
const longest = 21;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * What the figures of a sequence speak for: variants to stop, mails that lose more people than they win, waits that are
 * too short or longer than anybody needs. Looks at what people can reach and would get. Pure. Each comparison is exact
 * (Fisher; sign test), with a floor of people and S. Holm's correction (Scandinavian Journal of Statistics 6, 1979)
 * where several variants are compared with the best one.
 */
export function recommend(graph: SequenceGraph, variants: readonly VariantFacts[], answers: readonly AnswerFacts[]): Recommendations {
  const items: Recommendation[] = [];
  const undecided: Recommendations['undecided'] = [];
  const first = firstEmails(graph);
  for (const step of reachableEmails(graph)) {
    const own = variants.filter(({ stepId }) => stepId === step.id);
    const compared = compareVariants(step, own);
    items.push(...compared.items);
    if (compared.undecided !== null) undecided.push(compared.undecided);
    const losing = losingMail(step, own, first.has(step.id));
    if (losing !== null) items.push(losing);
  }
  for (const [mail, wait] of waitsBetweenMails(graph)) {
    const found = judgeWait(
      mail,
      wait,
      answers.filter(({ stepId }) => stepId === mail.id),
    );
    if (found !== null) items.push(found);
  }
  return { items, undecided };
}

function inUse({ variants }: EmailStep): Variant[] {
  return variants.filter(({ active, weight }) => active && weight > 0);
}

function compareVariants(step: EmailStep, facts: readonly VariantFacts[]): { items: Recommendation[]; undecided: Recommendations['undecided'][number] | null } {
  const arms = inUse(step).map(({ id, weight }) => ({ id, weight, mailed: 0, replied: 0, ...facts.find(({ variantId }) => variantId === id) }));
  if (arms.length < 2) return { items: [], undecided: null };
  const judged = arms.filter(({ mailed }) => mailed >= leastOfVariant);
  const fewest = Math.min(...arms.map(({ mailed }) => mailed));
  const undecided = fewest < leastOfVariant ? { stepId: step.id, mailed: fewest, needed: leastOfVariant } : null;
  const best = judged.reduce<(typeof judged)[number] | null>((found, arm) => (found === null || arm.replied / arm.mailed > found.replied / found.mailed ? arm : found), null);
  if (best === null || judged.length < 2) return { items: [], undecided };
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  const worse = judged
    .filter((arm) => arm !== best)
    .map((arm) => ({ arm, chance: fisherLower({ hits: arm.replied, of: arm.mailed }, { hits: best.replied, of: best.mailed }) }))
    .sort((a, b) => a.chance - b.chance);
  const items: Recommendation[] = [];
  for (const [index, { arm, chance }] of worse.entries()) {
    const corrected = Math.min(1, chance * (worse.length - index));
    if (corrected >= luck) break;
    const gain = (arm.weight / total) * (best.replied / best.mailed - arm.replied / arm.mailed) * 100;
    items.push({
      kind: 'stop_variant',
      stepId: step.id,
      variantId: arm.id,
      replied: rate(arm.replied, arm.mailed),
      better: { variantId: best.id, ...rate(best.replied, best.mailed) },
      chance: corrected,
      gain,
    });
  }
  return { items, undecided };
}

function losingMail(step: EmailStep, facts: readonly VariantFacts[], first: boolean): Recommendation | null {
  const sum = (of: (fact: VariantFacts) => number) => facts.reduce((total, fact) => total + of(fact), 0);
  const [mailed, replied, optedOut] = [sum((fact) => fact.mailed), sum((fact) => fact.replied), sum((fact) => fact.optedOut)];
  if (mailed < leastOfMail || optedOut <= replied) return null;
  const chance = signTest(optedOut, optedOut + replied);
  if (chance >= luck) return null;
  return { kind: 'losing_mail', stepId: step.id, first, replied: rate(replied, mailed), optedOut: rate(optedOut, mailed), chance, gain: (optedOut / mailed) * 100 };
}

/** Waits of whole days that stand between two mails and that nothing else leads to. */
function waitsBetweenMails(graph: SequenceGraph): [EmailStep, WaitStep][] {
  const byId = stepsById(graph);
  const inReach = reachable(graph);
  return graph.steps.flatMap((mail): [EmailStep, WaitStep][] => {
    if (mail.type !== 'email' || !inReach.has(mail.id)) return [];
    const wait = byId.get(nextStepId(graph, mail) ?? '');
    if (wait?.type !== 'wait' || byId.get(nextStepId(graph, wait) ?? '')?.type !== 'email') return [];
    const ways = graph.steps.filter((step) => inReach.has(step.id) && edgesOf(graph, step).some(({ to }) => to === wait.id));
    return ways.length === 1 ? [[mail, wait]] : [];
  });
}

/**
 * Answers after the next mail show that it came too early. Where nearly all come long before it, people are made to
 * wait for nothing. Late answers may be rarer than they look, because somebody who got the next mail may answer that one.
 */
function judgeWait(mail: EmailStep, wait: WaitStep, answers: readonly AnswerFacts[]): Recommendation | null {
  const days = daysOf(wait);
  if (days === null || answers.length < leastAnswers) return null;
  const after = answers.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
  const late = rate(answers.filter((answer) => answer.late).length, answers.length);
  const base = { stepId: wait.id, mailStepId: mail.id, from: { duration: wait.duration, businessDays: wait.businessDays }, answers: answers.length, late };
  const advise = (kind: 'longer_wait' | 'shorter_wait', share: number): Recommendation | null => {
    const quantile = after[Math.ceil(share * after.length) - 1] ?? 0;
    const calendarDays = Math.ceil(quantile / dayMs);
    const wanted = Math.min(longest, Math.max(shortest, wait.businessDays ? Math.ceil((calendarDays * 5) / 7) : calendarDays));
    if (kind === 'longer_wait' ? wanted <= days : wanted > days / 2) return null;
    return { kind, ...base, to: { duration: `P${wanted}D`, businessDays: wait.businessDays }, quantileHours: quantile / hourMs };
  };
  return (late.low ?? 0) > lateShare ? advise('longer_wait', 0.9) : advise('shorter_wait', 0.95);
}

/** Whole days of a wait; null where it is not written in days or weeks. */
function daysOf({ duration }: WaitStep): number | null {
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?$/.exec(duration);
  return parts === null ? null : Number(parts[1] ?? 0) * 7 + Number(parts[2] ?? 0);
}
