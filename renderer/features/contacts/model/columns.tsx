import { Text } from '@mantine/core';
import type { Contact, ContactPatch, CustomField } from '../../../../shared/schemas/contact.ts';
import type { Profile } from '../../../../shared/schemas/team.ts';
import type { Column } from '../../../components/data-table.tsx';
import { StateBadge } from '../../../components/state-badge.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { t, type MessageKey } from '../../../lib/messages/index.ts';
import { flagWords, nameOf } from '../words.ts';

type TextKey = 'firstName' | 'lastName' | 'company' | 'title' | 'phone' | 'website' | 'city' | 'country';

/** Saves one change of a contact made in a cell; it can be taken back by saving `before`. */
export type SaveCell = (contact: Contact, column: string, patch: ContactPatch, before: ContactPatch) => Promise<void>;

const texts: readonly { id: string; key: TextKey; sortField?: string; grow?: number }[] = [
  { id: 'first_name', key: 'firstName', sortField: 'firstName', grow: 0.8 },
  { id: 'last_name', key: 'lastName', sortField: 'lastName', grow: 0.8 },
  { id: 'company', key: 'company', sortField: 'company', grow: 1.2 },
  { id: 'title', key: 'title' },
  { id: 'phone', key: 'phone' },
  { id: 'website', key: 'website' },
  { id: 'city', key: 'city', grow: 0.8 },
  { id: 'country', key: 'country', grow: 0.8 },
];

const fixed: readonly Column<Contact>[] = [
  { id: 'person', header: t('contacts.person'), grow: 2, sortField: 'name', cell: (contact) => <PersonCell contact={contact} /> },
  { id: 'name', header: t('contacts.name'), grow: 1.3, sortField: 'name', cell: nameOf },
  { id: 'email', header: t('contacts.email'), grow: 1.6, sortField: 'email', cell: (contact) => contact.email },
  { id: 'status', header: t('contacts.status'), width: 122, sortField: 'status', cell: (contact) => <StateBadge kind="contactStatus" state={contact.status} /> },
  {
    id: 'verdict',
    header: t('contacts.verdict'),
    width: 150,
    cell: (contact) => <StateBadge kind="addressVerdict" state={contact.check?.verdict ?? 'unknown'} detail={flagWords(contact)} />,
  },
  { id: 'time_zone', header: t('contacts.field.timeZone'), grow: 0.9, cell: (contact) => contact.timeZone ?? contact.guessedZone ?? '' },
  { id: 'source', header: t('contacts.source'), cell: (contact) => contact.source },
  { id: 'consent_at', header: t('contacts.consentGiven'), width: 132, cell: (contact) => <TimeText at={contact.consentAt} never="" /> },
  { id: 'lastSent', header: t('contacts.lastSent'), width: 132, sortField: 'lastSentAt', cell: (contact) => <TimeText at={contact.lastSentAt} never={t('contacts.never')} /> },
  { id: 'lastReply', header: t('contacts.lastReply'), width: 132, sortField: 'lastReplyAt', cell: (contact) => <TimeText at={contact.lastReplyAt} never={t('contacts.never')} /> },
  { id: 'added', header: t('contacts.added'), width: 132, sortField: 'createdAt', cell: (contact) => <TimeText at={contact.createdAt} /> },
];

/** With room, name and address have a column each; else they share one. */
export const usualColumns = {
  wide: ['name', 'email', 'company', 'status', 'tags', 'lastSent', 'lastReply', 'added'],
  narrow: ['person', 'company', 'status', 'tags', 'lastSent'],
} as const;

/** Every column that the table of contacts can show; the owner only where there is a team. */
export function contactColumns(custom: readonly string[], definitions: readonly CustomField[], save: SaveCell, people: readonly Profile[]): Column<Contact>[] {
  const text = ({ id, key, sortField, grow = 1 }: (typeof texts)[number]): Column<Contact> => {
    const header = t(`contacts.field.${key}` as MessageKey);
    return {
      id,
      header,
      grow,
      ...(sortField === undefined ? {} : { sortField }),
      cell: (contact) => contact[key],
      edit: { value: (contact) => contact[key], save: (contact, value) => save(contact, header, { [key]: value }, { [key]: contact[key] }) },
    };
  };
  const tags: Column<Contact> = {
    id: 'tags',
    header: t('contacts.tags'),
    grow: 0.8,
    cell: (contact) => contact.tags.join(', '),
    edit: {
      value: (contact) => contact.tags.join(', '),
      save: (contact, value) => save(contact, t('contacts.tags'), { tags: splitTags(value) }, { tags: contact.tags }),
    },
  };
  const own = (name: string): Column<Contact> => {
    const definition = definitions.find((field) => field.name === name);
    return {
      id: `custom.${name}`,
      header: name,
      grow: 0.8,
      ...(definition?.type === 'number' ? { align: 'right' as const } : {}),
      cell: (contact) => contact.custom[name] ?? '',
      edit: {
        value: (contact) => contact.custom[name] ?? '',
        save: (contact, value) => save(contact, name, { custom: { ...contact.custom, [name]: value } }, { custom: contact.custom }),
        ...(definition?.type === 'choice' ? { choices: definition.choices } : {}),
      },
    };
  };
  const consent: Column<Contact> = {
    id: 'consent_source',
    header: t('contacts.consent'),
    cell: (contact) => contact.consentSource,
    edit: {
      value: (contact) => contact.consentSource,
      save: (contact, value) => save(contact, t('contacts.consent'), { consentSource: value }, { consentSource: contact.consentSource }),
    },
  };
  const owner: Column<Contact> = { id: 'owner', header: t('team.owner'), grow: 0.8, cell: ({ ownerId }) => people.find(({ id }) => id === ownerId)?.name ?? '' };
  return [...fixed, ...texts.map(text), tags, consent, ...(people.length > 1 ? [owner] : []), ...custom.map(own)];
}

function splitTags(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** The columns of these names, in their order; names that are not known any more are left out. */
export function chosenColumns(all: readonly Column<Contact>[], names: readonly string[]): Column<Contact>[] {
  return names.flatMap((name) => all.find(({ id }) => id === name) ?? []);
}

function PersonCell({ contact }: { readonly contact: Contact }) {
  const name = nameOf(contact);
  return (
    <div>
      <Text size="sm" fw={600} className="h-ellipsis" title={name}>
        {name}
      </Text>
      {name !== contact.email && (
        <Text size="xs" c="dimmed" className="h-ellipsis" title={contact.email}>
          {contact.email}
        </Text>
      )}
    </div>
  );
}
