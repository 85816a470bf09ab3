import type { MailboxState } from '../../../shared/schemas/mailbox.ts';
import { day, hour, minute } from '../lib/clock.ts';

/** A mailbox as it is asked whether mail will leave from it. */
export interface MailboxCondition {
  readonly state: MailboxState;
  readonly stateReason: string | null;
  /** When the state began, UTC ms. */
  readonly stateSince: number;
  readonly pausedUntil: number | null;
}

/** So much time a person, or the provider, gets to bring a mailbox back before others write in its place. */
const graceMs = { needs_login: hour, paused: hour, unreachable: day } as const;
/** A pause that ends within this is waited for. */
const longPauseMs = day;

/** Whether nothing will leave from a mailbox now: it is in trouble, or paused by whomever. Pure. */
export function standsStill({ state, pausedUntil }: MailboxCondition, now: number): boolean {
  return state === 'needs_login' || state === 'unreachable' || (state === 'paused' && (pausedUntil === null || pausedUntil > now));
}

/** An inbox that was read within this is being watched: what comes is seen. */
const watchedMs = 10 * minute;

/** Whether answers to what a mailbox sent are seen, although nothing leaves from it. Pure. */
export function seesReplies({ hasInbox, inboxCheckedAt }: { readonly hasInbox: boolean; readonly inboxCheckedAt: number | null }, now: number): boolean {
  return hasInbox && inboxCheckedAt !== null && now - inboxCheckedAt <= watchedMs;
}

/**
 * Whether a mailbox is out of order for so long that people who were not mailed yet go to another one. A person's own
 * pause (it has no reason) is a wish, not a trouble. Pure.
 */
export function isLost(mailbox: MailboxCondition, now: number): boolean {
  const { state, stateReason, stateSince, pausedUntil } = mailbox;
  if (state === 'untested' || state === 'ready' || now - stateSince < graceMs[state]) return false;
  return state !== 'paused' || (stateReason !== null && (pausedUntil === null || pausedUntil - now > longPauseMs));
}
