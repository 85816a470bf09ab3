import { outputKeys, splitLiquid, standardTags } from '../../../shared/merge-tags.ts';
import type { PreviewPerson, Variant } from '../../../shared/schemas/sequence.ts';
import type { Store } from '../store/index.ts';

/** So many of the newest people are looked at: enough to find gaps, and quick among a hundred thousand. */
const looked = 400;
const mostLists = 8;

interface Row {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly fields: string;
}

const person = `c.id, c.email, c.first_name as firstName, c.last_name as lastName,
  json_object('first_name', c.first_name, 'last_name', c.last_name, 'full_name', c.first_name || c.last_name, 'company', c.company, 'title', c.title,
    'phone', c.phone, 'website', c.website, 'city', c.city, 'country', c.country, 'time_zone', coalesce(c.time_zone, ''), 'custom', json(c.custom)) as fields`;

/**
 * People worth seeing a mail for: one with a value for everything that it names, one who lacks most of it, one who must not
 * be mailed, and one of each list. Nobody is named twice; what there is not is left out.
 */
export function previewPeople(store: Store, variant: Pick<Variant, 'subject' | 'html' | 'text'>): PreviewPerson[] {
  const named = fieldsIn(`${variant.subject}\n${variant.html}\n${variant.text}`);
  const rows = store.prepareRead(`select ${person} from contacts c where c.status = 'active' order by c.created_at desc, c.id desc limit ?`).all(looked) as Row[];
  const people: PreviewPerson[] = [];
  const taken = new Set<string>();
  const take = (row: Row | undefined, kind: PreviewPerson['kind'], detail: readonly string[]): void => {
    if (row === undefined || taken.has(row.id)) return;
    taken.add(row.id);
    people.push({ contactId: row.id, name: `${row.firstName} ${row.lastName}`.trim() || row.email, email: row.email, kind, detail: [...detail] });
  };
  const scored = rows.map((row) => {
    const has = valuesOf(row);
    return { row, lacks: named.filter((field) => !has(field)), filled: standardFields.filter(has).length };
  });
  const fullest = scored.reduce<(typeof scored)[number] | null>(
    (best, one) => (best === null || one.lacks.length < best.lacks.length || (one.lacks.length === best.lacks.length && one.filled > best.filled) ? one : best),
    null,
  );
  take(fullest?.row, 'full', []);
  const emptiest = scored.reduce<(typeof scored)[number] | null>((worst, one) => (one.lacks.length > (worst?.lacks.length ?? 0) ? one : worst), null);
  take(emptiest?.row, 'gaps', emptiest?.lacks ?? []);
  take(store.prepareRead(`select ${person} from contacts c where c.status <> 'active' order by c.created_at desc limit 1`).get() as Row | undefined, 'suppressed', []);
  const lists = store.prepareRead('select id, name from lists order by name limit ?').all(mostLists) as { id: string; name: string }[];
  for (const list of lists) {
    const members = store
      .prepareRead(`select ${person} from list_members m join contacts c on c.id = m.contact_id where m.list_id = ? and c.status = 'active' limit 20`)
      .all(list.id) as Row[];
    take(
      members.find(({ id }) => !taken.has(id)),
      'list',
      [list.name],
    );
  }
  return people;
}

const standardFields = standardTags.map(({ tag }) => tag).filter((tag) => !/^(?:sender|unsubscribe|email|domain)/.test(tag));

/** The fields of a person that a mail names, standard ones by name, custom ones as `custom.x`. */
function fieldsIn(source: string): string[] {
  const fields = splitLiquid(source).flatMap(({ liquid, text }) => {
    const [root, ...rest] = (liquid ? outputKeys(text) : null) ?? [];
    const path = root === 'contact' ? rest : root === undefined ? [] : [root, ...rest];
    const [first, second] = path;
    if (first === undefined || ['sender', 'unsubscribe', 'email', 'domain', 'tags'].includes(first)) return [];
    if (first === 'custom') return second === undefined ? [] : [`custom.${second}`];
    return [standardFields.includes(first) ? first : `custom.${first}`];
  });
  return [...new Set(fields)];
}

function valuesOf(row: Row): (field: string) => boolean {
  const { custom, ...standard } = JSON.parse(row.fields) as Record<string, string> & { custom: Record<string, string> };
  return (field) => ((field.startsWith('custom.') ? custom[field.slice('custom.'.length)] : standard[field]) ?? '').trim() !== '';
}
