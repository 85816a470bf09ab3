import type { Contact } from '../../../shared/schemas/contact.ts';

/** A person's name, or the address of one without. */
export function nameOf(contact: Pick<Contact, 'firstName' | 'lastName' | 'email'>): string {
  return [contact.firstName, contact.lastName].filter(Boolean).join(' ') || contact.email;
}
