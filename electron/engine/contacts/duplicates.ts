import type { DuplicatePair, DuplicateReason } from '../../../shared/schemas/duplicate.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Store } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import { duplicateKeys, type Comparable } from './duplicate-keys.ts';
import { contactColumns, parseContact, toContact, type StoredContact } from './rows.ts';
import { breathe } from './slices.ts';

const sliceOfRows = 2000;
/** More people than this with one key share something else: a switchboard, a form's test value. */
const mostAlike = 8;

interface Pair {
  readonly first: string;
  readonly second: string;
  readonly reasons: DuplicateReason[];
}

export type Duplicates = ReturnType<typeof createDuplicates>;

/** Finds contacts that are probably one person. The whole table is looked through in slices; the answer is kept until a contact changes. */
export function createDuplicates({ store, clock }: Pick<ContactsDeps, 'store' | 'clock'>) {
  let kept: { readonly state: string; readonly pairs: Promise<readonly Pair[]> } | null = null;

  function stateOf(): string {
    const row = store.prepareRead('select count(*) as n, max(updated_at) as at, (select count(*) from distinct_people) as told from contacts').get();
    return JSON.stringify(row);
  }

  function pairs(): Promise<readonly Pair[]> {
    const state = stateOf();
    if (kept?.state !== state) {
      const found = findPairs(store);
      kept = { state, pairs: found };
      found.catch(() => (kept = null));
    }
    return kept.pairs;
  }

  return {
    /** Pairs, the surest first; `offset` counts pairs. */
    async list({ offset, limit }: { offset: number; limit: number }): Promise<{ items: DuplicatePair[]; total: number }> {
      const found = await pairs();
      const page = found.slice(offset, offset + limit);
      const ids = JSON.stringify(page.flatMap(({ first, second }) => [first, second]));
      const rows = store.prepareRead(`select ${contactColumns} from contacts c where c.id in (select value from json_each(?))`).all(ids) as StoredContact[];
      const people = new Map(rows.map((row) => [row.id, toContact(parseContact(row))]));
      const items = page.flatMap(({ first, second, reasons }) => {
        const [one, other] = [people.get(first), people.get(second)];
        return one === undefined || other === undefined ? [] : [{ first: one, second: other, reasons }];
      });
      return { items, total: found.length };
    },
    /** Two people who only look alike: the pair is not shown again. */
    dismiss({ ids }: { ids: readonly [string, string] }): { dismissed: true } {
      const [a, b] = [...ids].sort();
      if (a === b) throw new AppError('validation', 'Name two different contacts.', { fields: { ids: 'Two different contacts' } });
      store.transaction((tx) => tx.prepare('insert into distinct_people (a_id, b_id, created_at) values (?, ?, ?) on conflict do nothing').run(a, b, clock.now()));
      return { dismissed: true };
    },
  };
}

async function findPairs(store: Store): Promise<readonly Pair[]> {
  const alike = new Map<string, string[]>();
  const { last } = store.prepareRead('select coalesce(max(rowid), 0) as last from contacts').get() as { last: number };
  const read = store.prepareRead(
    `select id, email, first_name as firstName, last_name as lastName, phone, website, company_key as companyKey, custom from contacts where rowid > ? and rowid <= ? order by rowid`,
  );
  for (let from = 0; from < last; from += sliceOfRows) {
    await breathe();
    for (const row of read.all(from, from + sliceOfRows) as (Comparable & { id: string })[]) {
      for (const key of duplicateKeys(row)) {
        const known = alike.get(key);
        if (known === undefined) alike.set(key, [row.id]);
        else if (known.length <= mostAlike) known.push(row.id);
      }
    }
  }
  const distinct = new Set((store.prepareRead('select a_id as a, b_id as b from distinct_people').all() as { a: string; b: string }[]).map(({ a, b }) => `${a} ${b}`));
  const pairs = new Map<string, Pair>();
  for (const [key, people] of alike) {
    if (people.length < 2 || people.length > mostAlike) continue;
    const reason = key.slice(0, key.indexOf(':')) as DuplicateReason;
    people.forEach((first, index) => {
      for (const second of people.slice(index + 1)) {
        const name = [first, second].sort().join(' ');
        if (distinct.has(name)) continue;
        const pair = pairs.get(name);
        if (pair === undefined) pairs.set(name, { first, second, reasons: [reason] });
        else pair.reasons.push(reason);
      }
    });
  }
  return [...pairs.values()].sort((a, b) => weightOf(b) - weightOf(a));
}

const weights: Record<DuplicateReason, number> = { address: 8, profile: 4, name_and_company: 2, phone: 1 };

function weightOf({ reasons }: Pair): number {
  return reasons.reduce((sum, reason) => sum + weights[reason], 0);
}
