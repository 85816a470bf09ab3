import { z } from 'zod';
import type { Model } from '../../../shared/schemas/assist.ts';
import { second, type Clock } from '../lib/clock.ts';
import { cacheKey, type AnswerCache } from './cache.ts';
import { hostError } from './host-fetch.ts';
import type { ModelHost } from './host.ts';
import { mayUse, type ProviderRow, type Providers } from './providers.ts';
import { redact } from './redact.ts';
import { limitTime } from './time-limit.ts';
import type { Usage } from './usage.ts';

export interface EmbedDeps {
  readonly realTime: Clock;
  readonly providers: Providers;
  readonly cache: AnswerCache;
  readonly usage: Usage;
  readonly isOff: () => boolean;
  readonly hostOf: (row: ProviderRow) => ModelHost;
  readonly listModels: (row: ProviderRow, signal: AbortSignal | undefined) => Promise<readonly Model[]>;
  readonly enter: (row: ProviderRow, signal: AbortSignal | undefined) => Promise<() => void>;
}

const atOnce = 32;
/** So much of a text tells what it is about. */
const longest = 4000;
const vectorSchema = z.array(z.number()).min(1);
const feature = 'worked_before';

export type Embedding = { readonly model: string; readonly vectors: readonly (readonly number[])[] };

/**
 * Vectors of texts by the first model that makes them, all of one model and one length; null = no host has such a model,
 * or none answered. Vectors are kept as answers are. Never rejects but for a defect.
 */
export function createEmbed(deps: EmbedDeps): (texts: readonly string[], signal?: AbortSignal) => Promise<Embedding | null> {
  const { realTime, providers, cache, usage } = deps;

  async function byHost(row: ProviderRow, texts: readonly string[], signal: AbortSignal | undefined): Promise<Embedding | null> {
    const models = await deps.listModels(row, signal);
    const name = models.find((model) => (model.capabilities.length === 0 ? /embed|bge|minilm/i.test(model.name) : model.capabilities.includes('embedding')))?.name;
    if (name === undefined) return null;
    const inputs = texts.map((text) => (row.redact ? redact(text, []).text : text).slice(0, longest));
    const keys = inputs.map((input) => cacheKey({ variation: 0, model: name, promptVersion: 'embed', system: '', input, shape: {}, redacted: row.redact }));
    const kept = keys.map((key) => known(cache.get(key)?.value));

    const complete = async (held: readonly (number[] | null)[]): Promise<number[][] | null> => {
      const vectors = held.map((vector) => vector ?? []);
      const missing = held.flatMap((vector, index) => (vector === null ? [index] : []));
      for (let from = 0; from < missing.length; from += atOnce) {
        const some = missing.slice(from, from + atOnce);
        const asked = some.map((index) => inputs[index] ?? '');
        const made = await ask(row, name, asked, signal);
        if (made.length !== some.length) return null;
        for (const [at, index] of some.entries()) {
          vectors[index] = made[at] ?? [];
          cache.put(keys[index] ?? '', { feature, contactId: null, value: JSON.stringify(vectors[index]) });
        }
      }
      return vectors;
    };

    let vectors = await complete(kept);
    // Kept ones are of another length where the model was replaced under its name.
    if (vectors !== null && !sameLength(vectors) && kept.some((vector) => vector !== null)) vectors = await complete(kept.map(() => null));
    return vectors !== null && sameLength(vectors) ? { model: name, vectors } : null;
  }

  async function ask(row: ProviderRow, model: string, inputs: readonly string[], signal: AbortSignal | undefined): Promise<number[][]> {
    const leave = await deps.enter(row, signal);
    const limit = limitTime(realTime, signal, { limitMs: row.timeoutSeconds * second, silenceMs: row.timeoutSeconds * second });
    const startedAt = realTime.monotonic();
    const note = (outcome: 'answer' | 'failed' | 'cancelled') => usage.note({ feature, provider: row.name, model, outcome, tookMs: realTime.monotonic() - startedAt });
    try {
      const made = await deps.hostOf(row).embed(model, inputs, limit.signal);
      providers.settle(row.id, null);
      note('answer');
      return made;
    } catch (error) {
      const failure = hostError(error, limit.signal);
      note(failure.kind === 'cancelled' ? 'cancelled' : 'failed');
      providers.settle(row.id, failure);
      throw failure;
    } finally {
      limit.done();
      leave();
    }
  }

  return async (texts, signal) => {
    if (deps.isOff() || texts.length === 0) return null;
    for (const row of providers.rows().filter(({ enabled }) => enabled)) {
      const { state } = providers.get(row.id).health;
      if (!mayUse(row) || state === 'locked' || state === 'resting') continue;
      try {
        const found = await byHost(row, texts, signal);
        if (found !== null) return found;
      } catch (error) {
        if (hostError(error, signal ?? new AbortController().signal).kind === 'cancelled') return null;
      }
    }
    return null;
  };
}

function sameLength(vectors: readonly (readonly number[])[]): boolean {
  const length = vectors[0]?.length ?? 0;
  return length > 0 && vectors.every((vector) => vector.length === length);
}

function known(value: string | undefined): number[] | null {
  if (value === undefined) return null;
  const parsed = vectorSchema.safeParse(JSON.parse(value));
  return parsed.success ? parsed.data : null;
}
