import { hash, timingSafeEqual } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { LRUCache } from 'lru-cache';
import type { Ids } from '../lib/ids.ts';

/**
 * Opt-out by mail (RFC 2369): the subject of the mail names the delivery and proves by a signature that we wrote it.
 * 130 bits of HMAC-SHA256 in lower-case base32, so that programs that change letter case do no harm.
 */

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const signatureLength = 26;

interface Pads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const blockSize = 64;
const padsOf = new LRUCache<string, Pads>({ max: 10 });

/** HMAC (RFC 2104) by two plain hashes: a Hmac object for each mail costs ten times as much. */
function hmacSha256(key: string, text: string): Buffer {
  let pads = padsOf.get(key);
  if (pads === undefined) {
    const bytes = Buffer.from(key, 'utf8');
    const block = Buffer.concat([bytes.length > blockSize ? hash('sha256', bytes, 'buffer') : bytes, Buffer.alloc(blockSize)]).subarray(0, blockSize);
    pads = { inner: Buffer.from(block.map((byte) => byte ^ 0x36)), outer: Buffer.from(block.map((byte) => byte ^ 0x5c)) };
    padsOf.set(key, pads);
  }
  const inner = hash('sha256', Buffer.concat([pads.inner, Buffer.from(text, 'utf8')]), 'buffer');
  return hash('sha256', Buffer.concat([pads.outer, inner]), 'buffer');
}

function sign(deliveryId: string, key: string): string {
  const digest = hmacSha256(key, `unsubscribe:${deliveryId.toLowerCase()}`);
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of digest) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5 && out.length < signatureLength) {
      bits -= 5;
      out += alphabet.charAt((held >> bits) & 31);
    }
  }
  return out;
}

/** What stands for one delivery in an opt-out by mail or link: its id and our signature. */
export function unsubscribeToken(deliveryId: string, key: string): string {
  return `${deliveryId}.${sign(deliveryId, key)}`;
}

/** What depends on the mailbox alone, by its address. */
const mailtoOf = new LRUCache<string, string>({ max: 500 });
const idDomainOf = new LRUCache<string, string>({ max: 500 });

/** The `mailto:` address of the List-Unsubscribe header: the mailbox's own address with a signed subject. */
export function unsubscribeAddress(mailboxAddress: string, deliveryId: string, key: string): string {
  let mailto = mailtoOf.get(mailboxAddress);
  if (mailto === undefined) {
    const at = mailboxAddress.lastIndexOf('@');
    const local = encodeURIComponent(mailboxAddress.slice(0, at)).replaceAll('%2B', '+');
    const domain = mailboxAddress.slice(at + 1);
    mailto = `mailto:${local}@${domainToASCII(domain) || domain}`;
    mailtoOf.set(mailboxAddress, mailto);
  }
  return `${mailto}?subject=unsubscribe-${unsubscribeToken(deliveryId, key)}`;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The delivery id that a subject asks to be unsubscribed from, or null when there is none or its signature is not ours.
 * Reply prefixes, added words, line breaks and blanks inside, and changed letter case do not matter.
 */
export function readUnsubscribeToken(subject: string, key: string): string | null {
  // eslint-disable-next-line no-control-regex -- folded header lines leave control characters behind
  const joined = subject.replace(/[\s\u0000-\u001f\u007f\u200b-\u200f\ufeff]+/g, '');
  for (const match of joined.matchAll(/unsubscribe-([A-Za-z0-9_-]{1,64})\.([a-z2-7]{26})/gi)) {
    const [, id = '', signature = ''] = match;
    if (timingSafeEqual(Buffer.from(sign(id, key)), Buffer.from(signature.toLowerCase()))) return uuid.test(id) ? id.toLowerCase() : id;
  }
  return null;
}

/** A new Message-ID under the domain of the sending address, with angle brackets. */
export function newMessageId(ids: Ids, address: string): string {
  let domain = idDomainOf.get(address);
  if (domain === undefined) {
    domain = (address.includes('@') && domainToASCII(address.slice(address.lastIndexOf('@') + 1).trim())) || 'homing.invalid';
    idDomainOf.set(address, domain);
  }
  return `<${ids.next()}@${domain}>`;
}
