import type { DuplicateReason } from '../../../shared/schemas/duplicate.ts';
import { searchable } from './text.ts';

export interface Comparable {
  /** In key form (see lib/address.ts). */
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: string;
  readonly website: string;
  readonly companyKey: string;
  /** The custom fields as JSON. */
  readonly custom: string;
}

/** Digits of a number without country and trunk prefix; fewer are an extension or a joke. */
const phoneDigits = 9;

/**
 * What a contact shares with its duplicates, as `<reason>:<key>`: contacts with a key in common are probably one person.
 *
 * - `address`: the same mailbox in another spelling. What stands after a plus is a tag at nearly every provider
 *   (RFC 5233); Gmail ignores dots, and googlemail.com is gmail.com.
 * - `profile`: the same LinkedIn or XING profile, in whatever field.
 * - `phone`: the same last nine digits and the same family name: colleagues share a switchboard.
 * - `name_and_company`: first and family name in any order, at one company.
 */
export function duplicateKeys(contact: Comparable): string[] {
  const keys: [DuplicateReason, string][] = [['address', mailboxOf(contact.email)]];
  const family = searchable(contact.lastName).trim();
  const digits = contact.phone.replace(/\D/g, '');
  if (digits.length >= phoneDigits && family !== '') keys.push(['phone', `${digits.slice(-phoneDigits)} ${family}`]);
  const first = searchable(contact.firstName).trim();
  if (first !== '' && family !== '' && contact.companyKey !== '') {
    const names = `${first} ${family}`.split(/[\s.\-]+/).filter((name) => name !== '');
    keys.push(['name_and_company', `${names.sort().join(' ')} @ ${contact.companyKey}`]);
  }
  for (const profile of profilesIn(`${contact.website} ${contact.custom}`)) keys.push(['profile', profile]);
  return keys.map(([reason, key]) => `${reason}:${key}`);
}

function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  const local = email
    .slice(0, at)
    .replace(/(?<=.)\+.*$/, '')
    .toLowerCase();
  return domain === 'gmail.com' || domain === 'googlemail.com' ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`;
}

function profilesIn(text: string): Set<string> {
  const found = text.matchAll(/(linkedin\.com\/in|xing\.com\/profile)\/([\p{L}\p{N}%_.-]+)/giu);
  return new Set([...found].map(([, site = '', name = '']) => `${site}/${name}`.toLowerCase()));
}
