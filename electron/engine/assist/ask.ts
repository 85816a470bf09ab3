import { z } from 'zod';
import type { AssistFeature } from '../../../shared/schemas/assist.ts';
import { second, type Clock } from '../lib/clock.ts';
import { readAnswer } from './answer.ts';
import { breakerState } from './breaker.ts';
import { cacheKey, type AnswerCache } from './cache.ts';
import { hostError } from './host-fetch.ts';
import type { HostErrorKind, ModelHost, RawAnswer } from './host.ts';
import { mayUse, type ProviderRow, type Providers } from './providers.ts';
import { redact } from './redact.ts';
import { limitTime } from './time-limit.ts';
import type { Usage } from './usage.ts';

/** A question to whichever model answers first, in order of preference. */
export interface CompletionRequest<T> {
  readonly feature: AssistFeature;
  /** Name and version of the prompt file. */
  readonly promptVersion: string;
  readonly system: string;
  readonly input: string;
  /** What counts as an answer; its JSON Schema goes to the host. */
  readonly schema: z.ZodType<T>;
  readonly maxTokens: number;
  readonly signal?: AbortSignal | undefined;
  /** All that was written until now; another model begins anew. */
  readonly onText?: ((soFar: string) => void) | undefined;
  /** Whom it is about: the cached answer goes with them. */
  readonly contactId?: string | null | undefined;
  /** Above 0: another answer than the ones of the numbers before. */
  readonly variation?: number | undefined;
  /** Names that a redacting host must not see. */
  readonly names?: readonly string[] | undefined;
}

/** Why a host or a model was passed over. `invalid` = it answered, and not in the shape asked for. */
export interface Tried {
  readonly provider: string;
  readonly model: string | null;
  readonly reason: HostErrorKind | 'invalid' | 'no_consent' | 'resting' | 'locked';
  readonly detail: string;
}

export type Completion<T> =
  | { readonly kind: 'answer'; readonly value: T; readonly provider: string; readonly model: string; readonly cached: boolean }
  /** No model answered: the caller gives its rule-based answer. */
  | { readonly kind: 'none'; readonly reason: 'off' | 'no_provider' | 'failed' | 'cancelled'; readonly tried: readonly Tried[] };

export interface AskDeps {
  readonly realTime: Clock;
  readonly clock: Clock;
  readonly providers: Providers;
  readonly cache: AnswerCache;
  readonly usage: Usage;
  readonly isOff: (feature: AssistFeature) => boolean;
  readonly hostOf: (row: ProviderRow) => ModelHost;
  readonly modelsOf: (row: ProviderRow, signal: AbortSignal) => Promise<string[]>;
  /** Waits for a place at the host; resolves with the function that frees it. */
  readonly enter: (row: ProviderRow, signal: AbortSignal | undefined) => Promise<() => void>;
}

/** Between two signs of life. The first takes longer: the model may have to be loaded. */
const silenceMs = 60 * second;
const neverAborted = new AbortController().signal;
/** A model that answered out of shape gets one more try, with another seed. */
const seeds = [0, 1] as const;

/** The chain of hosts and models: cache, consent, breaker, place in the queue, time limit, answer in shape; else the next. */
export function createAsk(deps: AskDeps) {
  const { clock, realTime, providers, cache, usage } = deps;
  /** Hosts that are being tried after a rest: one question at a time. */
  const probing = new Set<string>();

  async function askOnce<T>(row: ProviderRow, model: string, request: CompletionRequest<T>, shape: Record<string, unknown>, seed: number): Promise<T | 'invalid'> {
    const { feature, signal } = request;
    const leave = await deps.enter(row, signal);
    const limit = limitTime(realTime, signal, { limitMs: row.timeoutSeconds * second, silenceMs });
    const hidden = redact(request.input, row.redact ? (request.names ?? []) : []);
    const input = row.redact ? hidden.text : request.input;
    const startedAt = realTime.monotonic();
    const note = (outcome: 'answer' | 'failed' | 'cancelled', reason: string | undefined, raw?: RawAnswer): void =>
      usage.note({
        ...{ feature, provider: row.name, model, outcome, tookMs: realTime.monotonic() - startedAt },
        ...(reason === undefined ? {} : { reason }),
        ...(raw === undefined ? {} : { inputTokens: raw.inputTokens, outputTokens: raw.outputTokens, price: row }),
      });
    try {
      let soFar = '';
      const raw = await deps.hostOf(row).ask({
        ...{ model, system: request.system, input, shape, maxTokens: request.maxTokens, seed, signal: limit.signal },
        onText(piece) {
          limit.touch();
          soFar += piece;
          request.onText?.(soFar);
        },
      });
      providers.settle(row.id, null);
      const value = readAnswer(raw.text, request.schema, row.redact ? hidden.restore : (answer) => answer);
      note(value === undefined ? 'failed' : 'answer', value === undefined ? 'invalid' : undefined, raw);
      return value === undefined ? 'invalid' : value;
    } catch (error) {
      const known = hostError(error, limit.signal);
      note(known.kind === 'cancelled' ? 'cancelled' : 'failed', known.kind);
      providers.settle(row.id, known);
      throw known;
    } finally {
      limit.done();
      leave();
    }
  }

  async function askModel<T>(row: ProviderRow, model: string, request: CompletionRequest<T>, shape: Record<string, unknown>): Promise<Completion<T> | Tried> {
    const tried = (reason: Tried['reason'], detail: string): Tried => ({ provider: row.name, model, reason, detail });
    const key = cacheKey({
      variation: request.variation ?? 0,
      model,
      promptVersion: request.promptVersion,
      system: request.system,
      input: request.input,
      shape,
      redacted: row.redact,
    });
    const held = cache.get(key);
    const known = held === null ? undefined : readAnswer(held.value, request.schema, (answer) => answer);
    if (held !== null && known !== undefined) {
      usage.note({ feature: request.feature, provider: row.name, model, outcome: held.level });
      request.onText?.(held.value);
      return { kind: 'answer', value: known, provider: row.name, model, cached: true };
    }
    const state = breakerState(providers.rows().find(({ id }) => id === row.id) ?? row, clock.now());
    if (state === 'open' || (state === 'half_open' && probing.has(row.id))) return tried('resting', row.lastError ?? '');
    const probes = state === 'half_open';
    if (probes) probing.add(row.id);
    try {
      for (const seed of seeds) {
        const value = await askOnce(row, model, request, shape, seed + seeds.length * (request.variation ?? 0));
        if (value === 'invalid') continue;
        cache.put(key, { feature: request.feature, contactId: request.contactId ?? null, value: JSON.stringify(value) });
        return { kind: 'answer', value, provider: row.name, model, cached: false };
      }
      return tried('invalid', 'The model did not keep to the shape that was asked for.');
    } catch (error) {
      const failure = hostError(error, request.signal ?? neverAborted);
      return tried(failure.kind, failure.message);
    } finally {
      if (probes) probing.delete(row.id);
    }
  }

  async function askHost<T>(row: ProviderRow, request: CompletionRequest<T>, shape: Record<string, unknown>): Promise<Completion<T> | Tried[]> {
    if (!mayUse(row)) return [{ provider: row.name, model: null, reason: 'no_consent', detail: 'This host is not this computer, and nobody agreed to it.' }];
    if (providers.get(row.id).health.state === 'locked') return [{ provider: row.name, model: null, reason: 'locked', detail: 'Its key is locked.' }];
    const failed: Tried[] = [];
    let models: string[];
    try {
      models = await deps.modelsOf(row, request.signal ?? neverAborted);
    } catch (error) {
      const known = hostError(error, request.signal ?? neverAborted);
      return [{ provider: row.name, model: null, reason: known.kind, detail: known.message }];
    }
    if (models.length === 0) return [{ provider: row.name, model: null, reason: 'no_model', detail: 'It has no model that can write.' }];
    for (const model of models) {
      const outcome = await askModel(row, model, request, shape);
      if ('kind' in outcome) return outcome;
      failed.push(outcome);
      if (outcome.reason !== 'invalid' && outcome.reason !== 'no_model' && outcome.reason !== 'refused') break;
    }
    return failed;
  }

  /** Never rejects but for a defect: what a model cannot answer is `none`. */
  return async function complete<T>(request: CompletionRequest<T>): Promise<Completion<T>> {
    const none = (reason: Extract<Completion<T>, { kind: 'none' }>['reason'], tried: readonly Tried[]): Completion<T> => {
      if (reason === 'failed') usage.note({ feature: request.feature, provider: '', model: '', outcome: 'none', reason: tried.at(-1)?.reason ?? reason });
      return { kind: 'none', reason, tried };
    };
    if (deps.isOff(request.feature)) return none('off', []);
    const rows = providers.rows().filter(({ enabled }) => enabled);
    if (rows.length === 0) return none('no_provider', []);
    const shape = z.toJSONSchema(request.schema) as Record<string, unknown>;
    const tried: Tried[] = [];
    for (const { id } of rows) {
      if (request.signal?.aborted === true) return none('cancelled', tried);
      // It may have been removed or changed while another one was asked.
      const row = providers.rows().find((each) => each.id === id && each.enabled);
      if (row === undefined) continue;
      const outcome = await askHost(row, request, shape);
      if (!Array.isArray(outcome)) return outcome;
      tried.push(...outcome);
      if (outcome.some(({ reason }) => reason === 'cancelled')) return none('cancelled', tried);
    }
    return none('failed', tried);
  };
}

export type Complete = ReturnType<typeof createAsk>;
