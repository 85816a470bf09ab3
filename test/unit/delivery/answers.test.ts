import { expect, test } from 'vitest';
import { classifyAnswer } from '../../../electron/engine/delivery/answers.ts';
import { parseAnswer } from '../../../electron/engine/mailboxes/index.ts';

const verdict = (response: string) => {
  const { permanent, class: name, suppress, scope } = classifyAnswer(parseAnswer(response));
  return { permanent, class: name, suppress, scope };
};

test.each([
  ['550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in local recipient table', 'unknown_recipient', true],
  ['550 5.7.1 No such user here', 'unknown_recipient', true],
  ['554 5.1.8 <me@example.com>: Sender address rejected: not owned by user me', 'sender_refused', false],
  ['550 5.4.5 Daily user sending limit exceeded', 'rate_limit', false],
  ['550 5.7.1 Our system has detected that this message is likely unsolicited mail', 'policy_block', false],
  ['550-5.7.26 This mail is unauthenticated: SPF and DKIM did not pass\n550 5.7.26 see help', 'auth', false],
  ['552 5.2.2 Mailbox full', 'mailbox_full', false],
  ['535 5.7.8 Username and Password not accepted', 'smtp_login', false],
  ['554 5.7.1 Relay access denied', 'relay_denied', false],
  ['552 5.3.4 Message size exceeds fixed limit', 'message_too_big', false],
])('%s → %s', (response, name, suppress) => {
  expect(verdict(response)).toMatchObject({ permanent: true, class: name, suppress });
});

test('a 4xx never suppresses and never is permanent, even when it names the user', () => {
  expect(verdict('450 4.1.1 User unknown, try again')).toMatchObject({ permanent: false, suppress: false });
  expect(verdict('451 4.7.1 Greylisted, please try again in 300 seconds')).toMatchObject({ permanent: false, class: 'greylist', scope: 'domain' });
});

test('sender-side wording pauses the mailbox, not the person', () => {
  expect(verdict('421 4.7.0 Too many messages, slow down').scope).toBe('mailbox');
  expect(verdict('550 5.1.1 Sender rejected: daily limit reached').suppress).toBe(false);
});

test('a multi-line answer keeps code, enhanced code and all of its text', () => {
  expect(parseAnswer('550-5.1.1 The account\n550-5.1.1 does not exist.\n550 5.1.1 Good bye')).toEqual({
    code: 550,
    enhanced: '5.1.1',
    text: 'The account does not exist. Good bye',
  });
});
