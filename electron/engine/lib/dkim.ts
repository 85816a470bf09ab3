import { createHash, createPrivateKey, createPublicKey, sign as signBytes, type KeyObject } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';

/** A key of the user's own domain, parsed once: reading a PEM text costs more than the signature. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly key: KeyObject;
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
}

/** Reads a private key in PEM form. Throws AppError validation for what is no RSA key of 1024 bits or more (RFC 8301) and no Ed25519 key (RFC 8463). */
export function readDkimKey(settings: { domain: string; selector: string }, pem: string): DkimKey {
  const refuse = (sentence: string): never => {
    throw new AppError('validation', sentence, { fields: { dkimKey: sentence } });
  };
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return refuse('This is not a private key in PEM form. It begins with -----BEGIN PRIVATE KEY-----.');
  }
  if (key.asymmetricKeyType === 'ed25519') return { ...settings, key, algorithm: 'ed25519-sha256' };
  if (key.asymmetricKeyType !== 'rsa') return refuse('DKIM takes RSA or Ed25519 keys.');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 1024) return refuse('RSA keys below 1024 bits are not accepted by mail servers. Make one of 2048 bits.');
  return { ...settings, key, algorithm: 'rsa-sha256' };
}

/** What the TXT record of a key says (RFC 6376 section 3.6.1; Ed25519: RFC 8463 section 4). */
export function dkimRecord({ key, algorithm }: DkimKey): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  // The last 32 bytes of an Ed25519 SPKI are the key itself, which is all that the record holds.
  return algorithm === 'rsa-sha256' ? `v=DKIM1; k=rsa; p=${spki.toString('base64')}` : `v=DKIM1; k=ed25519; p=${spki.subarray(-32).toString('base64')}`;
}

/** Header fields that are signed where they stand in the message (RFC 6376 section 5.4.1), lower case. */
const signedFields = new Set([
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'reply-to',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'list-unsubscribe',
  'list-unsubscribe-post',
]);

interface Field {
  readonly name: string;
  readonly raw: string;
}

/** The header fields of a message, folded lines kept, and where its body begins. */
function splitMessage(message: Buffer): { fields: Field[]; body: Buffer } {
  const end = message.indexOf('\r\n\r\n');
  const head = message.toString('latin1', 0, end < 0 ? message.length : end);
  const fields = head.split(/\r\n(?![ \t])/).map((raw) => ({ name: raw.slice(0, raw.indexOf(':')).trim().toLowerCase(), raw }));
  return { fields, body: end < 0 ? Buffer.alloc(0) : message.subarray(end + 4) };
}

/** "relaxed" header canonicalisation (RFC 6376 section 3.4.2). */
function relaxedField({ name, raw }: Field): string {
  const value = raw
    .slice(raw.indexOf(':') + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${name}:${value}`;
}

const space = 32;
const tab = 9;
const cr = 13;
const lf = 10;

/** "relaxed" body canonicalisation (RFC 6376 section 3.4.4): runs of blanks become one, blanks before a line end and empty lines at the end go. */
export function relaxedBody(body: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(body.length + 2);
  let at = 0;
  /** Where the body ends without its empty last lines. */
  let kept = 0;
  let blank = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i] as number;
    if (byte === cr && body[i + 1] === lf) {
      blank = false;
      const empty = at === 0 || (out[at - 1] === lf && out[at - 2] === cr);
      out[at] = cr;
      out[at + 1] = lf;
      at += 2;
      i += 1;
      if (!empty) kept = at;
    } else if (byte === space || byte === tab) blank = true;
    else {
      if (blank) {
        out[at] = space;
        at += 1;
        blank = false;
      }
      out[at] = byte;
      at += 1;
      kept = at;
    }
  }
  if (kept > 0 && !(out[kept - 1] === lf && out[kept - 2] === cr)) {
    out[kept] = cr;
    out[kept + 1] = lf;
    kept += 2;
  }
  return out.subarray(0, kept);
}

const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();

/** Base64 in lines that keep a header within 78 characters. */
function foldBase64(text: string, column: number): string {
  const first = 76 - column;
  let out = text.slice(0, first);
  for (let at = first; at < text.length; at += 74) out += `\r\n ${text.slice(at, at + 74)}`;
  return out;
}

/**
 * Signs a complete message (CRLF line ends) with the user's own key: returns it with a DKIM-Signature before its first
 * field (RFC 6376, relaxed/relaxed; Ed25519 by RFC 8463). From is named once more than it occurs, so that nobody adds a second one.
 */
export function signMessage(message: Uint8Array, dkim: DkimKey): Buffer {
  const { fields, body } = splitMessage(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  const signed = fields.filter(({ name }) => signedFields.has(name));
  const names = [...signed.map(({ name }) => name), 'from'];
  const bodyHash = sha256(relaxedBody(body)).toString('base64');
  const list = names.reduce(
    (lines, name) => {
      const last = lines.length - 1;
      const joined = `${lines[last] ?? ''}${lines[last] === '' ? '' : ':'}${name}`;
      return joined.length > 68 ? [...lines.slice(0, -1), `${lines[last] ?? ''}:`, name] : [...lines.slice(0, -1), joined];
    },
    [''],
  );
  const head = `DKIM-Signature: v=1; a=${dkim.algorithm}; c=relaxed/relaxed; d=${dkim.domain};\r\n s=${dkim.selector}; h=${list.join('\r\n ')};\r\n bh=${bodyHash};\r\n b=`;
  // Fields are taken from the bottom of the header block upwards, each once (RFC 6376 section 5.4.2); ours are unique.
  const input = `${signed.map(relaxedField).join('\r\n')}\r\n${relaxedField({ name: 'dkim-signature', raw: head })}`;
  const data = Buffer.from(input, 'latin1');
  const signature = dkim.algorithm === 'ed25519-sha256' ? signBytes(null, sha256(data), dkim.key) : signBytes('sha256', data, dkim.key);
  return Buffer.concat([Buffer.from(`${head}${foldBase64(signature.toString('base64'), 3)}\r\n`, 'latin1'), message]);
}
