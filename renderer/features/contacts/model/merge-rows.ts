import type { Contact } from '../../../../shared/schemas/contact.ts';
import { t } from '../../../lib/messages/index.ts';

export interface MergeRow {
  /** As `take` of a merge names it. */
  readonly field: string;
  readonly label: string;
  /** Empty = this contact says nothing. */
  readonly first: string;
  readonly second: string;
  readonly differs: boolean;
}

const standard = ['firstName', 'lastName', 'company', 'title', 'phone', 'website', 'city', 'country', 'timeZone'] as const;

/** What two contacts say of themselves, field by field; fields that are empty in both are left out. */
export function mergeRows(first: Contact, second: Contact, words: { owner: (id: string) => string; date: (at: number) => string }): MergeRow[] {
  const row = (field: string, label: string, of: (contact: Contact) => string): MergeRow => ({
    field,
    label,
    first: of(first),
    second: of(second),
    differs: of(first) !== of(second),
  });
  const custom = [...new Set([...Object.keys(first.custom), ...Object.keys(second.custom)])].sort();
  return [
    ...standard.map((field) => row(field, t(`contacts.field.${field}`), (contact) => contact[field] ?? '')),
    row('ownerId', t('team.owner'), ({ ownerId }) => (ownerId === null ? '' : words.owner(ownerId))),
    row('consent', t('contacts.consentGiven'), ({ consentSource, consentAt }) => [consentSource, consentAt === null ? '' : words.date(consentAt)].filter(Boolean).join(', ')),
    ...custom.map((name) => row(`custom.${name}`, name, (contact) => contact.custom[name] ?? '')),
    // Tags of both are kept: there is nothing to choose.
    { ...row('tags', t('contacts.field.tags'), ({ tags }) => tags.join(', ')), differs: false },
  ].filter((each) => each.first !== '' || each.second !== '');
}
