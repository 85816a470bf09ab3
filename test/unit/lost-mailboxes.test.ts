import { expect, test } from 'vitest';
import { isLost, standsStill, type MailboxCondition } from '../../electron/engine/campaigns/lost-mailboxes.ts';
import { day, hour, minute } from '../../electron/engine/lib/clock.ts';

const now = Date.UTC(2026, 5, 1);
const condition = (more: Partial<MailboxCondition>): MailboxCondition => ({ state: 'ready', stateReason: null, stateSince: now - 30 * day, pausedUntil: null, ...more });

test.each<[string, Partial<MailboxCondition>, boolean, boolean]>([
  ['a mailbox that works', {}, false, false],
  ['one that was never tested', { state: 'untested' }, false, false],
  ['a login needed since a moment ago', { state: 'needs_login', stateSince: now - 59 * minute }, true, false],
  ['a login needed for an hour', { state: 'needs_login', stateSince: now - hour }, true, true],
  ['a server that has not been reached for hours', { state: 'unreachable', stateSince: now - 23 * hour }, true, false],
  ['a server that has not been reached for a day', { state: 'unreachable', stateSince: now - day }, true, true],
  ['a pause for trouble without an end', { state: 'paused', stateReason: '554 Sender rejected', stateSince: now - hour }, true, true],
  ['a pause for trouble that ends soon', { state: 'paused', stateReason: 'Daily limit', pausedUntil: now + 5 * hour }, true, false],
  ['a pause for trouble that ends in days', { state: 'paused', stateReason: 'Daily limit', pausedUntil: now + 2 * day }, true, true],
  ['a pause that is over', { state: 'paused', stateReason: 'Daily limit', pausedUntil: now - 1 }, false, false],
  ['a pause that a person wished', { state: 'paused' }, true, false],
])('%s', (_what, more, still, lost) => {
  expect([standsStill(condition(more), now), isLost(condition(more), now)]).toEqual([still, lost]);
});
