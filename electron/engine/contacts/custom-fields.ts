import { AppError } from '../../../shared/errors.ts';
import type { CustomField } from '../../../shared/schemas/contact.ts';
import type { Tx } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import { fieldValue } from './field-types.ts';
import { customFieldName, isReservedName, maxCustomFields } from './headers.ts';
import { breathe } from './slices.ts';

export type CustomFields = ReturnType<typeof createCustomFields>;

const columns = 'name, type, choices';
const sliceOfRows = 5000;

/** What the values of custom fields are: definitions by name. A field without one holds any text. */
export function createCustomFields({ store, clock }: ContactsDeps) {
  function all(prepare: Tx['prepare']): CustomField[] {
    return (prepare(`select ${columns} from custom_fields order by name`).all() as (Omit<CustomField, 'choices'> & { choices: string })[]).map((row) => ({
      ...row,
      choices: JSON.parse(row.choices) as string[],
    }));
  }

  /** Stored values that are not what the type wants: they stay as they are, and a person can look for them. */
  async function misfits(field: CustomField): Promise<number> {
    if (field.type === 'text') return 0;
    let count = 0;
    const { last } = store.prepareRead('select coalesce(max(rowid), 0) as last from contacts').get() as { last: number };
    for (let from = 0; from < last; from += sliceOfRows) {
      if (from > 0) await breathe();
      const values = store
        .prepareRead(`select c.custom ->> ? as value from contacts c where c.rowid > ? and c.rowid <= ? and coalesce(c.custom ->> ?, '') <> ''`)
        .all(field.name, from, from + sliceOfRows, field.name) as { value: string }[];
      for (const { value } of values) {
        const kept = fieldValue(field, value);
        if (!kept.ok || kept.value !== value) count += 1;
      }
    }
    return count;
  }

  return {
    all: () => all((sql) => store.prepareRead(sql)),
    allIn: (tx: Tx) => all((sql) => tx.prepare(sql)),
    /** Says what the values of a field are. Stored values stay; `misfits` says how many are something else. */
    async define(input: CustomField): Promise<CustomField & { misfits: number }> {
      const name = customFieldName(input.name);
      if (name === null || isReservedName(name)) {
        const sentence = name === null ? 'A custom field needs a name with letters or digits.' : `“${name}” is a standard field; choose another name.`;
        throw new AppError('validation', sentence, { fields: { name: sentence } });
      }
      const choices = input.type === 'choice' ? [...new Map(input.choices.map((choice) => [choice.toLowerCase(), choice])).values()] : [];
      if (input.type === 'choice' && choices.length === 0) throw new AppError('validation', 'A choice field needs at least one choice.', { fields: { choices: 'At least one' } });
      const at = clock.now();
      store.transaction((tx) => {
        const { n } = tx.prepare('select count(*) as n from custom_fields where name <> ?').get(name) as { n: number };
        if (n >= maxCustomFields) throw new AppError('validation', `At most ${maxCustomFields} custom fields can be defined.`);
        tx.prepare(
          `insert into custom_fields (name, type, choices, created_at, updated_at) values (?, ?, ?, ?, ?)
           on conflict (name) do update set type = excluded.type, choices = excluded.choices, updated_at = excluded.updated_at`,
        ).run(name, input.type, JSON.stringify(choices), at, at);
      });
      const field = { name, type: input.type, choices };
      return { ...field, misfits: await misfits(field) };
    },
    /** The field holds any text from now on; its values stay. */
    forget({ name }: { name: string }): { id: string; deleted: true } {
      const removed = store.transaction((tx) => tx.prepare('delete from custom_fields where name = ?').run(name).changes);
      if (removed === 0) throw new AppError('not_found', 'This field has no definition.');
      return { id: name, deleted: true };
    },
  };
}
