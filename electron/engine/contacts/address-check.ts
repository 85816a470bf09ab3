import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';
import words from '../../../resources/address-words.json' with { type: 'json' };
import { distance } from '../../../shared/nearest.ts';
import type { AddressCheck, AddressFlag, AddressVerdict } from '../../../shared/schemas/address-check.ts';
import { domainAndParents, parseAddress } from '../lib/address.ts';
import { isFreeMail } from '../lib/free-mail.ts';

/** What DNS says of a domain: it takes mail, it takes none, or nobody knows. */
export type MailAnswer = 'ok' | 'problem' | 'unknown';

const roles = new Set(words.roles);
const real = new Set(words.real);
let disposable: ReadonlySet<string> | undefined;

/**
 * What can be said of an address from the address itself and from what DNS said of its domain. Pure. `suggestion` is
 * the whole address with the domain that was probably meant. An address is undeliverable when it is none, or when its
 * domain takes no mail (RFC 5321 section 5.1, RFC 7505); it is good only once DNS said that the domain takes mail.
 * `checkedAt` (UTC ms) is when DNS was asked, null = never.
 */
export function checkAddress(text: string, mail: MailAnswer = 'unknown', checkedAt: number | null = null): AddressCheck {
  const address = parseAddress(text);
  if (!address.ok) return { verdict: 'undeliverable', flags: ['syntax'], suggestion: null, checkedAt };
  const { local, domain } = address.value;
  const meant = meantDomain(domain);
  const flags: AddressFlag[] = [];
  if (mail === 'problem') flags.push('no_mail');
  // Slips are registered by others, and then listed as disposable: the slip is what explains the address.
  if (meant !== null) flags.push('typo');
  else if (isDisposable(domain)) flags.push('disposable');
  if (roles.has(local.replace(/\+.*$/, ''))) flags.push('role');
  if (isFreeMail(domain)) flags.push('free_mail');
  return { verdict: verdictOf(flags, mail), flags, suggestion: meant === null ? null : `${local}@${meant}`, checkedAt };
}

function verdictOf(flags: readonly AddressFlag[], mail: MailAnswer): AddressVerdict {
  if (flags.includes('no_mail')) return 'undeliverable';
  if (flags.some((flag) => flag !== 'free_mail')) return 'risky';
  return mail === 'ok' ? 'good' : 'unknown';
}

/** Whether addresses of this domain (lower case) are handed out for a few minutes to anybody. */
function isDisposable(domain: string): boolean {
  disposable ??= disposableEmailBlocklistSet();
  return domainAndParents(domain).some((name) => disposable?.has(name) === true);
}

const common = words.common.map((domain) => ({ domain, letters: lettersOf(domain), slips: slipsAllowed(domain) }));

/**
 * The mail domain that was probably meant by one (lower case) which nobody is known to have: the nearest of those that
 * people mistype, by swapped, missing, doubled or wrong letters; null = it is taken as it stands.
 */
export function meantDomain(domain: string): string | null {
  if (isFreeMail(domain) || real.has(domain)) return null;
  const letters = lettersOf(domain);
  let best: string | null = null;
  let bestSlips = Infinity;
  for (const candidate of common) {
    // One slip changes at most two letters of the set.
    if (Math.abs(candidate.domain.length - domain.length) > candidate.slips || ones(letters ^ candidate.letters) > 2 * candidate.slips) continue;
    const slips = distance(domain, candidate.domain, candidate.slips + 1);
    if (slips > candidate.slips || slips >= bestSlips) continue;
    // A short name is a name of its own as soon as one letter differs: only its ending can be a slip.
    if (nameOf(candidate.domain).length < 5 && nameOf(domain) !== nameOf(candidate.domain)) continue;
    best = candidate.domain;
    bestSlips = slips;
  }
  return best;
}

function nameOf(domain: string): string {
  return domain.slice(0, domain.indexOf('.'));
}

function slipsAllowed(domain: string): number {
  return nameOf(domain).length >= 7 ? 2 : 1;
}

/** The set of its letters as bits, digits and signs sharing what is left over. */
function lettersOf(text: string): number {
  let found = 0;
  for (let index = 0; index < text.length; index += 1) found |= 1 << (text.charCodeAt(index) & 31);
  return found;
}

function ones(bits: number): number {
  let left = bits;
  let count = 0;
  for (; left !== 0; count += 1) left &= left - 1;
  return count;
}
