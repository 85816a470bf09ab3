import type { AddressCheck, AddressCounts } from '../../../shared/schemas/address-check.ts';
import { isFreeMail } from '../lib/free-mail.ts';
import { meantDomain } from './address-check.ts';
import type { IncomingContact } from './row.ts';
import type { WritableContact } from './rows.ts';

const maxSlips = 50;
/** Different mistyped domains that are counted at all: a file of nothing else must not fill the memory. */
const maxKept = 5000;

/** Counts how the addresses of an import look, and writes mistyped domains as the person wished. */
export function createAddressCounter(corrections: Readonly<Record<string, string>>): {
  corrected(contact: IncomingContact): IncomingContact;
  add(contact: WritableContact): void;
  counts(): AddressCounts;
} {
  const sums = { role: 0, disposable: 0, freeMail: 0, typo: 0, corrected: 0 };
  const slips = new Map<string, { meant: string; people: number }>();
  return {
    corrected(contact) {
      const meant = Object.hasOwn(corrections, contact.domain) ? corrections[contact.domain] : undefined;
      if (meant === undefined) return contact;
      sums.corrected += 1;
      return { ...contact, email: `${contact.email.slice(0, contact.email.lastIndexOf('@'))}@${meant}`, domain: meant };
    },
    add({ domain, addressCheck }) {
      if (isFreeMail(domain)) sums.freeMail += 1;
      if (addressCheck === null) return;
      const { flags } = JSON.parse(addressCheck) as AddressCheck;
      if (flags.includes('role')) sums.role += 1;
      if (flags.includes('disposable')) sums.disposable += 1;
      if (!flags.includes('typo')) return;
      sums.typo += 1;
      const slip = slips.get(domain);
      if (slip !== undefined) slip.people += 1;
      else if (slips.size < maxKept) slips.set(domain, { meant: meantDomain(domain) ?? domain, people: 1 });
    },
    counts: () => ({
      ...sums,
      slips: [...slips]
        .map(([domain, { meant, people }]) => ({ domain, meant, people }))
        .sort((a, b) => b.people - a.people || (a.domain < b.domain ? -1 : 1))
        .slice(0, maxSlips),
    }),
  };
}
