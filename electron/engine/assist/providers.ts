import { eq } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { Provider, ProviderHealth, ProviderInput, ProviderPatch } from '../../../shared/schemas/assist.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { isLoopbackUrl } from '../lib/loopback.ts';
import type { Random } from '../lib/random.ts';
import { schema, type Store, type Tx } from '../store/index.ts';
import type { Vault } from '../workspace/index.ts';
import { breakerAfter, breakerState } from './breaker.ts';
import type { HostError } from './host.ts';

const { assistProviders } = schema;

export type ProviderRow = typeof schema.assistProviders.$inferSelect;

/** What the last look at a host showed; kept in memory, for it says nothing after a restart. */
export type Seen = Pick<ProviderHealth, 'state' | 'detail' | 'version' | 'checkedAt'>;

export interface ProvidersDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly vault: Pick<Vault, 'get' | 'set' | 'remove' | 'isLocked'>;
}

const keyName = (id: string): string => `assist.key.${id}`;
const notSeen: Seen = { state: 'unknown', detail: '', version: null, checkedAt: null };

export type Providers = ReturnType<typeof createProviders>;

/** The hosts of language models in their order: stored settings, consent, keys and the breaker. Throws AppError not_found, conflict. */
export function createProviders(deps: ProvidersDeps) {
  const { store, events, clock, ids, random, vault } = deps;
  const seen = new Map<string, Seen>();

  function rows(): ProviderRow[] {
    return store.read
      .select()
      .from(assistProviders)
      .all()
      .toSorted((a, b) => a.position - b.position);
  }

  function row(id: string): ProviderRow {
    const found = rows().find((each) => each.id === id);
    if (found === undefined) throw new AppError('not_found', 'This model server does not exist any more.');
    return found;
  }

  function hasKey(id: string): boolean {
    return store.prepareRead('select 1 from secrets where name = ?').get(keyName(id)) !== undefined;
  }

  function toProvider(each: ProviderRow): Provider {
    const { position: _position, failures: _failures, backoffUntil: _until, lastError: _error, createdAt: _created, updatedAt: _updated, ...shown } = each;
    return { ...shown, hasKey: hasKey(each.id), local: isLoopbackUrl(each.url), health: health(each) };
  }

  function health(each: ProviderRow): ProviderHealth {
    const known = seen.get(each.id) ?? notSeen;
    const resting = breakerState(each, clock.now()) === 'open';
    const state = !each.enabled
      ? 'off'
      : !mayUse(each)
        ? 'needs_consent'
        : hasKey(each.id) && vault.isLocked()
          ? 'locked'
          : resting && known.state !== 'login'
            ? 'resting'
            : known.state;
    return { ...known, state, detail: resting ? (each.lastError ?? known.detail) : known.detail, restingUntil: resting ? each.backoffUntil : null };
  }

  function changed(tx: Tx, fields: string[]): void {
    events.append(tx, { type: 'settings_changed', actor: 'person', data: { fields } });
  }

  function get(id: string): Provider {
    return toProvider(row(id));
  }

  function storeKey(id: string, key: string | undefined): void {
    if (key === '') vault.remove(keyName(id));
    else if (key !== undefined) vault.set(keyName(id), key);
  }

  return {
    rows,
    row,
    get,
    list: (): Provider[] => rows().map(toProvider),
    /** Throws AppError secrets_locked. */
    key: (id: string): string | null => (hasKey(id) ? vault.get(keyName(id)) : null),
    see(id: string, what: Seen): void {
      seen.set(id, what);
    },
    create(input: ProviderInput): Provider {
      const { key, ...values } = input;
      const id = ids.next();
      const now = clock.now();
      // First, for a locked vault refuses.
      storeKey(id, key === '' ? undefined : key);
      store.transaction((tx) => {
        tx.orm
          .insert(assistProviders)
          .values({ id, ...values, position: rows().length, consentAt: null, failures: 0, createdAt: now, updatedAt: now })
          .run();
        changed(tx, ['modelServers']);
      });
      return get(id);
    },
    update(id: string, patch: ProviderPatch): Provider {
      const before = row(id);
      const { key, ...given } = patch;
      const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<ProviderInput>;
      const moved = values.url !== undefined && originOf(values.url) !== originOf(before.url);
      // A key and a consent were given for one host: they do not go along to another.
      storeKey(id, key ?? (moved ? '' : undefined));
      const reached = values.url !== undefined || values.kind !== undefined || key !== undefined;
      const columns = { ...values, consentAt: moved ? null : before.consentAt, updatedAt: clock.now(), ...(reached ? { failures: 0, backoffUntil: null, lastError: null } : {}) };
      store.transaction((tx) => {
        tx.orm.update(assistProviders).set(columns).where(eq(assistProviders.id, id)).run();
        changed(tx, ['modelServers']);
      });
      if (reached) seen.delete(id);
      return get(id);
    },
    remove(id: string): { id: string; deleted: true } {
      row(id);
      store.transaction((tx) => {
        tx.prepare('delete from assist_providers where id = ?').run(id);
        tx.prepare('delete from secrets where name = ?').run(keyName(id));
        changed(tx, ['modelServers']);
      });
      seen.delete(id);
      return { id, deleted: true };
    },
    /** Sets the order of preference. The ids must be those that there are. */
    reorder(order: readonly string[]): Provider[] {
      const now = new Set(rows().map(({ id }) => id));
      if (order.length !== now.size || new Set(order).size !== now.size || order.some((id) => !now.has(id)))
        throw new AppError('conflict', 'The list of model servers has changed meanwhile. Look again before you sort it.');
      store.transaction((tx) => order.forEach((id, position) => tx.prepare('update assist_providers set position = ? where id = ?').run(position, id)));
      return rows().map(toProvider);
    },
    /** Stores or withdraws a person's consent to send data to the host at `url`, the one that they saw. */
    consent(id: string, url: string, agreed: boolean): Provider {
      if (row(id).url !== url) throw new AppError('conflict', 'The address of this model server has changed meanwhile. Look at it before you agree.');
      store.transaction((tx) => {
        tx.prepare('update assist_providers set consent_at = ?, updated_at = ? where id = ?').run(agreed ? clock.now() : null, clock.now(), id);
        events.append(tx, {
          type: 'settings_changed',
          actor: 'person',
          reason: agreed ? 'consent_given' : 'consent_withdrawn',
          data: { fields: ['modelServers'], host: new URL(url).host },
        });
      });
      return get(id);
    },
    /** Feeds the breaker with an answer (null) or an error; `proof` closes it whatever it was. */
    settle(id: string, error: HostError | null): void {
      const now = rows().find((each) => each.id === id);
      if (now === undefined) return;
      const next = breakerAfter(now, error, clock.now(), random);
      if (next.failures === now.failures && next.backoffUntil === now.backoffUntil) return;
      store.transactionUnsynced((tx) =>
        tx.prepare('update assist_providers set failures = ?, backoff_until = ?, last_error = ? where id = ?').run(next.failures, next.backoffUntil, error?.message ?? null, id),
      );
    },
  };
}

/** Whether data may go there: this computer, or a host that a person agreed to. */
export function mayUse({ url, consentAt }: Pick<ProviderRow, 'url' | 'consentAt'>): boolean {
  return consentAt !== null || isLoopbackUrl(url);
}

export function needConsent(provider: Pick<ProviderRow, 'url' | 'consentAt' | 'name'>): void {
  if (!mayUse(provider))
    throw new AppError(
      'consent_required',
      `${provider.name} is not this computer: what is asked of it leaves this computer for ${new URL(provider.url).host}. Agree to that first.`,
    );
}

function originOf(url: string): string {
  return new URL(url).origin;
}
