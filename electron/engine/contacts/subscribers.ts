import { AppError } from '../../../shared/errors.ts';
import type { Contact, ContactInput, ContactPatch, CustomField } from '../../../shared/schemas/contact.ts';
import type { Actor } from '../../../shared/schemas/event.ts';
import { parseAddress } from '../lib/address.ts';
import { ok } from '../lib/result.ts';
import type { Store, Tx } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import type { CustomFields } from './custom-fields.ts';
import { checkAddress } from './address-check.ts';
import { fieldValue } from './field-types.ts';
import { findContacts, type ContactQuery } from './find.ts';
import { customFieldName, isReservedName, maxCustomFields } from './headers.ts';
import { addMembers } from './lists.ts';
import { contactColumns, insertContact, parseContact, statusFor, toContact, toWritable, updateContact, type ContactRow, type StoredContact } from './rows.ts';
import type { Segments } from './segments.ts';
import { breathe, inSlices } from './slices.ts';
import type { Suppressions } from './suppressions.ts';
import { camel, manyLines, oneLine, textFields, uniqueTags } from './text.ts';

export type Subscribers = ReturnType<typeof createSubscribers>;

export function createSubscribers(deps: ContactsDeps, suppressions: Suppressions, segments: Segments, customFields: CustomFields) {
  const { store, events, clock, ids } = deps;
  const names = createNames(store);

  /** The contact's row inside a transaction, null when it does not exist. */
  function rowIn(tx: Tx, id: string): ContactRow | null {
    const found = tx.prepare(`select ${contactColumns} from contacts c where c.id = ?`).get(id) as StoredContact | undefined;
    return found === undefined ? null : parseContact(found);
  }

  function read(tx: Tx, id: string): ContactRow {
    const found = rowIn(tx, id);
    if (found === null) throw gone();
    return found;
  }

  /** The contact's row, null when it does not exist. */
  function row(id: string): ContactRow | null {
    const found = store.prepareRead(`select ${contactColumns} from contacts c where c.id = ?`).get(id) as StoredContact | undefined;
    return found === undefined ? null : parseContact(found);
  }

  /** The contact with this address in any spelling, null when there is none. */
  function findByAddress(email: string): ContactRow | null {
    const parsed = parseAddress(email);
    if (!parsed.ok) return null;
    const found = store.prepareRead(`select ${contactColumns} from contacts c where c.email = ?`).get(parsed.value.email) as StoredContact | undefined;
    return found === undefined ? null : parseContact(found);
  }

  function create(input: ContactInput): Contact {
    const address = addressOf(input.email);
    const custom = cleanCustom(input.custom, {}, customFields.all());
    return store.transaction((tx) => {
      const id = ids.next();
      const at = clock.now();
      suppressions.refuseErased((sql) => tx.prepare(sql), address.email);
      refuseMerged(tx, address.email);
      const status = statusFor(suppressions.reasonOf((sql) => tx.prepare(sql), address.email, address.domain));
      const texts = Object.fromEntries(textFields.map((field) => [field, oneLine(input[field])])) as Record<(typeof textFields)[number], string>;
      const contact = toWritable({
        ...address,
        ...texts,
        timeZone: input.timeZone,
        consentSource: oneLine(input.consentSource ?? ''),
        consentAt: input.consentAt ?? null,
        tags: uniqueTags(input.tags),
        custom,
      });
      if (!insertContact(tx, contact, { id, status, source: 'by hand', at })) throw taken(address.email);
      for (const listId of new Set(input.listIds ?? [])) addMembers(tx, listId, [id], at);
      tx.afterCommit(() => names.forget());
      events.append(tx, { type: 'contact_created', actor: 'person', contactId: id });
      return toContact(read(tx, id));
    });
  }

  function update({ id, ...patch }: ContactPatch & { id: string }): Contact {
    return store.transaction((tx) => changeTo(tx, read(tx, id), patch, 'person', true));
  }

  function changeTo(tx: Tx, known: ContactRow, patch: ContactPatch, actor: Actor, checked: boolean): Contact {
    const { id } = known;
    const next: ContactRow = { ...known };
    for (const field of textFields) {
      const text = patch[field];
      if (text !== undefined) next[field] = oneLine(text);
    }
    if (patch.timeZone !== undefined) next.timeZone = patch.timeZone;
    if (patch.consentSource !== undefined) next.consentSource = oneLine(patch.consentSource);
    if (patch.consentAt !== undefined) next.consentAt = patch.consentAt;
    if (patch.ownerId !== undefined) next.ownerId = ownerOf(tx, patch.ownerId);
    if (patch.tags !== undefined) next.tags = uniqueTags(patch.tags);
    if (patch.custom !== undefined) next.custom = cleanCustom(patch.custom, known.custom, checked ? customFields.allIn(tx) : []);
    const keyed = patch.email === undefined ? next : rekey(tx, next, patch.email);
    const fields = Object.keys(patch).filter((key) => JSON.stringify(keyed[key as keyof ContactRow]) !== JSON.stringify(known[key as keyof ContactRow]));
    if (fields.length === 0) return toContact(known);
    updateContact(tx, { ...keyed, updatedAt: clock.now() });
    tx.afterCommit(() => names.forget());
    events.append(tx, { type: 'contact_updated', actor, contactId: id, data: { fields } });
    return toContact(read(tx, id));
  }

  function refuseMerged(tx: Tx, email: string): void {
    const holder = tx.prepare('select c.email from contact_aliases a join contacts c on c.id = a.contact_id where a.email = ? and a.merged = 1').get(email) as
      { email: string } | undefined;
    if (holder === undefined) return;
    const sentence = `This address belongs to ${holder.email}: the two contacts were merged.`;
    throw new AppError('conflict', sentence, { fields: { email: sentence } });
  }

  function ownerOf(tx: Pick<Tx, 'prepare'>, profileId: string | null): string | null {
    if (profileId === null || tx.prepare('select 1 from profiles where id = ?').get(profileId) !== undefined) return profileId;
    throw new AppError('validation', 'There is no such person in this workspace.', { fields: { ownerId: 'No such person' } });
  }

  /**
   * Changes a contact inside another transaction; `patch` sees the contact as it is. A contact that is gone stays gone.
   * What a rule writes into a custom field is not held to the field's type: it would stop the rule.
   */
  function change(tx: Tx, id: string, actor: Actor, patch: (contact: ContactRow) => ContactPatch, checked = actor === 'person'): void {
    const known = rowIn(tx, id);
    if (known !== null) changeTo(tx, known, patch(known), actor, checked);
  }

  /** Throws AppError validation where a value could not be set for anybody. */
  function checkValue(field: string, value: string): void {
    if (!field.startsWith('custom.')) return void camel(field);
    cleanCustom({ [field.slice('custom.'.length)]: value }, {}, customFields.all());
  }

  // A new address is a new key: suppression and bounces belong to the address, not to the person.
  function rekey(tx: Tx, contact: ContactRow, email: string): ContactRow {
    const address = addressOf(email);
    if (address.email === contact.email) return contact;
    const other = tx.prepare('select id from contacts where email = ?').get(address.email);
    if (other !== undefined) throw taken(address.email);
    suppressions.refuseErased((sql) => tx.prepare(sql), address.email);
    const status = statusFor(suppressions.reasonOf((sql) => tx.prepare(sql), address.email, address.domain));
    return { ...contact, email: address.email, domain: address.domain, status, check: checkAddress(address.email), softBounces: 0 };
  }

  /** Deletes people inside another transaction; returns how many there were. */
  function removeIn(tx: Tx, contactIds: readonly string[], reason: 'erased' | null = null): number {
    const known = contactIds.filter((id) => tx.prepare('select 1 from contacts where id = ?').get(id) !== undefined);
    if (known.length === 0) return 0;
    tx.afterCommit(() => names.forget());
    deps.onRemoved?.(tx, known);
    for (const id of known) {
      tx.prepare('delete from contacts where id = ?').run(id);
      events.append(tx, { type: 'contact_deleted', actor: 'person', reason, contactId: id });
    }
    return known.length;
  }

  function removeAll(contactIds: readonly string[]): number {
    return store.transaction((tx) => removeIn(tx, contactIds));
  }

  /** A deleted contact was put back as it was: what was suppressed since stays so. */
  function restored(tx: Tx, id: string, at: number): void {
    const { email, domain } = read(tx, id);
    const reason = suppressions.reasonOf((sql) => tx.prepare(sql), email, domain);
    if (reason !== null) tx.prepare('update contacts set status = ?, updated_at = ? where id = ?').run(statusFor(reason), at, id);
    tx.afterCommit(() => names.forget());
    events.append(tx, { type: 'contact_created', actor: 'person', reason: 'undo', contactId: id });
  }

  return {
    row,
    /** Throws AppError validation for somebody who is not of the team. */
    checkOwner: (profileId: string | null) => void ownerOf({ prepare: store.prepareRead }, profileId),
    findByAddress,
    create,
    update,
    change,
    rowIn,
    removeIn,
    restored,
    checkValue,
    list: (query: ContactQuery) => findContacts(store, segments, query),
    get({ id }: { id: string }): Contact & { lists: { id: string; name: string }[]; otherAddresses: string[] } {
      const found = row(id);
      if (found === null) throw gone();
      const lists = store.prepareRead('select l.id, l.name from list_members m join lists l on l.id = m.list_id where m.contact_id = ? order by l.name collate nocase').all(id) as {
        id: string;
        name: string;
      }[];
      const aliases = store.prepareRead('select email from contact_aliases where contact_id = ? order by created_at, email').all(id) as { email: string }[];
      return { ...toContact(found), lists, otherAddresses: aliases.map(({ email }) => email) };
    },
    /** Deletes the person; a suppression of the address stays. */
    remove({ id }: { id: string }): { id: string; deleted: true } {
      if (removeAll([id]) === 0) throw gone();
      return { id, deleted: true };
    },
    async removeMany({ ids: contactIds }: { ids: string[] }): Promise<{ deleted: number }> {
      let deleted = 0;
      await inSlices([...new Set(contactIds)], 200, (slice) => {
        deleted += removeAll(slice);
      });
      return { deleted };
    },
    /** Custom fields in use or defined, tags in use, and what is known of the fields' values. */
    async fields(): Promise<Names & { definitions: CustomField[] }> {
      const { custom, tags } = await names.read();
      const definitions = customFields.all();
      return { custom: sorted(new Set([...custom, ...definitions.map(({ name }) => name)])), tags, definitions };
    },
    /** To be called when contacts were written elsewhere. */
    forgetNames: () => names.forget(),
  };
}

interface Names {
  readonly custom: string[];
  readonly tags: string[];
}

/** Names of custom fields and tags in use, read in slices of rows and kept until a contact is written. */
function createNames(store: Store): { read(): Promise<Names>; forget(): void } {
  let kept: Promise<Names> | null = null;

  async function readAll(): Promise<Names> {
    const custom = new Set<string>();
    const tags = new Set<string>();
    const { last } = store.prepareRead('select coalesce(max(rowid), 0) as last from contacts').get() as { last: number };
    for (let from = 0; from < last; from += sliceOfNames) {
      if (from > 0) await breathe();
      const range = [from, from + sliceOfNames];
      for (const { name } of store.prepareRead('select distinct j.key as name from contacts c, json_each(c.custom) j where c.rowid > ? and c.rowid <= ?').all(...range) as {
        name: string;
      }[])
        custom.add(name);
      for (const { name } of store.prepareRead('select distinct j.value as name from contacts c, json_each(c.tags) j where c.rowid > ? and c.rowid <= ?').all(...range) as {
        name: string;
      }[])
        tags.add(name);
    }
    return { custom: sorted(custom), tags: sorted(tags) };
  }

  return {
    read: () => (kept ??= readAll()),
    forget: () => (kept = null),
  };
}

const sliceOfNames = 5000;
const manyNames = 1000;

function sorted(names: ReadonlySet<string>): string[] {
  return [...names].sort((a, b) => (a < b ? -1 : 1)).slice(0, manyNames);
}

function addressOf(text: string): { email: string; domain: string } {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new AppError('validation', `${parsed.error}.`, { fields: { email: `${parsed.error}.` } });
  return { email: parsed.value.email, domain: parsed.value.domain };
}

/** Custom fields under their proper names, without empty ones. Values that differ from the known ones must be of their field's type. */
function cleanCustom(custom: Readonly<Record<string, string>>, known: Readonly<Record<string, string>>, definitions: readonly CustomField[]): Record<string, string> {
  const clean = new Map<string, string>();
  for (const [key, value] of Object.entries(custom)) {
    const name = customFieldName(key);
    if (name === null || isReservedName(name)) {
      const sentence = name === null ? 'A custom field needs a name with letters or digits.' : `“${name}” is a standard field; choose another name.`;
      throw new AppError('validation', sentence, { fields: { [`custom.${key}`]: sentence } });
    }
    const text = manyLines(value);
    const definition = text === known[name] ? undefined : definitions.find((field) => field.name === name);
    const kept = definition === undefined ? ok(text) : fieldValue(definition, text);
    if (!kept.ok) throw new AppError('validation', `${name}: ${kept.error}.`, { fields: { [`custom.${key}`]: `${kept.error}.` } });
    if (kept.value !== '') clean.set(name, kept.value);
  }
  if (clean.size > maxCustomFields)
    throw new AppError('validation', `A contact can have at most ${maxCustomFields} custom fields.`, { fields: { custom: `At most ${maxCustomFields}` } });
  return Object.fromEntries(clean);
}

function gone(): AppError {
  return new AppError('not_found', 'This contact does not exist any more.');
}

function taken(email: string): AppError {
  return new AppError('conflict', `There is already a contact with the address ${email}.`, { fields: { email: 'Already a contact' } });
}
