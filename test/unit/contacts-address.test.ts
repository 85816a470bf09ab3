import { describe, expect, it } from 'vitest';
import { domainAndParents, normaliseAddress, normaliseDomain, parseAddress } from '../../electron/engine/lib/address.ts';

const key = (text: string): string | null => normaliseAddress(text);

describe('address', () => {
  it.each([
    ['anna@example.com', 'anna@example.com'],
    ['ANNA.Smith@Example.COM', 'anna.smith@example.com'],
    ["o'neil+fair@example.com", "o'neil+fair@example.com"],
    ['=1+1@example.com', '=1+1@example.com'],
    ['a@b.c', 'a@b.c'],
    ['x@sub.example.co-op', 'x@sub.example.co-op'],
    [`${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`],
  ])('accepts %s', (text, expected) => expect(key(text)).toBe(expected));

  it.each([
    ['\ufeffanna@example.com', 'anna@example.com'],
    ['\u00a0 anna@example.com\t', 'anna@example.com'],
    ['"anna@example.com"', 'anna@example.com'],
    ['<anna@example.com>', 'anna@example.com'],
    ['Anna Smith <anna@example.com>', 'anna@example.com'],
    ['mailto:anna%2Bx@example.com?subject=hi', 'anna+x@example.com'],
  ])('cleans %j', (text, expected) => expect(key(text)).toBe(expected));

  it('keeps the name beside the address', () => {
    const parsed = parseAddress('"Smith, Anna" <anna@example.com>');
    expect(parsed).toMatchObject({ ok: true, value: { name: 'Smith, Anna' } });
  });

  it.each([
    ['jürgen@example.com', 'jürgen@example.com'],
    ['JÜRGEN@example.com', 'jürgen@example.com'],
    ['u\u0308@example.com', 'ü@example.com'],
    ['info@bücher.example', 'info@xn--bcher-kva.example'],
    ['info@ＢÜCHER.example', 'info@xn--bcher-kva.example'],
    ['info@xn--bcher-kva.example', 'info@xn--bcher-kva.example'],
  ])('reads international address %s', (text, expected) => expect(key(text)).toBe(expected));

  it.each([
    '',
    'anna',
    '@example.com',
    'anna@',
    'anna@@example.com',
    'anna@example',
    'anna@localhost',
    '.anna@example.com',
    'anna.@example.com',
    'an..na@example.com',
    'anna@example..com',
    'anna@.example.com',
    'anna@example.com.',
    'anna@-example.com',
    'anna@example-.com',
    'anna@exam_ple.com',
    'anna@exa mple.com',
    'an na@example.com',
    'anna@example,com',
    'anna(at)example.com',
    'anna@192.168.0.1',
    'anna@[192.168.0.1]',
    'anna@example.123',
    'anna@ab--cd.com',
    'anna@xn--0.com',
    'a@b.com;c@d.com',
    '"quoted part"@example.com',
    'anna(comment)@example.com',
    'n/a',
    '<anna@example.com',
    'anna@exam%70le.com',
    'anna@example.com%0aBcc:x',
    `${'l'.repeat(65)}@example.com`,
    `a@${'d'.repeat(64)}.com`,
    `a@${'abcdefghi.'.repeat(25)}example.com`,
  ])('refuses %j', (text) => expect(key(text)).toBeNull());

  it.each(['anna@example.com\n', '\nanna@example.com', 'anna@example.com\r\nBcc: eve@example.org', 'anna\u0000@example.com', 'anna@exam\u0007ple.com'])(
    'refuses control characters: %j',
    (text) => expect(key(text)).toBeNull(),
  );

  it.each([
    'me@exa\u00admple.com',
    'me@exam\u200bple.com',
    'an\u200bna@example.com',
    'me@\u037e.com',
    'me.\u037e@example.com',
    '<\u0338me@example.com',
    'me@☃.example',
    '\u0301a@example.com',
    'me@trailing\uff0d.com',
    'me@two\uff0e\uff0edots.com',
    '\ud800@example.com',
  ])('refuses what would be cleaned in silence: %j', (text) => expect(key(text)).toBeNull());

  it('says why in a sentence', () => {
    expect(parseAddress('anna.example.com')).toEqual({ ok: false, error: 'The address has no @' });
    expect(parseAddress('anna@localhost')).toEqual({ ok: false, error: 'The domain has no ending such as .com' });
  });

  it('normalises domains and walks to their parents', () => {
    expect(normaliseDomain(' Mail.EXAMPLE.com ')).toBe('mail.example.com');
    expect(normaliseDomain('*.example.com')).toBe('example.com');
    expect(normaliseDomain('com')).toBeNull();
    expect(domainAndParents('a.b.example.com')).toEqual(['a.b.example.com', 'b.example.com', 'example.com']);
  });
});
