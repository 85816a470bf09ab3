import type { BulkAction } from '../../../shared/schemas/bulk.ts';
import type { ContactPatch } from '../../../shared/schemas/contact.ts';
import type { Tx } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import type { Lists } from './lists.ts';
import type { ContactRow } from './rows.ts';
import type { Subscribers } from './subscribers.ts';
import type { Suppressions } from './suppressions.ts';
import { camel } from './text.ts';

/** What takes one contact's part of a change back. */
type Before =
  | { readonly tags: readonly string[] }
  | { readonly value: string; readonly became: string }
  | { readonly ownerId: string | null }
  | { readonly suppressionId: string }
  | { readonly row: Readonly<Record<string, unknown>>; readonly lists: readonly Member[]; readonly aliases: readonly Alias[] }
  | Record<never, never>;

interface Member {
  readonly list_id: string;
  readonly added_at: number;
}
interface Alias {
  readonly email: string;
  readonly created_at: number;
}

/** What a bulk action does to one contact, and how that is taken back. */
export function createBulkActions({ clock }: ContactsDeps, parts: { suppressions: Suppressions; lists: Lists; subscribers: Subscribers }) {
  const { suppressions, lists, subscribers } = parts;
  const low = (tags: readonly string[]) => new Set(tags.map((tag) => tag.toLowerCase()));

  /** Null = the contact is gone, or nothing changed. */
  function apply(tx: Tx, contactId: string, action: BulkAction): Before | null {
    const contact = subscribers.rowIn(tx, contactId);
    if (contact === null) return null;
    switch (action.kind) {
      case 'add_tags': {
        const own = low(contact.tags);
        const added = action.tags.filter((tag) => !own.has(tag.toLowerCase()));
        if (added.length === 0) return null;
        subscribers.change(tx, contactId, 'person', ({ tags }) => ({ tags: [...tags, ...added] }));
        return { tags: added };
      }
      case 'remove_tags': {
        const gone = low(action.tags);
        const removed = contact.tags.filter((tag) => gone.has(tag.toLowerCase()));
        if (removed.length === 0) return null;
        subscribers.change(tx, contactId, 'person', ({ tags }) => ({ tags: tags.filter((tag) => !gone.has(tag.toLowerCase())) }));
        return { tags: removed };
      }
      case 'add_to_list':
        return lists.addIn(tx, action.listId, contactId) === 'added' ? {} : null;
      case 'remove_from_list':
        return lists.removeIn(tx, action.listId, contactId) ? {} : null;
      case 'set_field': {
        const value = valueOf(contact, action.field);
        subscribers.change(tx, contactId, 'person', (known) => patchOf(known, action.field, action.value));
        const after = subscribers.rowIn(tx, contactId);
        const became = after === null ? value : valueOf(after, action.field);
        return became === value ? null : { value, became };
      }
      case 'set_owner': {
        if (contact.ownerId === action.ownerId) return null;
        subscribers.change(tx, contactId, 'person', () => ({ ownerId: action.ownerId }));
        return { ownerId: contact.ownerId };
      }
      case 'suppress': {
        const { suppression, isNew } = suppressions.suppress(tx, { kind: 'address', value: contact.email, reason: 'by_hand', note: action.note, actor: 'person' });
        return isNew ? { suppressionId: suppression.id } : null;
      }
      case 'check_addresses':
        return null;
      case 'delete': {
        const row = tx.prepare('select * from contacts where id = ?').get(contactId) as Record<string, unknown>;
        const memberships = tx.prepare('select list_id, added_at from list_members where contact_id = ?').all(contactId) as Member[];
        const aliases = tx.prepare('select email, created_at from contact_aliases where contact_id = ?').all(contactId) as Alias[];
        subscribers.removeIn(tx, [contactId]);
        return { row, lists: memberships, aliases };
      }
    }
  }

  function takeBack(tx: Tx, contactId: string, action: BulkAction, before: Before): void {
    const contact = subscribers.rowIn(tx, contactId);
    if ('row' in before) {
      if (contact === null && tx.prepare('select 1 from contacts where email = ?').get(before.row['email']) === undefined) restore(tx, contactId, before);
      return;
    }
    if (contact === null) return;
    if ('tags' in before) {
      const theirs = low(before.tags);
      const others = contact.tags.filter((tag) => !theirs.has(tag.toLowerCase()));
      return subscribers.change(tx, contactId, 'person', () => ({ tags: action.kind === 'add_tags' ? others : [...others, ...before.tags] }));
    }
    if ('value' in before) {
      // Somebody has written something else since: that stays.
      if (action.kind !== 'set_field' || valueOf(contact, action.field) !== before.became) return;
      return subscribers.change(tx, contactId, 'person', (known) => patchOf(known, action.field, before.value), false);
    }
    if ('ownerId' in before) {
      // Somebody has given it away since, or the former owner has left: that stays.
      if (action.kind !== 'set_owner' || contact.ownerId !== action.ownerId) return;
      const former = before.ownerId !== null && tx.prepare('select 1 from profiles where id = ?').get(before.ownerId) === undefined ? null : before.ownerId;
      return subscribers.change(tx, contactId, 'person', () => ({ ownerId: former }));
    }
    if ('suppressionId' in before) return suppressions.liftIn(tx, before.suppressionId);
    if (action.kind === 'add_to_list') lists.removeIn(tx, action.listId, contactId);
    else if (action.kind === 'remove_from_list') lists.addIn(tx, action.listId, contactId);
  }

  function restore(tx: Tx, contactId: string, { row, lists: memberships, aliases }: Extract<Before, { row: unknown }>): void {
    // The names are those of the table's own columns.
    const names = Object.keys(row);
    tx.prepare(`insert into contacts (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`).run(...names.map((name) => row[name]));
    const add = tx.prepare('insert or ignore into list_members (list_id, contact_id, added_at) select id, ?, ? from lists where id = ?');
    for (const member of memberships) add.run(contactId, member.added_at, member.list_id);
    for (const alias of aliases) tx.prepare('insert or ignore into contact_aliases (email, contact_id, created_at) values (?, ?, ?)').run(alias.email, contactId, alias.created_at);
    subscribers.restored(tx, contactId, clock.now());
  }

  return {
    apply,
    takeBack,
    /** Throws AppError where an action could not be done to anybody. */
    check(action: BulkAction): void {
      if (action.kind === 'add_to_list' || action.kind === 'remove_from_list') lists.get({ id: action.listId });
      if (action.kind === 'set_owner') subscribers.checkOwner(action.ownerId);
      if (action.kind === 'set_field') subscribers.checkValue(action.field, action.value);
    },
  };
}

function customName(field: string): string | null {
  return field.startsWith('custom.') ? field.slice('custom.'.length) : null;
}

function valueOf(contact: ContactRow, field: string): string {
  const name = customName(field);
  return name === null ? contact[camel(field)] : (contact.custom[name] ?? '');
}

function patchOf(contact: ContactRow, field: string, value: string): ContactPatch {
  const name = customName(field);
  return name === null ? { [camel(field)]: value } : { custom: { ...contact.custom, [name]: value } };
}
