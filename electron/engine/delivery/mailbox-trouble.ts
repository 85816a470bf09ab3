import { backoffMs, mailboxBackoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Mailboxes } from '../mailboxes/index.ts';
import type { ConnectError } from '../ports.ts';
import type { Tx } from '../store/index.ts';
import type { AnswerVerdict } from './answers.ts';

/** What a failed connection or a sender-side refusal means for a mailbox. One mailbox's trouble never stops another. */
export interface MailboxTrouble {
  connectFailed(tx: Tx, mailboxId: string, error: ConnectError): void;
  /** Only an accepted message proves that the mailbox works; a login does not. */
  proven(tx: Tx, mailboxId: string): void;
  refused(tx: Tx, mailboxId: string, verdict: AnswerVerdict, answer: string): void;
}

/** Failures in a row after which the mailbox shows as unreachable. */
const showAfter = 2;

export function createMailboxTrouble(deps: { clock: Clock; random: Random; mailboxes: Mailboxes }): MailboxTrouble {
  const { clock, random, mailboxes } = deps;

  function backOff(tx: Tx, mailboxId: string, reason: string): number {
    const row = tx.prepare('select failures from mailboxes where id = ?').get(mailboxId) as { failures: number } | undefined;
    const failures = (row?.failures ?? 0) + 1;
    tx.prepare('update mailboxes set failures = ?, backoff_until = ?, state_reason = ? where id = ?').run(
      failures,
      clock.now() + backoffMs(mailboxBackoff, failures, random),
      reason,
      mailboxId,
    );
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
      if (backOff(tx, mailboxId, said) >= showAfter) mailboxes.setTrouble(tx, mailboxId, 'unreachable', said);
    },
    proven(tx, mailboxId) {
      const reset = tx.prepare(`update mailboxes set failures = 0, backoff_until = 0, state_reason = null where id = ? and failures > 0`).run(mailboxId);
      if (reset.changes > 0) mailboxes.setRecovered(tx, mailboxId);
    },
    refused(tx, mailboxId, verdict, answer) {
      if (verdict.scope !== 'mailbox') return;
      if (verdict.class === 'smtp_login') mailboxes.setTrouble(tx, mailboxId, 'needs_login', answer);
      else if (!verdict.permanent || verdict.class === 'rate_limit') backOff(tx, mailboxId, answer);
      else mailboxes.pause(mailboxId, null, answer, 'engine');
    },
  };
}
