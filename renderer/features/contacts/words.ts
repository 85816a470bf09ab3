import { t } from '../../lib/messages/index.ts';
import type { Contact } from '../../../shared/schemas/contact.ts';

/** A person's name, or the address of one without. */
export function nameOf(contact: Pick<Contact, 'firstName' | 'lastName' | 'email'>): string {
  return [contact.firstName, contact.lastName].filter(Boolean).join(' ') || contact.email;
}

/** What the check of an address found, in words; null = nothing. */
export function flagWords({ check }: Contact): string | null {
  return check === null || check.flags.length === 0 ? null : check.flags.map((flag) => t(`contacts.flag.${flag}`)).join(', ');
}
