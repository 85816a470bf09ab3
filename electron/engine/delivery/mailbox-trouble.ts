import type { Events } from '../events/index.ts';
import { backoffMs, mailboxBackoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Mailboxes } from '../mailboxes/index.ts';
import type { ConnectError } from '../ports.ts';
import type { Tx } from '../store/index.ts';
import { classifyAnswer, type AnswerVerdict } from './answers.ts';

/**
 * The circuit breaker of a mailbox: closed without failures, open until `backoff_until`, then half-open: one mail tries,
 * until success is proven. One mailbox's trouble never stops another.
 */
export interface MailboxTrouble {
  connectFailed(tx: Tx, mailboxId: string, error: ConnectError): void;
  /** Only an accepted message or ten minutes of a living connection prove that the mailbox works; a login does not. */
  proven(tx: Tx, mailboxId: string): void;
  refused(tx: Tx, mailboxId: string, verdict: AnswerVerdict, answer: string): void;
}

/** Failures in a row after which the mailbox shows as unreachable. */
const showAfter = 2;

export function createMailboxTrouble(deps: { events: Events; clock: Clock; random: Random; mailboxes: Mailboxes; wake: () => void }): MailboxTrouble {
  const { events, clock, random, mailboxes } = deps;

  function backOff(tx: Tx, mailboxId: string, reason: string, atLeastMs = 0): number {
    const row = tx.prepare('select failures, backoff_until as until from mailboxes where id = ?').get(mailboxId) as { failures: number; until: number } | undefined;
    if (row === undefined) return 0;
    const now = clock.now();
    // Connections that fail together are one failure.
    const failures = row.until > now && row.failures > 0 ? row.failures : row.failures + 1;
    const until = Math.max(row.failures > 0 ? row.until : 0, now + backoffMs(mailboxBackoff, failures, random, atLeastMs));
    tx.prepare('update mailboxes set failures = ?, backoff_until = ?, state_reason = ? where id = ?').run(failures, until, reason, mailboxId);
    if (row.failures === 0) events.append(tx, { type: 'mailbox_trouble', actor: 'server', mailboxId, reason, data: { state: 'backoff', side: 'smtp', until } });
    return failures;
  }

  return {
    connectFailed(tx, mailboxId, error) {
      const said = error.answer === null ? error.message : `${error.answer.code} ${error.answer.text}`;
      const permanentLogin = error.stage === 'login' && (error.answer === null || error.answer.code >= 500);
      if (permanentLogin) {
        mailboxes.setTrouble(tx, mailboxId, 'needs_login', said);
        return;
      }
      const named = error.answer === null ? null : classifyAnswer(error.answer).retryAfterMs;
      if (backOff(tx, mailboxId, said, named ?? 0) >= showAfter) mailboxes.setTrouble(tx, mailboxId, 'unreachable', said);
    },
    proven(tx, mailboxId) {
      const reset = tx.prepare(`update mailboxes set failures = 0, backoff_until = 0, state_reason = null where id = ? and failures > 0 returning state`).get(mailboxId) as
        { state: string } | undefined;
      if (reset === undefined) return;
      if (reset.state === 'unreachable' || reset.state === 'needs_login') mailboxes.setRecovered(tx, mailboxId);
      else events.append(tx, { type: 'mailbox_recovered', actor: 'server', mailboxId });
      tx.afterCommit(deps.wake);
    },
    refused(tx, mailboxId, verdict, answer) {
      switch (verdict.action) {
        case 'needs_login':
          mailboxes.setTrouble(tx, mailboxId, 'needs_login', answer);
          return;
        case 'pause_mailbox':
          mailboxes.pause(mailboxId, null, answer, 'engine');
          return;
        case 'back_off_mailbox':
          backOff(tx, mailboxId, answer, verdict.retryAfterMs ?? 0);
          return;
        default:
          return;
      }
    },
  };
}
