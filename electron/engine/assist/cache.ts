import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { AssistFeature } from '../../../shared/schemas/assist.ts';
import { day, type Clock } from '../lib/clock.ts';
import type { Store, Tx } from '../store/index.ts';

const memoryEntries = 500;
const keptMs = 30 * day;
const storedEntries = 20_000;
const pruneEvery = 200;
/** Shorter answers do not shrink. */
const compressFrom = 400;

/** Answers of models in two levels: memory, and the database for the next start. Values are JSON texts. */
export interface AnswerCache {
  get(key: string): { value: string; level: 'memory' | 'store' } | null;
  put(key: string, entry: { feature: AssistFeature; contactId: string | null; value: string }): void;
  /** Forgets what is about these people, or everything. */
  forget(tx: Tx, contactIds: readonly string[] | 'all'): void;
  size(): { entries: number; bytes: number };
}

/** The key of an answer: equal questions to the same model by the same prompt. */
export function cacheKey(parts: { variation: number; model: string; promptVersion: string; system: string; input: string; shape: object; redacted: boolean }): string {
  const { variation, model, promptVersion, system, input, shape, redacted } = parts;
  return createHash('sha256')
    .update(JSON.stringify([model, promptVersion, redacted, system, input, shape, ...(variation === 0 ? [] : [variation])]))
    .digest('base64url');
}

export function createAnswerCache(deps: { store: Store; clock: Clock; compress: () => boolean }): AnswerCache {
  const { store, clock } = deps;
  const memory = new LRUCache<string, string>({ max: memoryEntries });
  let puts = 0;

  function prune(tx: Tx): void {
    tx.prepare('delete from assist_cache where used_at < ?').run(clock.now() - keptMs);
    tx.prepare('delete from assist_cache where key in (select key from assist_cache order by used_at desc limit -1 offset ?)').run(storedEntries);
  }

  return {
    get(key) {
      const held = memory.get(key);
      if (held !== undefined) return { value: held, level: 'memory' };
      const row = store.prepareRead('select value, compressed from assist_cache where key = ? and used_at >= ?').get(key, clock.now() - keptMs) as
        { value: Buffer; compressed: number } | undefined;
      if (row === undefined) return null;
      const value = (row.compressed === 1 ? inflateRawSync(row.value) : row.value).toString('utf8');
      memory.set(key, value);
      store.transactionUnsynced((tx) => tx.prepare('update assist_cache set used_at = ? where key = ?').run(clock.now(), key));
      return { value, level: 'store' };
    },
    put(key, { feature, contactId, value }) {
      memory.set(key, value);
      const plain = Buffer.from(value, 'utf8');
      const compressed = deps.compress() && plain.length >= compressFrom;
      const now = clock.now();
      store.transactionUnsynced((tx) => {
        tx.prepare(
          `insert into assist_cache (key, feature, contact_id, value, compressed, created_at, used_at) values (?, ?, ?, ?, ?, ?, ?)
           on conflict (key) do update set value = excluded.value, compressed = excluded.compressed, used_at = excluded.used_at`,
        ).run(key, feature, contactId, compressed ? deflateRawSync(plain) : plain, compressed ? 1 : 0, now, now);
        if (puts % pruneEvery === 0) prune(tx);
      });
      puts += 1;
    },
    forget(tx, contactIds) {
      if (contactIds === 'all') tx.prepare('delete from assist_cache').run();
      else tx.prepare('delete from assist_cache where contact_id in (select value from json_each(?))').run(JSON.stringify(contactIds));
      tx.afterCommit(() => memory.clear());
    },
    size: () => store.prepareRead('select count(*) as entries, coalesce(sum(length(value)), 0) as bytes from assist_cache').get() as { entries: number; bytes: number },
  };
}
