import { describe, expect, it } from 'vitest';
import { replyClasses } from '../../../../shared/schemas/reply.ts';
import { answerClasses, deliveryStates, whyCodes } from '../../../../shared/schemas/delivery.ts';
import { eventTypes } from '../../../../shared/schemas/event.ts';
import { errorCodes } from '../../../../shared/errors.ts';
import { formatMessage } from '../../../../renderer/lib/messages/format.ts';
import { has, t } from '../../../../renderer/lib/messages/index.ts';

describe('formatMessage', () => {
  it.each([
    ['{n, plural, =0 {none} one {# mail} other {# mails}}', { n: 0 }, 'none'],
    ['{n, plural, =0 {none} one {# mail} other {# mails}}', { n: 1 }, '1 mail'],
    ['{n, plural, =0 {none} one {# mail} other {# mails}}', { n: 12_000 }, '12,000 mails'],
    ['Hello {name}', { name: 'Anna' }, 'Hello Anna'],
    ['{a, number} of {b, number}', { a: 1234, b: 5 }, '1,234 of 5'],
    ['{who, select, you {yours} other {of {who}}}', { who: 'Mara' }, 'of Mara'],
    ['{who, select, you {yours} other {of {who}}}', { who: 'you' }, 'yours'],
    ['{n, plural, one {{name} has # mail} other {{name} has # mails}}', { n: 2, name: 'Anna' }, 'Anna has 2 mails'],
    ['token ends with #token=…', {}, 'token ends with #token=…'],
    ['{missing} stays', {}, '{missing} stays'],
  ])('%s', (message, params, expected) => {
    expect(formatMessage(message, params as Record<string, string | number>)).toBe(expected);
  });

  it('does not let a parameter inject syntax', () => {
    expect(formatMessage('Hello {name}', { name: '{n, plural, other {#}}' })).toBe('Hello {n, plural, other {#}}');
  });

  it('refuses a message that cannot be read', () => {
    expect(() => formatMessage('{n, plural, one {a}')).toThrow(/cannot be read/);
  });
});

describe('the catalogue', () => {
  it.each([
    ['error', Object.keys(errorCodes).map((code) => `${code}.title`)],
    ['error', Object.keys(errorCodes).map((code) => `${code}.advice`)],
    ['delivery', deliveryStates],
    ['why', whyCodes],
    ['event', eventTypes],
    ['reply', replyClasses],
    ['answer', answerClasses],
  ])('has words for every %s', (prefix, codes) => {
    expect(codes.filter((code) => !has(`${prefix}.${code}`))).toEqual([]);
  });

  it('keeps merge tags that are passed as parameters', () => {
    expect(t('settings.postal.hint', { tag: '{{ sender.postal_address }}' })).toContain('{{ sender.postal_address }}');
  });
});
