import type { Contact, ContactStatus, SuppressionReason, ZoneSource } from '../../../shared/schemas/contact.ts';
import type { AddressCheck, AddressVerdict } from '../../../shared/schemas/address-check.ts';
import { companyKeyOf } from '../lib/free-mail.ts';
import type { Tx } from '../store/index.ts';
import { checkAddress } from './address-check.ts';
import { maxCustomFields } from './headers.ts';
import type { IncomingContact } from './row.ts';
import { maxTags, searchable, textFields, uniqueTags, type TextField } from './text.ts';
import { guessZone } from './zone-guess.ts';

/** A row of the contacts table with its JSON columns still as text. */
export interface StoredContact extends Record<TextField, string> {
  id: string;
  email: string;
  domain: string;
  timeZone: string | null;
  guessedZone: string | null;
  zoneSource: ZoneSource | null;
  tags: string;
  custom: string;
  status: ContactStatus;
  addressCheck: string | null;
  source: string;
  consentSource: string;
  consentAt: number | null;
  ownerId: string | null;
  softBounces: number;
  lastSentAt: number | null;
  lastReplyAt: number | null;
  createdAt: number;
  updatedAt: number;
}

/** A contact as the engine's other areas read it. */
export interface ContactRow extends Contact {
  readonly domain: string;
  readonly softBounces: number;
}

/** Select list of `StoredContact`, for `from contacts c`. */
export const contactColumns = `c.id, c.email, c.domain, c.first_name as firstName, c.last_name as lastName, c.company, c.title, c.phone, c.website, c.city, c.country,
  c.time_zone as timeZone, c.guessed_zone as guessedZone, c.zone_source as zoneSource, c.tags, c.custom, c.status, c.address_check as addressCheck, c.source, c.consent_source as consentSource, c.consent_at as consentAt, c.owner_id as ownerId, c.soft_bounces as softBounces, c.last_sent_at as lastSentAt, c.last_reply_at as lastReplyAt,
  c.created_at as createdAt, c.updated_at as updatedAt`;

export function parseContact({ addressCheck, ...row }: StoredContact): ContactRow {
  return {
    ...row,
    check: addressCheck === null ? null : (JSON.parse(addressCheck) as AddressCheck),
    tags: JSON.parse(row.tags) as string[],
    custom: JSON.parse(row.custom) as Record<string, string>,
  };
}

/** The contact as the contract shows it. */
export function toContact(row: ContactRow): Contact {
  const { domain: _domain, softBounces: _softBounces, ...contact } = row;
  return contact;
}

/** Text of the `search` column. */
function searchText(contact: { readonly email: string; readonly firstName: string; readonly lastName: string; readonly company: string }): string {
  return searchable(`${contact.email} ${contact.firstName} ${contact.lastName} ${contact.company}`);
}

/** The status that a suppression gives to the people it covers. */
export function statusFor(reason: SuppressionReason | null): ContactStatus {
  if (reason === null) return 'active';
  if (reason === 'unsubscribed') return 'unsubscribed';
  return reason === 'hard_bounce' ? 'bounced' : 'suppressed';
}

const insertSql = `insert into contacts (id, email, domain, first_name, last_name, company, title, phone, website, city, country, time_zone, guessed_zone, zone_source, tags, custom, status, verdict, address_check, source, consent_source, consent_at, search, company_key, soft_bounces, created_at, updated_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?) on conflict (email) do nothing`;

/** A contact as it is written: JSON columns as text, search text and company key made. */
export interface WritableContact extends Readonly<Record<TextField, string>> {
  readonly email: string;
  readonly domain: string;
  readonly timeZone: string | null;
  readonly consentSource: string;
  readonly consentAt: number | null;
  readonly guessedZone: string | null;
  readonly zoneSource: ZoneSource | null;
  readonly tags: string;
  readonly custom: string;
  readonly search: string;
  readonly companyKey: string;
  readonly verdict: AddressVerdict | null;
  readonly addressCheck: string | null;
}

/** The columns of a guessed zone; empty where the zone is known. */
export function guessColumns(contact: Pick<IncomingContact, 'timeZone' | 'country' | 'city' | 'phone' | 'domain' | 'custom'>): {
  guessedZone: string | null;
  zoneSource: ZoneSource | null;
} {
  const guess = contact.timeZone === null ? guessZone(contact) : null;
  return { guessedZone: guess?.zone ?? null, zoneSource: guess?.source ?? null };
}

/** The columns of what is known of an address; empty where nothing speaks against it and DNS was not asked. */
export function checkColumns(check: AddressCheck | null): { verdict: AddressVerdict | null; addressCheck: string | null } {
  return check === null || (check.verdict === 'unknown' && check.checkedAt === null)
    ? { verdict: null, addressCheck: null }
    : { verdict: check.verdict, addressCheck: JSON.stringify(check) };
}

/** Makes the texts of the JSON and search columns and the company's key, and guesses the zone. Importing does it in the reading thread. */
export function toWritable(contact: IncomingContact): WritableContact {
  return {
    ...contact,
    ...guessColumns(contact),
    ...checkColumns(checkAddress(contact.email)),
    tags: contact.tags.length === 0 ? '[]' : JSON.stringify(contact.tags),
    custom: JSON.stringify(contact.custom),
    search: searchText(contact),
    companyKey: companyKeyOf(contact.company, contact.domain),
  };
}

/** The inverse of `toWritable`. */
export function fromWritable(contact: WritableContact): IncomingContact {
  const { search: _search, companyKey: _companyKey, guessedZone: _zone, zoneSource: _source, verdict: _verdict, addressCheck: _check, ...rest } = contact;
  return { ...rest, tags: JSON.parse(contact.tags) as string[], custom: JSON.parse(contact.custom) as Record<string, string> };
}

/** Inserts a contact; false when the address is known already. */
export function insertContact(tx: Tx, contact: WritableContact, more: { id: string; status: ContactStatus; source: string; at: number }): boolean {
  return (
    tx
      .prepare(insertSql)
      .run(
        more.id,
        contact.email,
        contact.domain,
        contact.firstName,
        contact.lastName,
        contact.company,
        contact.title,
        contact.phone,
        contact.website,
        contact.city,
        contact.country,
        contact.timeZone,
        contact.guessedZone,
        contact.zoneSource,
        contact.tags,
        contact.custom,
        more.status,
        contact.verdict,
        contact.addressCheck,
        more.source,
        contact.consentSource,
        contact.consentAt,
        contact.search,
        contact.companyKey,
        more.at,
        more.at,
      ).changes === 1
  );
}

/** Writes every field a person can change. */
export function updateContact(tx: Tx, contact: ContactRow): void {
  const { guessedZone, zoneSource } = guessColumns(contact);
  const { verdict, addressCheck } = checkColumns(contact.check);
  tx.prepare(
    `update contacts set email = ?, domain = ?, first_name = ?, last_name = ?, company = ?, title = ?, phone = ?, website = ?, city = ?, country = ?, time_zone = ?,
     guessed_zone = ?, zone_source = ?, tags = ?, custom = ?, status = ?, consent_source = ?, consent_at = ?, verdict = ?, address_check = ?, search = ?, company_key = ?, soft_bounces = ?, owner_id = ?, updated_at = ? where id = ?`,
  ).run(
    contact.email,
    contact.domain,
    contact.firstName,
    contact.lastName,
    contact.company,
    contact.title,
    contact.phone,
    contact.website,
    contact.city,
    contact.country,
    contact.timeZone,
    guessedZone,
    zoneSource,
    JSON.stringify(contact.tags),
    JSON.stringify(contact.custom),
    contact.status,
    contact.consentSource,
    contact.consentAt,
    verdict,
    addressCheck,
    searchText(contact),
    companyKeyOf(contact.company, contact.domain),
    contact.softBounces,
    contact.ownerId,
    contact.updatedAt,
    contact.id,
  );
}

/**
 * Merges an incoming row into a known contact: `fill_empty` writes only where nothing stands yet, `overwrite` wherever
 * the row has something; an empty cell never erases, tags are only added. Null when nothing would change.
 */
export function mergeContact(known: ContactRow, incoming: IncomingContact, mode: 'fill_empty' | 'overwrite'): ContactRow | null {
  let changed = false;
  const merged: ContactRow = { ...known };
  const wins = (present: string | null | undefined, next: string | null | undefined): boolean =>
    next !== null && next !== undefined && next !== '' && next !== present && (mode === 'overwrite' || present === null || present === undefined || present === '');
  for (const field of textFields) {
    if (!wins(known[field], incoming[field])) continue;
    merged[field] = incoming[field];
    changed = true;
  }
  if (wins(known.timeZone, incoming.timeZone)) {
    merged.timeZone = incoming.timeZone;
    changed = true;
  }
  // Words and moment of a consent belong together.
  if (wins(known.consentSource, incoming.consentSource)) {
    merged.consentSource = incoming.consentSource;
    merged.consentAt = incoming.consentAt;
    changed = true;
  } else if (
    incoming.consentAt !== null &&
    (known.consentAt === null || mode === 'overwrite') &&
    incoming.consentAt !== known.consentAt &&
    ['', known.consentSource].includes(incoming.consentSource)
  ) {
    merged.consentAt = incoming.consentAt;
    changed = true;
  }
  if (incoming.tags.length > 0) {
    const tags = uniqueTags([...known.tags, ...incoming.tags]).slice(0, maxTags);
    if (tags.length > known.tags.length) {
      merged.tags = tags;
      changed = true;
    }
  }
  const custom = new Map(Object.entries(known.custom));
  for (const [name, text] of Object.entries(incoming.custom)) {
    if (!wins(custom.get(name), text) || (!custom.has(name) && custom.size >= maxCustomFields)) continue;
    custom.set(name, text);
    merged.custom = known.custom;
    changed = true;
  }
  if (!changed) return null;
  merged.custom = Object.fromEntries(custom);
  return merged;
}
