import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { Suppression, SuppressionReason } from '../../../shared/schemas/contact.ts';
import type { Actor } from '../../../shared/schemas/event.ts';
import { domainAndParents, normaliseAddress, normaliseDomain } from '../lib/address.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Tx } from '../store/index.ts';
import { createSettings } from '../workspace/index.ts';
import type { ContactsDeps } from './deps.ts';
import { createErasedHashes } from './erased.ts';
import { statusFor } from './rows.ts';

export interface SuppressInput {
  readonly kind: 'address' | 'domain';
  /** In key form (see lib/address.ts). */
  readonly value: string;
  readonly reason: SuppressionReason;
  readonly note?: string;
  readonly actor: Actor;
}

export type Suppressions = ReturnType<typeof createSuppressions>;
export type Prepare = (sql: string) => { get(...values: unknown[]): unknown; all(...values: unknown[]): unknown[] };

const columns = 'id, kind, value, reason, note, created_at as createdAt';
const coversDomain = `(domain = @value or domain like '%.' || @value escape '\\')`;

export function createSuppressions(deps: ContactsDeps) {
  const { store, events, clock, ids, onSuppressed } = deps;
  const erased = createErasedHashes(store, deps.settings ?? createSettings(deps));

  /** A look-up for many addresses in one transaction: what is not there at all is not asked for each of them. */
  function lookup(prepare: Prepare, { withErased = true } = {}): (email: string, domain: string) => SuppressionReason | null {
    const { byAddress, byDomain, byHash } = prepare(
      `select exists (select 1 from suppressions where kind = 'address') as byAddress, exists (select 1 from suppressions where kind = 'domain') as byDomain,
       exists (select 1 from suppressions where kind = 'erased') as byHash`,
    ).get() as { byAddress: number; byDomain: number; byHash: number };
    const find = (kind: string, value: string): SuppressionReason | null =>
      (prepare(`select reason from suppressions where kind = ? and value = ?`).get(kind, value) as { reason: SuppressionReason } | undefined)?.reason ?? null;
    return (email, domain) => {
      const own = (byAddress === 1 ? find('address', email) : null) ?? (withErased && byHash === 1 ? find('erased', erased.hashOf(email) ?? '') : null);
      if (own !== null || byDomain === 0) return own;
      for (const name of domainAndParents(domain)) {
        const wide = find('domain', name);
        if (wide !== null) return wide;
      }
      return null;
    };
  }

  function reasonOf(prepare: Prepare, email: string, domain: string): SuppressionReason | null {
    return lookup(prepare)(email, domain);
  }

  /** Why an address must not be mailed (its own suppression, or one of its domain or a parent domain), else null. */
  function isSuppressed(tx: Tx | null, email: string): SuppressionReason | null {
    const key = normaliseAddress(email) ?? email.trim().toLowerCase();
    return reasonOf(tx === null ? (sql) => store.prepareRead(sql) : (sql) => tx.prepare(sql), key, key.slice(key.lastIndexOf('@') + 1));
  }

  /** Whether a person with this address (in key form) was erased: it must not be stored again. */
  function isErased(prepare: Prepare, email: string): boolean {
    const hash = erased.hashOf(email);
    return hash !== null && prepare(`select 1 from suppressions where kind = 'erased' and value = ?`).get(hash) !== undefined;
  }

  /** Throws AppError conflict for the address of an erased person. */
  function refuseErased(prepare: Prepare, email: string): void {
    if (!isErased(prepare, email)) return;
    const sentence = 'This person was erased on request, so the address is not stored again. If they want to hear from you now, lift it under Suppressions first.';
    throw new AppError('conflict', sentence, { fields: { email: sentence } });
  }

  /** Keeps an address suppressed by its hash alone, for the reason it had. */
  function eraseIn(tx: Tx, email: string): void {
    const known = tx.prepare(`delete from suppressions where kind = 'address' and value = ? returning reason`).get(email) as { reason: SuppressionReason } | undefined;
    tx.prepare(`insert into suppressions (id, kind, value, reason, note, created_at) values (?, 'erased', ?, ?, '', ?) on conflict (kind, value) do nothing`).run(
      ids.next(),
      erased.newHash(tx, email),
      known?.reason ?? 'erased',
      clock.now(),
    );
  }

  /**
   * Suppresses an address or domain for good: writes the row (the first reason stays), sets the status of the people it
   * covers, notes the fact, and tells the areas above through `onSuppressed`, all in the caller's transaction. Calling it
   * again changes nothing. Returns the row and whether it is new.
   */
  function suppress(tx: Tx, input: SuppressInput): { suppression: Suppression; isNew: boolean } {
    const { kind, value, reason, note = '', actor } = input;
    const created = tx
      .prepare(`insert into suppressions (id, kind, value, reason, note, created_at) values (?, ?, ?, ?, ?, ?) on conflict (kind, value) do nothing`)
      .run(ids.next(), kind, value, reason, note, clock.now()).changes;
    const suppression = tx.prepare(`select ${columns} from suppressions where kind = ? and value = ?`).get(kind, value) as Suppression;
    const isNew = created === 1;
    const where = kind === 'address' ? 'email = @value' : coversDomain;
    const covered = tx.prepare(`select id from contacts where ${where} and status = 'active'`).all({ value }) as { id: string }[];
    if (!isNew && covered.length === 0) return { suppression, isNew };
    tx.prepare(`update contacts set status = @status, updated_at = @at where ${where} and status = 'active'`).run({
      value,
      status: statusFor(suppression.reason),
      at: clock.now(),
    });
    const people = tx.prepare(`select id from contacts where ${where}`).all({ value }) as { id: string }[];
    const contactIds = people.map((person) => person.id);
    events.append(tx, {
      type: 'suppressed',
      actor,
      reason: suppression.reason,
      contactId: kind === 'address' ? (contactIds[0] ?? null) : null,
      data: { kind, value, contacts: contactIds.length },
    });
    onSuppressed?.(tx, { kind, value, reason: suppression.reason, contactIds });
    return { suppression, isNew };
  }

  function removeRow(tx: Tx, id: string): void {
    const row = tx.prepare(`select ${columns} from suppressions where id = ?`).get(id) as Suppression | undefined;
    if (row === undefined) throw new AppError('not_found', 'This suppression does not exist any more.');
    tx.prepare('delete from suppressions where id = ?').run(id);
    // People whom nothing else suppresses may be mailed again.
    const where = row.kind === 'domain' ? coversDomain : 'email = @value';
    const people = tx.prepare(`select id, email, domain, status from contacts where ${where} and status <> 'active'`).all({ value: row.value }) as {
      id: string;
      email: string;
      domain: string;
    }[];
    for (const person of people) {
      const status = statusFor(reasonOf((sql) => tx.prepare(sql), person.email, person.domain));
      tx.prepare('update contacts set status = ?, soft_bounces = 0, updated_at = ? where id = ?').run(status, clock.now(), person.id);
    }
    events.append(tx, {
      type: 'unsuppressed',
      actor: 'person',
      reason: row.reason,
      contactId: row.kind === 'address' ? (people[0]?.id ?? null) : null,
      data: { kind: row.kind, value: row.value, contacts: people.length },
    });
  }

  return {
    isSuppressed,
    reasonOf,
    lookup,
    suppress,
    isErased,
    refuseErased,
    eraseIn,
    erasedAddresses: () => erased.all(),
    liftIn: removeRow,
    list(query: PageQuery): Page<Suppression> {
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2);
      const like = query.q === undefined || query.q.trim() === '' ? null : containing(query.q.toLowerCase());
      // An erased address is found by its whole spelling alone.
      const hash = erased.hashOf(normaliseAddress(query.q ?? '') ?? '') ?? '';
      const filter = like === null ? '' : `and (value = @hash or value like @like escape '\\' or note like @like escape '\\')`;
      const sought = like === null ? {} : { like, hash };
      const total = store.prepareRead(`select count(*) as n from suppressions where 1 ${filter}`).get(sought) as { n: number };
      const rows = store
        .prepareRead(`select ${columns} from suppressions where (@at is null or (created_at, id) < (@at, @id)) ${filter} order by created_at desc, id desc limit @limit`)
        .all({ at: after?.[0] ?? null, id: after?.[1] ?? null, limit: query.limit + 1, ...sought }) as Suppression[];
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return { items, total: total.n, nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.createdAt, last.id]) : null };
    },
    /** From a person: an address or a domain as typed. Throws AppError validation. */
    create(input: { value: string; reason: SuppressionReason; note: string }): Suppression {
      const bare = input.value.trim();
      const address = bare.replace(/^@/, '').includes('@');
      const value = address ? normaliseAddress(bare) : normaliseDomain(bare);
      if (value === null) {
        const sentence = address ? 'This is not a valid e-mail address.' : 'This is neither an e-mail address nor a domain such as example.com.';
        throw new AppError('validation', sentence, { fields: { value: sentence } });
      }
      return store.transaction((tx) => suppress(tx, { kind: address ? 'address' : 'domain', value, reason: input.reason, note: input.note, actor: 'person' }).suppression);
    },
    remove({ id }: { id: string }): { id: string; deleted: true } {
      store.transaction((tx) => removeRow(tx, id));
      return { id, deleted: true };
    },
  };
}
