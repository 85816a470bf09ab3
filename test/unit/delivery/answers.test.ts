import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classifyAnswer, classifyDiagnostic } from '../../../electron/engine/delivery/index.ts';
import { hour, minute, second } from '../../../electron/engine/lib/clock.ts';
import { parseAnswer } from '../../../electron/engine/mailboxes/index.ts';

const verdict = (response: string) => classifyAnswer(parseAnswer(response));

const table = readFileSync(new URL('../../fixtures/smtp-answers.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line): [answer: string, name: string, suppress: boolean] => {
    const [name = '', suppress, ...answer] = line.split(' ');
    return [answer.join(' '), name, suppress === 'yes'];
  });

test.each(table)('%s', (response, name, suppress) => {
  expect(verdict(response)).toMatchObject({ class: name, suppress, permanent: response.startsWith('5') });
});

test('a 4xx never suppresses and never is permanent, even when it names the user', () => {
  expect(verdict('450 4.1.1 User unknown, try again')).toMatchObject({ permanent: false, suppress: false, action: 'retry' });
  expect(verdict('451 4.7.1 Greylisted, please try again in 300 seconds')).toMatchObject({ permanent: false, class: 'greylist', scope: 'domain' });
});

test('what an address or a link spells decides nothing', () => {
  expect(verdict('550 5.1.1 <spam-policy@example.com>: user unknown, see https://example.com/blocked/sender-rejected')).toMatchObject({
    class: 'unknown_recipient',
    suppress: true,
  });
  expect(verdict('450 4.3.0 <user-unknown@example.com>: try later').class).toBe('temporary');
});

test('sender-side answers stop the mailbox, recipient-side ones the domain or the person alone', () => {
  expect(verdict('421 4.7.0 Too many messages, slow down')).toMatchObject({ scope: 'mailbox', action: 'back_off_mailbox' });
  expect(verdict('550 5.4.5 Daily user sending limit exceeded')).toMatchObject({ action: 'back_off_mailbox', retryAfterMs: 4 * hour });
  expect(verdict('535 5.7.8 Username and Password not accepted').action).toBe('needs_login');
  expect(verdict('553 5.7.1 Sender address rejected: not owned by user anna').action).toBe('pause_mailbox');
  expect(verdict('451 4.7.1 The recipient domain is receiving too many messages').action).toBe('back_off_domain');
  expect(verdict('421 4.7.0 Temporarily deferred, reputation').action).toBe('back_off_domain');
  expect(verdict('552 5.2.2 Mailbox full')).toMatchObject({ action: 'fail', scope: 'recipient' });
  expect(verdict('554 5.6.0 Message malformed')).toMatchObject({ action: 'fail', scope: 'message' });
});

test.each([
  ['450 4.7.1 Greylisted, try again in 500 seconds', 500 * second],
  ['451 Greylisting in force, come back in 00:04:52', 4 * minute + 52 * second],
  ['451 4.7.1 Please retry after 15 min', 15 * minute],
  ['421 Rate limited, wait at least 2 hours', 2 * hour],
  ['450 4.2.0 Greylisted, see https://example.com/in/9 minutes', 5 * minute],
  ['421 4.7.0 Try again in 9999 hours', 24 * hour],
  ['451 4.3.0 Temporary failure', null],
])('%s is asked again after what it names', (response, expected) => {
  expect(verdict(response).retryAfterMs).toBe(expected);
});

test('a multi-line answer keeps code, enhanced code and all of its text', () => {
  expect(parseAnswer('550-5.1.1 The account\n550-5.1.1 does not exist.\n550 5.1.1 Good bye')).toEqual({
    code: 550,
    enhanced: '5.1.1',
    text: 'The account does not exist. Good bye',
  });
});

test('what a bounce quotes is judged as the answer itself', () => {
  expect(classifyDiagnostic('5.1.1', 'smtp; 550 5.1.1 <anna@example.com>: Recipient address rejected: User unknown')).toMatchObject({ class: 'unknown_recipient', suppress: true });
  expect(classifyDiagnostic('4.4.1', 'connect to mx.example.com[203.0.113.4]:25: Connection timed out')).toMatchObject({ permanent: false, class: 'temporary' });
  expect(classifyDiagnostic('5.7.1', 'Message blocked due to spam content')).toMatchObject({ class: 'policy_block', suppress: false });
  expect(classifyDiagnostic('5.2.2', '')).toMatchObject({ class: 'mailbox_full', suppress: false });
});
