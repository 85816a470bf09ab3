import { totalmem } from 'node:os';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { AssistUsage, Model, Provider, ProviderHealth, ProviderPatch, Pull, Recommendation, SpeedTest } from '../../../shared/schemas/assist.ts';
import type { Starter } from '../../../shared/schemas/sequence.ts';
import type { SequenceBrief } from '../../../shared/schemas/sequence-draft.ts';
import { minute, second, systemClock, type Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import type { Tx } from '../store/index.ts';
import type { SettingsService } from '../workspace/index.ts';
import { readAnswer } from './answer.ts';
import { createAsk } from './ask.ts';
import { createAnswerCache } from './cache.ts';
import { createCopyHelp } from './copy.ts';
import { createEmbed } from './embed.ts';
import { hostError, type Fetch } from './host-fetch.ts';
import { HostError, type ModelHost } from './host.ts';
import { createOllamaHost } from './ollama-host.ts';
import { createOpenAiHost } from './openai-host.ts';
import { createProviders, needConsent, type ProviderRow, type ProvidersDeps } from './providers.ts';
import { createPulls } from './pulls.ts';
import { pickModel, recommendModels } from './recommend.ts';
import { limitTime } from './time-limit.ts';
import { draftSequence } from './sequence-draft.ts';
import { createTurnstile, enterInTime, type Turnstile } from './turnstile.ts';
import { createUsage } from './usage.ts';

export type { Embedding } from './embed.ts';
export type { Complete, Completion, CompletionRequest, Tried } from './ask.ts';
export { factsOf, type PersonOnFile } from './facts.ts';
export { factsIn } from './fact-check.ts';
export { checkPersonal, writePersonal, type PersonalTask } from './personal.ts';
export { briefThread, draftReply } from './thread.ts';
export { actionByRules, type Thread } from './thread-rules.ts';
export { closingQuestion, phraseEdits } from './copy-rules.ts';
export { asData, loadPrompt, type Prompt } from './prompts.ts';
export { draftSequence } from './sequence-draft.ts';

export interface AssistDeps extends ProvidersDeps {
  readonly log: Logger;
  readonly settings: Pick<SettingsService, 'get'>;
  /** The sequences that come with the app. */
  readonly gallery: () => Promise<readonly Starter[]>;
  readonly fetch: Fetch;
  /** Hosts answer in real time, also where workspace time runs faster. */
  readonly realTime?: Clock;
  /** Memory of this computer, bytes. */
  readonly memoryBytes?: number;
}

/** A look at a host and what it has. */
const lookLimits = { limitMs: 15 * second, silenceMs: 15 * second };
const modelsKeptMs = 5 * minute;

const testSchema = z.object({ capital: z.string(), sentence: z.string() });
const testQuestion = {
  system: 'You answer questions about geography. Answer with JSON only.',
  input: 'Which city is the capital of France? Give its name, and one sentence of about forty words about it.',
  maxTokens: 200,
  seed: 0,
};

export type Assist = ReturnType<typeof createAssist>;

/**
 * Language models: their hosts, what they answer, what it costs. Nothing of it is needed for the rest to work. Throws
 * AppError not_found, consent_required, model_unreachable, model_failed, secrets_locked, wrong_state.
 */
export function createAssist(deps: AssistDeps) {
  const { store, clock, events, settings } = deps;
  const realTime = deps.realTime ?? systemClock;
  const memoryBytes = deps.memoryBytes ?? totalmem();
  const providers = createProviders(deps);
  const usage = createUsage(deps);
  const cache = createAnswerCache({ store, clock, compress: () => settings.get().compressAssistCache });
  const hosts = new Map<string, { made: string; host: ModelHost }>();
  const turnstiles = new Map<string, Turnstile>();
  const listed = new Map<string, { at: number; models: Model[] }>();
  const pulls = createPulls({ ...deps, realTime, onDone: (id) => listed.delete(id) });

  function hostOf(row: ProviderRow): ModelHost {
    const key = providers.key(row.id);
    const made = JSON.stringify([row.kind, row.url, key, row.keepAliveMinutes]);
    const known = hosts.get(row.id);
    if (known?.made === made) return known.host;
    const options = { url: row.url, key, keepAliveMinutes: row.keepAliveMinutes, fetch: deps.fetch };
    const host = row.kind === 'ollama' ? createOllamaHost(options) : createOpenAiHost(options);
    hosts.set(row.id, { made, host });
    return host;
  }

  function enter(row: ProviderRow, signal: AbortSignal | undefined): Promise<() => void> {
    const turnstile = turnstiles.get(row.id) ?? createTurnstile();
    turnstiles.set(row.id, turnstile);
    return enterInTime(turnstile, row.parallel, realTime, signal);
  }

  /** Asks a host within a time limit; errors are `HostError`s. */
  async function look<T>(row: ProviderRow, signal: AbortSignal | undefined, work: (host: ModelHost, signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = limitTime(realTime, signal, lookLimits);
    try {
      return await work(hostOf(row), limit.signal);
    } catch (error) {
      throw hostError(error, limit.signal);
    } finally {
      limit.done();
    }
  }

  async function listModels(row: ProviderRow, signal: AbortSignal | undefined, fresh: boolean): Promise<Model[]> {
    const known = listed.get(row.id);
    if (!fresh && known !== undefined && realTime.monotonic() - known.at < modelsKeptMs) return known.models;
    const models = await look(row, signal, (host, within) => host.models(within));
    listed.set(row.id, { at: realTime.monotonic(), models });
    return models;
  }

  /** The models to ask, in order: the chosen ones, else the one that fits this computer best. */
  async function modelsOf(row: ProviderRow, signal: AbortSignal | undefined): Promise<string[]> {
    if (row.models.length > 0) return row.models;
    const picked = pickModel(await listModels(row, signal, false), memoryBytes);
    return picked === null ? [] : [picked];
  }

  const complete = createAsk({
    ...{ realTime, clock, providers, cache, usage, hostOf, enter },
    isOff: (feature) => settings.get().assistOff.includes(feature),
    modelsOf: async (row, signal) => {
      const { health } = providers.get(row.id);
      if (health.state === 'resting' && row.models.length === 0 && !listed.has(row.id)) throw new HostError('unreachable', health.detail);
      try {
        return await modelsOf(row, signal);
      } catch (error) {
        if (error instanceof HostError) providers.settle(row.id, error);
        throw error;
      }
    },
  });

  const embed = createEmbed({
    ...{ realTime, providers, cache, usage, hostOf, enter },
    isOff: () => settings.get().assistOff.includes('worked_before'),
    listModels: (row, signal) => listModels(row, signal, false),
  });

  /** Runs what a person asked of a host, and says in a typed error why it cannot be done. */
  async function onBehalf<T>(id: string, work: (row: ProviderRow) => Promise<T>): Promise<T> {
    const row = providers.row(id);
    needConsent(row);
    try {
      return await work(row);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      throw new AppError(
        error.kind === 'unreachable' || error.kind === 'timeout' ? 'model_unreachable' : error.kind === 'cancelled' ? 'cancelled' : 'model_failed',
        error.message,
        {},
        {
          cause: error,
        },
      );
    }
  }

  function managed(row: ProviderRow): NonNullable<ModelHost['manage']> {
    const { manage } = hostOf(row);
    if (manage === null) throw new AppError('wrong_state', `${row.name} does not manage models over its protocol. Add and remove them at the host itself.`);
    return manage;
  }

  /** Looks whether a host answers and what it has. Only a missing consent is an error: the rest is the answer. */
  async function check(id: string, signal?: AbortSignal): Promise<Provider> {
    const row = providers.row(id);
    needConsent(row);
    const see = (state: ProviderHealth['state'], detail: string, version: string | null): Provider => {
      providers.see(id, { state, detail, version, checkedAt: clock.now() });
      return providers.get(id);
    };
    try {
      const version = await look(row, signal, (host, within) => host.version(within));
      const models = await listModels(row, signal, true);
      providers.settle(id, null);
      const missing = row.models.filter((name) => !models.some((model) => model.name === name || model.name === `${name}:latest`));
      if (pickModel(models, memoryBytes) === null) return see('no_model', '', version);
      if (row.models.length > 0 && missing.length === row.models.length) return see('no_model', `It does not have ${missing.join(', ')}.`, version);
      return see('ready', '', version);
    } catch (error) {
      if (!(error instanceof HostError) || error.kind === 'cancelled') throw error;
      return see(error.kind === 'login' ? 'login' : 'unreachable', error.message, null);
    }
  }

  async function speed(id: string, chosen: string | undefined, signal?: AbortSignal): Promise<SpeedTest> {
    const row = providers.row(id);
    needConsent(row);
    let startedAt = realTime.monotonic();
    const since = (): number => Math.round(realTime.monotonic() - startedAt);
    const limit = limitTime(realTime, signal, { limitMs: row.timeoutSeconds * second, silenceMs: row.timeoutSeconds * second });
    let firstTokenMs: number | null = null;
    let model = chosen ?? null;
    let leave: (() => void) | null = null;
    try {
      leave = await enter(row, limit.signal);
      startedAt = realTime.monotonic();
      model ??= (await modelsOf(row, limit.signal))[0] ?? null;
      if (model === null) return { ok: false, model, totalMs: since(), firstTokenMs, tokensPerSecond: null, structured: false, detail: 'It has no model that can write.' };
      const raw = await hostOf(row).ask({ ...testQuestion, model, shape: z.toJSONSchema(testSchema), signal: limit.signal, onText: () => (firstTokenMs ??= since()) });
      const totalMs = since();
      usage.note({ feature: 'test', provider: row.name, model, outcome: 'answer', inputTokens: raw.inputTokens, outputTokens: raw.outputTokens, tookMs: totalMs, price: row });
      providers.settle(id, null);
      const writingMs = raw.writingMs ?? totalMs - (firstTokenMs ?? 0);
      const tokensPerSecond = raw.outputTokens > 0 && writingMs > 0 ? Math.round((raw.outputTokens / writingMs) * 10_000) / 10 : null;
      return { ok: true, model, totalMs, firstTokenMs, tokensPerSecond, structured: readAnswer(raw.text, testSchema, (answer) => answer) !== undefined, detail: '' };
    } catch (error) {
      const known = hostError(error, limit.signal);
      if (known.kind === 'cancelled') throw new AppError('cancelled', known.message, {}, { cause: error });
      usage.note({ feature: 'test', provider: row.name, model: model ?? '', outcome: 'failed', reason: known.kind, tookMs: since() });
      return { ok: false, model, totalMs: since(), firstTokenMs, tokensPerSecond: null, structured: false, detail: known.message };
    } finally {
      leave?.();
      limit.done();
    }
  }

  return {
    ...createCopyHelp({ complete }),
    draftSequence: (brief: SequenceBrief, signal?: AbortSignal) =>
      draftSequence({ complete, gallery: deps.gallery, hasOptOutLine: () => settings.get().optOutLine.trim() !== '' }, brief, signal),
    complete,
    embed,
    /** Whether a question of this feature has a chance of an answer; asks nobody. */
    mayAnswer: (feature: Parameters<typeof complete>[0]['feature']): boolean =>
      !settings.get().assistOff.includes(feature) && providers.list().some(({ health }) => !['off', 'needs_consent', 'locked', 'login', 'resting'].includes(health.state)),
    providers: {
      list: providers.list,
      create: providers.create,
      update(id: string, patch: ProviderPatch): Provider {
        listed.delete(id);
        return providers.update(id, patch);
      },
      async remove(id: string) {
        await pulls.stop(id);
        hosts.delete(id);
        turnstiles.delete(id);
        listed.delete(id);
        return providers.remove(id);
      },
      reorder: providers.reorder,
      consent: providers.consent,
      check,
      speed,
    },
    models: (id: string, signal?: AbortSignal): Promise<Model[]> => onBehalf(id, (row) => listModels(row, signal, true)),
    async removeModel(id: string, model: string, signal?: AbortSignal): Promise<Model[]> {
      return onBehalf(id, async (row) => {
        await look(row, signal, (_host, within) => managed(row).remove(model, within));
        return listModels(row, signal, true);
      });
    },
    pulls: {
      start: (id: string, model: string): Promise<Pull> => onBehalf(id, (row) => Promise.resolve(pulls.start(id, managed(row), model))),
      list: pulls.list,
      cancel: pulls.cancel,
    },
    recommendation: (): Recommendation => recommendModels(memoryBytes),
    usage(days: number): AssistUsage {
      const { hits, ...sums } = usage.sums(days);
      return { ...sums, cache: { ...cache.size(), ...hits } };
    },
    clearCache(): void {
      store.transaction((tx) => {
        cache.forget(tx, 'all');
        events.append(tx, { type: 'settings_changed', actor: 'person', data: { fields: ['assistCache'] } });
      });
    },
    /** Forgets the cached answers about people who are erased, and what was written for them. */
    forget(tx: Tx, contactIds: readonly string[]): void {
      cache.forget(tx, contactIds);
      tx.prepare('delete from personal_texts where contact_id in (select value from json_each(?))').run(JSON.stringify(contactIds));
    },
    stop: (): Promise<void> => pulls.stop(),
  };
}
