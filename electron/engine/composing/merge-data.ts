import { textOfHtml } from './html-text.ts';
import { absent, SafeHtml, type TemplateMode } from './liquid.ts';

/** What merge tags may say about a person: a row of the contacts table, or a sample. */
export interface MergeContact {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
  readonly title: string;
  readonly phone: string;
  readonly website: string;
  readonly city: string;
  readonly country: string;
  readonly timeZone: string | null;
  readonly tags: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
}

/** Who a mail comes from. */
export interface MergeSender {
  readonly fromName: string;
  readonly address: string;
  readonly signatureHtml: string;
  readonly postalAddress: string;
  /** Who wrote the mail before, where that was another mailbox; absent or empty = the same. */
  readonly formerName?: string;
}

/** The variables of a template. */
export type MergeScope = Record<string, unknown>;

/**
 * The variables for one person: `contact.first_name` and `first_name`, custom fields as `custom.x`, `contact.custom.x`
 * and `x` (a standard name wins), `sender.*`, `personal.block` and `unsubscribe`. The camel-case names of the API work, too. Templates see
 * own properties only.
 */
export function mergeScope(contact: MergeContact | null, sender: MergeSender, unsubscribe: string | null, personal: string | null = null): MergeScope {
  const block = { block: given(personal) };
  if (contact === null) return { sender: senderScope(sender, 'text'), personal: block, unsubscribe: unsubscribe ?? '' };
  const { firstName, lastName } = contact;
  const first = given(firstName);
  const last = given(lastName);
  const full = firstName === '' ? last : lastName === '' ? first : `${firstName} ${lastName}`;
  const zone = given(contact.timeZone);
  const custom: MergeScope = Object.values(contact.custom).includes('')
    ? Object.fromEntries(Object.entries(contact.custom).map(([name, value]) => [name, given(value)]))
    : contact.custom;
  const person = {
    first_name: first,
    last_name: last,
    full_name: full,
    company: given(contact.company),
    title: given(contact.title),
    email: contact.email,
    domain: contact.email.slice(contact.email.lastIndexOf('@') + 1),
    phone: given(contact.phone),
    website: given(contact.website),
    city: given(contact.city),
    country: given(contact.country),
    time_zone: zone,
    tags: contact.tags,
    firstName: first,
    lastName: last,
    fullName: full,
    timeZone: zone,
    custom,
  };
  const scope: MergeScope = { ...person, contact: person, sender: senderScope(sender, 'text'), personal: block, unsubscribe: unsubscribe ?? '' };
  // Names such as `__proto__` and `constructor` are reached as `custom.…` only.
  for (const name of Object.keys(custom)) if (!(name in scope)) scope[name] = custom[name];
  return scope;
}

function given(value: string | null): unknown {
  return value === null || value === '' ? absent : value;
}

/** `sender.*`: the signature is HTML in the HTML part and text in the others. */
export function senderScope(sender: MergeSender, mode: TemplateMode): MergeScope {
  const { signatureHtml } = sender;
  return {
    name: sender.fromName,
    address: sender.address,
    signature: signatureHtml === '' ? '' : mode === 'html' ? new SafeHtml(signatureHtml) : textOfHtml(signatureHtml),
    postal_address: sender.postalAddress,
    former_name: given(sender.formerName ?? ''),
  };
}
