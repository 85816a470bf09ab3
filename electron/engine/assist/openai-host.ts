import { z } from 'zod';
import { hostError, hostFetch, withoutKey, type Fetch } from './host-fetch.ts';
import { answerCap, HostError, type ModelHost, type Question } from './host.ts';
import { readEvents } from './sse.ts';

const chunkSchema = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).optional(), finish_reason: z.string().nullish() })).default([]),
  usage: z.object({ prompt_tokens: z.number().default(0), completion_tokens: z.number().default(0) }).nullish(),
  error: z.union([z.string(), z.object({ message: z.string() })]).optional(),
});
const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
const vectorsSchema = z.object({ data: z.array(z.object({ index: z.number().default(0), embedding: z.array(z.number()) })) });

/** What some servers and models refuse; they are asked without it. */
const optional = ['max_tokens', 'temperature', 'seed', 'stream_options'] as const;

/** Ways of asking for JSON, strictest first; servers know some of them. */
const formats = ['schema', 'json', 'none'] as const;

/** Anything that speaks OpenAI's protocol: llama.cpp, LM Studio, vLLM, hosted services. */
export function createOpenAiHost(options: { url: string; key: string | null; fetch: Fetch }): ModelHost {
  const { url, key } = options;
  /** The strictest format that this server took. */
  let strictest = 0;
  const refused = new Set<string>();

  async function request<T>(signal: AbortSignal, path: string, body: object | null, read: (response: Response) => Promise<T>): Promise<T> {
    try {
      const init: RequestInit = body === null ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return await read(await hostFetch(options.fetch, { signal, key })(url + path, init));
    } catch (error) {
      if (!signal.aborted && (error instanceof SyntaxError || error instanceof z.ZodError))
        throw new HostError('garbled', 'The model server sent something that is no answer.', 0, { cause: error });
      throw withoutKey(hostError(error, signal), key);
    }
  }

  const chat = (question: Question, format: (typeof formats)[number]) =>
    request(
      question.signal,
      '/chat/completions',
      {
        model: question.model,
        messages: [
          { role: 'system', content: format === 'schema' ? question.system : `${question.system}\n\nAnswer with JSON of this schema only:\n${JSON.stringify(question.shape)}` },
          { role: 'user', content: question.input },
        ],
        stream: true,
        ...(refused.has('temperature') ? {} : { temperature: question.seed === 0 ? 0 : 0.4 }),
        ...(refused.has('seed') ? {} : { seed: question.seed }),
        ...(refused.has('stream_options') ? {} : { stream_options: { include_usage: true } }),
        // Models that think count otherwise, and call it otherwise.
        ...(refused.has('max_tokens') ? { max_completion_tokens: question.maxTokens } : { max_tokens: question.maxTokens }),
        ...(format === 'schema' ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: question.shape } } } : {}),
        ...(format === 'json' ? { response_format: { type: 'json_object' } } : {}),
      },
      (response) => readAnswer(response, question.onText),
    );

  return {
    version: () => Promise.resolve(null),
    models: (signal) =>
      request(signal, '/models', null, async (response) =>
        listSchema.parse(await response.json()).data.map(({ id }) => ({ name: id, bytes: null, parameters: null, quantization: null, capabilities: [] })),
      ),
    async ask(question) {
      for (;;) {
        const format = formats[strictest] ?? 'none';
        try {
          return await chat(question, format);
        } catch (error) {
          const part = error instanceof HostError && error.kind === 'refused' ? optional.find((name) => !refused.has(name) && error.message.includes(name)) : undefined;
          if (part !== undefined) {
            refused.add(part);
            continue;
          }
          const isFormat = error instanceof HostError && error.kind === 'refused' && /response_format|json_schema|json_object|grammar|schema/i.test(error.message);
          if (!isFormat || format === 'none') throw error;
          strictest += 1;
        }
      }
    },
    embed: (model, texts, signal) =>
      request(signal, '/embeddings', { model, input: texts }, async (response) =>
        vectorsSchema
          .parse(await response.json())
          .data.toSorted((a, b) => a.index - b.index)
          .map(({ embedding }) => embedding),
      ),
    manage: null,
  };
}

async function readAnswer(response: Response, onText: (piece: string) => void) {
  let text = '';
  let ended = false;
  let usage = { prompt_tokens: 0, completion_tokens: 0 };
  if (response.body === null) throw new HostError('garbled', 'The answer is empty.');
  for await (const data of readEvents(response.body)) {
    if (data === '[DONE]') {
      ended = true;
      break;
    }
    const chunk = chunkSchema.parse(JSON.parse(data));
    if (chunk.error !== undefined) throw new HostError('server', `The model server failed: ${(typeof chunk.error === 'string' ? chunk.error : chunk.error.message).slice(0, 300)}`);
    usage = chunk.usage ?? usage;
    const [choice] = chunk.choices;
    const piece = choice?.delta?.content ?? '';
    if (piece !== '') onText(piece);
    text += piece;
    if ((choice?.finish_reason ?? null) !== null) ended = true;
    if (text.length > answerCap) throw new HostError('garbled', 'The model wrote without an end.');
  }
  if (!ended) throw new HostError('garbled', 'The answer broke off.');
  return { text, inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens, writingMs: null };
}
