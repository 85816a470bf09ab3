import { domainToASCII, domainToUnicode } from 'node:url';
import { err, ok, type Result } from './result.ts';

/** A checked address. `email` is the key of a person: local part lower-cased and NFC, domain as lower-case A-labels. */
export interface Address {
  readonly email: string;
  readonly local: string;
  readonly domain: string;
  /** Display name found beside the address (`Anna <anna@example.com>`), else empty. */
  readonly name: string;
}

// RFC 5322 section 3.2.3 atext, as dot-atom; RFC 1123 section 2.1 labels. The common case in one look.
const plain = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z])?$/;
const dotAtom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u{80}-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u{80}-\u{10ffff}-]+)*$/u;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// Surrounding space that exports leave behind: blanks, NBSP, BOM, zero-width space. Not line ends: see below.
const edges = /^[\t \u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]+|[\t \u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]+$/g;
// RFC 5892: the code points an internationalised label may hold, after mapping to lower case.
const idnLabel = /^[\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}\u00b7\u0375\u05f3\u05f4\u30fb\u3007\u200c\u200d-]+$/u;

const maxAddressOctets = 254; // RFC 5321 section 4.5.3.1.3, less the angle brackets (RFC 3696 erratum 1690)
const maxLocalOctets = 64; // RFC 5321 section 4.5.3.1.1
const maxDomainOctets = 253;

/**
 * Checks and normalises an address as people write them into lists. Accepts the dot-atom form of RFC 5321 with
 * SMTPUTF8 local parts (RFC 6531) and internationalised domains (UTS 46, RFC 5892); also `Name <a@b>`, `<a@b>`,
 * `mailto:a@b`, surrounding blanks and quotes, of which the cleaned address is returned. Refuses what is legal but
 * never a person's mailbox in practice: quoted local parts, comments, address literals, single-label and numeric
 * domains. Any control character refuses the whole text: a line end in an address is how headers are injected.
 * The error is a sentence.
 */
export function parseAddress(text: string): Result<Address, string> {
  if (text.length <= maxAddressOctets && plain.test(text)) {
    const at = text.indexOf('@');
    if (at <= maxLocalOctets && text.length - at - 1 <= maxDomainOctets && !text.includes('--', at)) {
      return ok({ email: text, local: text.slice(0, at), domain: text.slice(at + 1), name: '' });
    }
  }
  if (text.length > 2000) return err('The address is too long');
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return err('The address contains a line end or another control character');
  const { address, name } = unwrap(text.replace(edges, ''));
  if (address === '') return err('The address is empty');
  const at = address.lastIndexOf('@');
  if (at === -1) return err('The address has no @');
  const local = checkLocal(address.slice(0, at));
  if (!local.ok) return local;
  const domain = checkDomain(address.slice(at + 1));
  if (!domain.ok) return domain;
  const email = `${local.value}@${domain.value}`;
  if (Buffer.byteLength(email) > maxAddressOctets) return err('The address is longer than 254 characters');
  return ok({ email, local: local.value, domain: domain.value, name });
}

/** The key form of an address, or null when it is not one. */
export function normaliseAddress(text: string): string | null {
  const parsed = parseAddress(text);
  return parsed.ok ? parsed.value.email : null;
}

/** The key form of a mail domain (lower-case A-labels, at least two labels), or null when it is not one. */
export function normaliseDomain(text: string): string | null {
  const domain = checkDomain(text.replace(edges, '').replace(/^@|^\*\./, ''));
  return domain.ok ? domain.value : null;
}

/** A domain and its parents down to two labels: `a.b.example.com` → itself, `b.example.com`, `example.com`. */
export function domainAndParents(domain: string): string[] {
  const found = [domain];
  for (let dot = domain.indexOf('.'); dot !== -1; dot = domain.indexOf('.', dot + 1)) {
    const parent = domain.slice(dot + 1);
    if (parent.includes('.')) found.push(parent);
  }
  return found;
}

function unwrap(text: string): { address: string; name: string } {
  let address = text;
  let name = '';
  const bracket = /^([^<>]*)<([^<>]*)>$/.exec(address);
  if (bracket !== null) {
    name = unquote((bracket[1] ?? '').replace(edges, ''));
    address = (bracket[2] ?? '').replace(edges, '');
  } else {
    address = unquote(address).replace(edges, '');
  }
  if (/^mailto:/i.test(address)) address = percentDecoded(address.slice(7).replace(/\?.*$/, ''));
  return { address, name };
}

function unquote(text: string): string {
  for (const [open, close] of [
    ['"', '"'],
    ["'", "'"],
    ['“', '”'],
    ['„', '“'],
    ['«', '»'],
    ['`', '`'],
  ] as const) {
    if (text.length > 2 && text.startsWith(open) && text.endsWith(close)) return text.slice(1, -1);
  }
  return text;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function checkLocal(raw: string): Result<string, string> {
  if (raw === '') return err('There is nothing before the @');
  // Normalisation can bring forth ASCII that is not allowed (U+037E becomes a semicolon) or hide it (< and U+0338).
  const local = raw.normalize('NFC');
  if (local.startsWith('.') || local.endsWith('.')) return err('The part before the @ starts or ends with a dot');
  if (local.includes('..')) return err('There are two dots in a row before the @');
  if (!dotAtom.test(raw) || !dotAtom.test(local) || /[\p{C}\p{Z}]/u.test(local) || /^\p{M}/u.test(local)) return err('The part before the @ has characters that are not allowed');
  const lower = local.toLowerCase().normalize('NFC');
  if (Buffer.byteLength(lower) > maxLocalOctets) return err('The part before the @ is longer than 64 characters');
  return ok(lower);
}

function checkDomain(raw: string): Result<string, string> {
  if (raw === '') return err('There is nothing after the @');
  if (raw.startsWith('[')) return err('Addresses at a bare IP address cannot be mailed');
  let domain = raw.toLowerCase();
  // eslint-disable-next-line no-control-regex -- ASCII is the range that is looked for
  if (/[^\u0000-\u007f]/.test(raw)) {
    // domainToASCII drops ignorable characters and decodes percent signs in silence: refuse them before.
    // eslint-disable-next-line no-control-regex -- the second pattern lists all ASCII that a domain cannot hold
    if (/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(raw.replace(/[\u200c\u200d]/g, '')) || /[\u0000-\u002c\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]/.test(raw)) {
      return err('The part after the @ has characters that are not allowed');
    }
    domain = domainToASCII(raw);
    if (domain === '') return err('The part after the @ is not a valid domain');
  }
  if (domain.length > maxDomainOctets) return err('The part after the @ is too long');
  const labels = domain.split('.');
  for (const part of labels) {
    if (part === '') return err('There is a dot too many after the @');
    if (part.length > 63) return err('A part of the domain is longer than 63 characters');
    if (!label.test(part)) return err('The part after the @ has characters that are not allowed');
    // RFC 5891 section 4.2.3.1: hyphens in third and fourth place are kept for A-labels, which must decode.
    if (part.slice(2, 4) === '--' && !isALabel(part)) return err('The part after the @ is not a valid domain');
  }
  const top = labels.at(-1) ?? '';
  if (labels.length < 2) return err('The domain has no ending such as .com');
  if (!/^[a-z]/.test(top) || (!/[a-z]$/.test(top) && !top.startsWith('xn--'))) return err('The domain has no valid ending such as .com');
  return ok(domain);
}

function isALabel(part: string): boolean {
  if (!part.startsWith('xn--')) return false;
  const unicode = domainToUnicode(part);
  return unicode !== '' && unicode !== part && idnLabel.test(unicode) && domainToASCII(unicode) === part;
}
