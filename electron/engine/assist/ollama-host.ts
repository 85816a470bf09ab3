import type { Ollama } from 'ollama';
import type { Model } from '../../../shared/schemas/assist.ts';
import { hostError, hostFetch, withoutKey, type Fetch } from './host-fetch.ts';
import { answerCap, HostError, type ModelHost } from './host.ts';

/** What a chat needs to hold: a prompt, a mail and an answer. */
const contextTokens = 8192;

/** Ollama by its official client (loaded at the first call; it must not cost memory where nobody uses it). */
export function createOllamaHost(options: { url: string; key: string | null; keepAliveMinutes: number; fetch: Fetch }): ModelHost {
  const { url, key } = options;

  /** A client per call: its fetch carries the call's signal, for the client can cancel streams only. */
  async function call<T>(signal: AbortSignal, work: (client: Ollama) => Promise<T>): Promise<T> {
    try {
      const { Ollama: Client } = await import('ollama');
      const send = hostFetch(options.fetch, { signal, key });
      const checked: Fetch = async (path, init) => checkLines(await send(path, init));
      return await work(new Client({ host: url, fetch: checked as typeof fetch }));
    } catch (error) {
      throw withoutKey(ollamaError(error, signal), key);
    }
  }

  return {
    // The client does not know this path.
    async version(signal) {
      try {
        const response = await hostFetch(options.fetch, { signal, key })(`${url}/api/version`, {});
        const { version } = (await response.json()) as { version?: unknown };
        return typeof version === 'string' ? version : null;
      } catch (error) {
        throw withoutKey(ollamaError(error, signal), key);
      }
    },
    models: (signal) =>
      call(signal, async (client) => {
        const { models } = await client.list();
        return Promise.all(
          models.map(async ({ name, size, details }): Promise<Model> => {
            const shown = await client.show({ model: name }).catch(() => null);
            return {
              name,
              bytes: size,
              parameters: details?.parameter_size ?? null,
              quantization: details?.quantization_level ?? null,
              capabilities: shown?.capabilities ?? [],
            };
          }),
        );
      }),
    ask: ({ model, system, input, shape, maxTokens, seed, signal, onText }) =>
      call(signal, async (client) => {
        const stream = await client.chat({
          model,
          messages: [
            { role: 'system', content: system },
            { role: 'user', content: input },
          ],
          format: shape,
          stream: true,
          think: false,
          keep_alive: `${options.keepAliveMinutes}m`,
          options: { temperature: seed === 0 ? 0 : 0.4, seed, num_predict: maxTokens, num_ctx: contextTokens },
        });
        let text = '';
        for await (const part of stream) {
          const piece = part.message.content;
          if (piece !== '') onText(piece);
          text += piece;
          if (text.length > answerCap) {
            stream.abort();
            throw new HostError('garbled', 'The model wrote without an end.');
          }
          if (part.done) return { text, inputTokens: part.prompt_eval_count ?? 0, outputTokens: part.eval_count ?? 0, writingMs: (part.eval_duration ?? 0) / 1e6 };
        }
        throw new HostError('garbled', 'The answer broke off.');
      }),
    embed: (model, texts, signal) => call(signal, async (client) => (await client.embed({ model, input: [...texts], truncate: true })).embeddings),
    manage: {
      pull: (model, signal, onProgress) =>
        call(signal, async (client) => {
          const layers = new Map<string, { done: number; total: number }>();
          for await (const { status, digest, total, completed } of await client.pull({ model, stream: true })) {
            if (digest !== undefined && digest !== '' && total !== undefined) layers.set(digest, { done: completed ?? 0, total });
            const sum = (of: 'done' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[of], 0);
            onProgress({ status, doneBytes: sum('done'), totalBytes: sum('total') });
          }
        }),
      remove: (model, signal) =>
        call(signal, async (client) => {
          await client.delete({ model });
        }),
    },
  };
}

/**
 * Ends a stream of JSON lines at the first one that is none: the client would print it, which is somebody's mail, and go on.
 */
function checkLines(response: Response): Response {
  if (response.body === null || response.headers.get('content-type')?.includes('ndjson') !== true) return response;
  const decoder = new TextDecoder();
  let rest = '';
  const check = (line: string): void => {
    if (line.trim() === '') return;
    try {
      JSON.parse(line);
    } catch {
      throw new HostError('garbled', 'The model server sent something that is no answer.');
    }
  };
  const lines = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      rest += decoder.decode(chunk, { stream: true });
      const parts = rest.split('\n');
      rest = parts.pop() ?? '';
      if (rest.length > answerCap) throw new HostError('garbled', 'The model server sent something that is no answer.');
      parts.forEach(check);
      controller.enqueue(chunk);
    },
    flush: () => check(rest),
  });
  return new Response(response.body.pipeThrough(lines), { status: response.status, headers: response.headers });
}

/** The client's own sentences say little to a user. */
function ollamaError(error: unknown, signal: AbortSignal): HostError {
  if (signal.aborted || error instanceof HostError) return hostError(error, signal);
  if (error instanceof SyntaxError) return new HostError('garbled', 'The model server sent something that is no answer.', 0, { cause: error });
  if (error instanceof Error && error.message.startsWith('Did not receive done')) return new HostError('garbled', 'The answer broke off.', 0, { cause: error });
  if (error instanceof TypeError) return hostError(error, signal);
  const said = error instanceof Error ? error.message : String(error);
  return new HostError(/not found|file does not exist/i.test(said) ? 'no_model' : 'server', `The model server failed: ${said.slice(0, 300)}`, 0, { cause: error });
}
