import { fc, test as property } from '@fast-check/vitest';
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { dkimRecord, readDkimKey, relaxedBody, signMessage } from '../../electron/engine/lib/dkim.ts';
import RelaxedBody from 'nodemailer/lib/dkim/relaxed-body.js';
import { isAppError } from '../../shared/errors.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const pem = (key: typeof rsa.privateKey) => key.export({ type: 'pkcs8', format: 'pem' }) as string;

const mail = (body: string) =>
  Buffer.from(
    [
      'From: "Ada Lovelace" <ada@example.com>',
      'To: anna@example.org',
      'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
      'Date: Wed, 25 Nov 2026 10:00:00 +0000',
      'Message-ID: <1@example.com>',
      'References: <a@example.com>',
      '  <b@example.com>',
      'X-Homing-Id: 1',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      body,
    ].join('\r\n'),
  );

/** A verifier written from RFC 6376 by itself: what a receiving server does. */
function verifies(message: Buffer, publicKey: typeof rsa.publicKey): boolean {
  const text = message.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const fields = text.slice(0, end).split(/\r\n(?![ \t])/);
  const own = fields.findIndex((field) => /^dkim-signature:/i.test(field));
  const value = (fields[own] ?? '').slice('DKIM-Signature:'.length);
  const tags = new Map(
    value.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim(), part.slice(at + 1).replace(/\s+/g, '')] as const;
    }),
  );
  const relaxed = (field: string) => {
    const at = field.indexOf(':');
    return `${field.slice(0, at).trim().toLowerCase()}:${field
      .slice(at + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()}`;
  };
  const left = fields.map((field, index) => ({ name: field.slice(0, field.indexOf(':')).trim().toLowerCase(), field, index }));
  const lines: string[] = [];
  for (const name of (tags.get('h') ?? '').split(':')) {
    const found = left.findLastIndex((each) => each.name === name.toLowerCase());
    if (found >= 0) lines.push(relaxed(left.splice(found, 1)[0]?.field ?? ''));
  }
  lines.push(relaxed(`DKIM-Signature:${value.replace(/(;\s*b=)[^;]*$/, '$1')}`));
  const body = Buffer.from(text.slice(end + 4), 'latin1');
  if (
    createHash('sha256')
      .update(canonicalBody(body.toString('latin1')), 'latin1')
      .digest('base64') !== tags.get('bh')
  )
    return false;
  const data = Buffer.from(lines.join('\r\n'), 'latin1');
  const signature = Buffer.from(tags.get('b') ?? '', 'base64');
  return publicKey.asymmetricKeyType === 'ed25519' ? verify(null, createHash('sha256').update(data).digest(), publicKey, signature) : verify('sha256', data, publicKey, signature);
}

function canonicalBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines.length === 0 ? '' : `${lines.join('\r\n')}\r\n`;
}

describe.each([
  ['RSA', rsa],
  ['Ed25519', ed],
] as const)('%s', (_name, pair) => {
  test('a receiving server can verify it, and a changed body or header breaks it', () => {
    const key = readDkimKey({ domain: 'example.com', selector: 's1' }, pem(pair.privateKey));
    const signed = signMessage(mail('Hello\r\n\tworld  \r\n\r\n\r\n'), key);
    const publicKey = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }));
    expect(verifies(signed, publicKey)).toBe(true);
    expect(verifies(Buffer.from(signed.toString('latin1').replace('world', 'World'), 'latin1'), publicKey)).toBe(false);
    expect(verifies(Buffer.from(signed.toString('latin1').replace('anna@', 'eve@'), 'latin1'), publicKey)).toBe(false);
    // A second From, put in on the way, is not covered by a signature that names From twice.
    expect(verifies(Buffer.from(signed.toString('latin1').replace('From: "Ada', 'From: eve@example.net\r\nFrom: "Ada'), 'latin1'), publicKey)).toBe(false);
    for (const line of signed.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
    expect(
      signed
        .toString('latin1')
        .split('\r\n')
        .slice(0, 12)
        .every((line) => line.length <= 78),
    ).toBe(true);
  });
});

test('what is no usable key is refused with a sentence', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 512 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (const text of ['', 'hello', pem(small.privateKey), pem(ec.privateKey)]) {
    let thrown: unknown;
    try {
      readDkimKey({ domain: 'example.com', selector: 's' }, text);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown) && thrown.code).toBe('validation');
  }
});

property.prop([fc.array(fc.constantFrom('a', 'bc', ' ', '\t', '  \t', '\r\n', '\r\n\r\n', 'é', '.'), { maxLength: 40 })])(
  'bodies are folded as nodemailer folds them',
  async (pieces) => {
    const body = Buffer.from(pieces.join(''));
    const theirs = new RelaxedBody({ debug: false, hashAlgo: 'sha256' }) as NodeJS.ReadWriteStream & { once(event: 'hash', listener: (hash: string) => void): void };
    const hash = new Promise<string>((resolve) => theirs.once('hash', resolve));
    theirs.resume();
    theirs.end(body);
    expect(createHash('sha256').update(relaxedBody(body)).digest('base64')).toBe(await hash);
  },
);

test.each([
  ['rsa', rsa],
  ['ed25519', ed],
])('the record of an %s key lets a server read the public key', (kind, { privateKey, publicKey }) => {
  const record = dkimRecord(readDkimKey({ domain: 'example.com', selector: 's1' }, pem(privateKey as typeof rsa.privateKey)));
  expect(record).toMatch(new RegExp(`^v=DKIM1; k=${kind}; p=[A-Za-z0-9+/=]+$`));
  const published = Buffer.from(/p=(.*)$/.exec(record)?.[1] ?? '', 'base64');
  const jwk = publicKey.export({ format: 'jwk' });
  if (kind === 'rsa') expect(createPublicKey({ key: published, format: 'der', type: 'spki' }).export({ format: 'jwk' })).toEqual(jwk);
  else expect(published.toString('base64url')).toBe(jwk.x);
  expect(record).not.toContain('PRIVATE');
});
