import { z } from 'zod';
import answerTable from '../../../resources/smtp-answers.json' with { type: 'json' };
import { answerClassSchema, answerClasses, type AnswerClass } from '../../../shared/schemas/delivery.ts';
import { hour, minute, second } from '../lib/clock.ts';
import { bare, fold } from '../lib/fold.ts';
import type { SmtpAnswer } from '../ports.ts';

/** What follows from an answer, whoever has to bear it. */
const actionNames = ['retry', 'back_off_domain', 'back_off_mailbox', 'pause_mailbox', 'needs_login', 'suppress', 'fail', 'hold'] as const;
export type AnswerAction = (typeof actionNames)[number];

export interface AnswerVerdict {
  readonly permanent: boolean;
  readonly class: AnswerClass;
  /** Only plain "no such user" suppresses a person; sender-side wording vetoes it. */
  readonly suppress: boolean;
  readonly action: AnswerAction;
  /** Not to be asked again before this time has passed, ms: what the answer names, else what the table knows. Null = the retry policy alone. */
  readonly retryAfterMs: number | null;
  /** Whose problem it is: what is paused or backed off. */
  readonly scope: 'mailbox' | 'domain' | 'message' | 'recipient';
  /** The rule of `resources/smtp-answers.json` that decided. */
  readonly rule: string;
}

const pattern = z.string().transform((source) => new RegExp(bare(source), 'i'));
const patterns = z.array(pattern).min(1);
const actionSchema = z.strictObject({ do: z.enum(actionNames), afterMinutes: z.number().positive().optional() });
const ruleSchema = z.strictObject({
  id: z.string(),
  /** Whose wording it is, for the reader of the table. */
  provider: z.string().optional(),
  class: answerClassSchema,
  /** Reply code. */
  codes: pattern.optional(),
  /** Enhanced code without its first digit, empty when there is none. */
  status: pattern.optional(),
  permanent: z.boolean().optional(),
  /** Any of them in the text without addresses and links. */
  words: patterns.optional(),
  /** Any of them in the text with its links. */
  raw: patterns.optional(),
  /** None of them in the text. */
  unless: patterns.optional(),
  action: actionSchema.optional(),
});
const tableSchema = z.strictObject({
  senderSide: patterns,
  rules: z.array(ruleSchema),
  actions: z.record(z.enum(answerClasses), z.strictObject({ transient: actionSchema, permanent: actionSchema })),
});
const table = tableSchema.parse(answerTable);
type Rule = (typeof table.rules)[number];

/** What the rules look at. */
interface Facts {
  readonly code: string;
  readonly status: string;
  readonly permanent: boolean;
  readonly words: string;
  readonly raw: string;
}

/**
 * Classifies an SMTP answer (RFC 5321 section 4.2, RFC 3463), live or quoted in a bounce. The reply code decides
 * permanence; the first rule of the table that holds decides the class, and plain wording beats the code both ways
 * (DESIGN section 6). Pure.
 */
export function classifyAnswer(answer: SmtpAnswer): AnswerVerdict {
  const facts = factsOf(answer);
  const rule = table.rules.find((each) => holds(each, facts));
  const name = rule?.class ?? 'other';
  const suppress = facts.permanent && name === 'unknown_recipient' && !matches(table.senderSide, facts.words);
  const chosen = rule?.action ?? table.actions[name][facts.permanent ? 'permanent' : 'transient'];
  const action = actionOf(chosen.do, facts.permanent, suppress);
  const retryAfterMs = namedDelayMs(facts.words) ?? (chosen.afterMinutes === undefined ? null : chosen.afterMinutes * minute);
  return { permanent: facts.permanent, class: name, suppress, action, retryAfterMs, scope: scopeOf(name, action), rule: rule?.id ?? 'none' };
}

/**
 * Classifies what a bounce or a delayed notice says of one recipient: `diagnostic` as its machine part or its text gives
 * it, `status` the enhanced code beside it (RFC 3464 section 2.3.4). Without a reply code the enhanced code decides permanence; without
 * both it is permanent.
 */
export function classifyDiagnostic(status: string | null, diagnostic: string): AnswerVerdict {
  const code = Number(/(?:^|[^\d.])([45]\d\d)(?=[ -]|$)/.exec(diagnostic)?.[1] ?? (status?.startsWith('4') === true ? 450 : 550));
  const enhanced = enhancedIn(diagnostic, code) ?? status;
  return classifyAnswer({ code, enhanced, text: diagnostic });
}

/** The command that was answered. */
export type AnswerPhase = 'mail' | 'rcpt' | 'data' | 'body';

/**
 * What a server's own answer means to who asked it. MAIL FROM knows no recipient: an answer to it is about the server or the
 * sender, whatever it says. 421 ends the connection (RFC 5321 section 3.8): a trouble that it does not explain is the server's own. Pure.
 */
export function liveVerdict(answer: SmtpAnswer, phase: AnswerPhase): AnswerVerdict {
  const verdict = classifyAnswer(answer);
  const ownTrouble = phase === 'mail' || (answer.code === 421 && verdict.class === 'temporary');
  if (verdict.action === 'back_off_domain' && ownTrouble) return { ...verdict, action: 'back_off_mailbox', scope: 'mailbox' };
  if (phase !== 'mail') return verdict;
  return { ...verdict, suppress: false, action: verdict.action === 'suppress' ? 'fail' : verdict.action, scope: verdict.scope === 'recipient' ? 'message' : verdict.scope };
}

/** What is not permanent stops nothing for good, and nobody is suppressed against the verdict. */
function actionOf(chosen: AnswerAction, permanent: boolean, suppress: boolean): AnswerAction {
  if (chosen === 'suppress' && !suppress) return permanent ? 'fail' : 'retry';
  if (!permanent && (chosen === 'pause_mailbox' || chosen === 'needs_login')) return 'back_off_mailbox';
  return !permanent && chosen === 'fail' ? 'retry' : chosen;
}

function factsOf({ code, enhanced, text }: SmtpAnswer): Facts {
  const raw = text
    .replace(/^\s*[45]\d\d[ -]/, '')
    .replace(/[‘’`]/g, "'")
    .replace(/[\s_]+/g, ' ')
    .trim();
  return {
    code: String(code),
    status: (enhanced ?? enhancedIn(raw, code) ?? '').slice(2),
    permanent: code >= 500,
    raw,
    // An address or a link can spell any word, and so can "automatically generated", in which a list finds a "rate".
    words: fold(raw)
      .replace(/<?[^\s<>,;:()[\]"']+@[^\s<>,;:()[\]"']+>?/g, '<>')
      .replace(/\bhttps?:\/\/\S+|\bwww\.\S+/gi, '')
      .replace(/automatically generated/gi, '')
      .replace(/\s+/g, ' ')
      .trim(),
  };
}

/** An enhanced code inside the text; never a part of a network address, and of the reply code's own class. */
function enhancedIn(text: string, code: number): string | null {
  return new RegExp(`(?<![\\d.])${String(code)[0] ?? '5'}\\.\\d{1,3}\\.\\d{1,3}(?![\\d.]*\\d)`).exec(text)?.[0] ?? null;
}

function matches(list: readonly RegExp[], text: string): boolean {
  return list.some((each) => each.test(text));
}

function holds(rule: Rule, facts: Facts): boolean {
  if (rule.permanent !== undefined && rule.permanent !== facts.permanent) return false;
  if (rule.codes !== undefined && !rule.codes.test(facts.code)) return false;
  if (rule.status !== undefined && !rule.status.test(facts.status)) return false;
  if ((rule.words !== undefined || rule.raw !== undefined) && !matches(rule.words ?? [], facts.words) && !matches(rule.raw ?? [], facts.raw)) return false;
  return rule.unless === undefined || !matches(rule.unless, facts.words);
}

function scopeOf(name: AnswerClass, action: AnswerAction): AnswerVerdict['scope'] {
  if (action === 'back_off_mailbox' || action === 'pause_mailbox' || action === 'needs_login') return 'mailbox';
  if (action === 'back_off_domain') return 'domain';
  return name === 'unknown_recipient' || name === 'mailbox_full' || name === 'mailbox_disabled' ? 'recipient' : 'message';
}

/** Nobody waits longer than this because a server says so. */
const longestNamedMs = 24 * hour;
const units: readonly (readonly [RegExp, number])[] = [
  [/^h/i, hour],
  [/^m/i, minute],
  [/^s/i, second],
];

/** The delay that an answer names: "try again in 300 seconds", "retry after 5 min", "in 00:04:30". Null when it names none. */
function namedDelayMs(text: string): number | null {
  const clockTime = /\b(?:in|after|for) (\d{1,2}):(\d\d):(\d\d)\b/i.exec(text);
  if (clockTime !== null) return bounded((Number(clockTime[1]) * 60 + Number(clockTime[2])) * minute + Number(clockTime[3]) * second);
  const named =
    /\b(?:in|after|for|wait|within|retry[ -]?after:?)(?: at least| about| another)? (\d{1,6}) ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\b/i.exec(text) ??
    /\b(\d{1,6}) ?(seconds?|minutes?|hours?) (?:later|before|remaining|left)\b/i.exec(text);
  if (named === null) return null;
  const unit = units.find(([start]) => start.test(named[2] ?? ''))?.[1] ?? second;
  return bounded(Number(named[1]) * unit);
}

function bounded(ms: number): number | null {
  return ms <= 0 ? null : Math.min(ms, longestNamedMs);
}
