import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createAssist, type AssistDeps, type CompletionRequest } from '../../electron/engine/assist/index.ts';
import { systemClock } from '../../electron/engine/lib/clock.ts';
import { readGallery } from '../../electron/engine/sequences/gallery.ts';
import { createSettings } from '../../electron/engine/workspace/index.ts';
import { providerInputSchema, type Provider, type ProviderInput } from '../../shared/schemas/assist.ts';
import { startOllama, type OllamaStandIn } from './ollama-server.ts';
import { plainSecrets } from './secrets.ts';
import { openTestBase } from './store.ts';

export const colourSchema = z.object({ colour: z.enum(['red', 'green']), sure: z.number() });

/** A question whose valid answers are `colourSchema`. */
export function colourQuestion(input = 'What colour is grass?'): CompletionRequest<z.infer<typeof colourSchema>> {
  return { feature: 'reply_class', promptVersion: 'colour.v1', system: 'Name the colour.', input, schema: colourSchema, maxTokens: 50 };
}

/** The area over a real store, with hosts that are started and closed with the test. */
export function openAssist(deps: Partial<AssistDeps> & { locked?: () => boolean } = {}) {
  const base = openTestBase();
  const settings = createSettings(base);
  const locked = deps.locked ?? (() => false);
  const vault = { ...plainSecrets(base.store), isLocked: locked };
  const make = () => createAssist({ ...base, settings, vault, fetch, realTime: systemClock, memoryBytes: 16 * 1024 ** 3, gallery: () => Promise.resolve(readGallery()), ...deps });
  const assist = make();
  onTestFinished(() => assist.stop());

  return {
    ...base,
    settings,
    assist,
    /** The same database after a restart. */
    reopen: make,
    async host(options: Parameters<typeof startOllama>[0] = {}): Promise<OllamaStandIn> {
      const host = await startOllama(options);
      onTestFinished(() => host.close());
      return host;
    },
    add(url: string, values: Partial<ProviderInput> = {}): Provider {
      return assist.providers.create(providerInputSchema.parse({ name: `host ${url.slice(-5)}`, url, models: ['llama3.2:3b'], ...values }));
    },
    provider(id: string): Provider {
      const found = assist.providers.list().find((each) => each.id === id);
      if (found === undefined) throw new Error(`no provider ${id}`);
      return found;
    },
  };
}
