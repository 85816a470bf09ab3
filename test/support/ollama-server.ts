import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
}

/** How the next answers of a path are spoilt. */
export type Fault =
  /** The status, with an error as Ollama writes it. */
  | { readonly kind: 'status'; readonly status: number; readonly error: string; readonly headers?: Record<string, string> }
  /** Takes the question and never answers. */
  | { readonly kind: 'silent' }
  /** Sends the first lines, then nothing, with the connection open. */
  | { readonly kind: 'stalls' }
  /** Sends the first half of its lines and closes properly. */
  | { readonly kind: 'truncated' }
  /** Sends the first half of its lines and drops the connection. */
  | { readonly kind: 'dropped' }
  /** Lines that are no JSON. */
  | { readonly kind: 'garbage' }
  /** An error object inside of the stream, as when a model runs out of memory. */
  | { readonly kind: 'stream_error'; readonly error: string }
  | { readonly kind: 'redirect'; readonly to: string };

interface StandInModel {
  readonly size: number;
  readonly capabilities: readonly string[];
}

/**
 * Ollama as its API documents it (docs/api.md of the project): /api/version, /api/tags, /api/show, /api/chat (NDJSON stream,
 * `format` = JSON Schema), /api/embed, /api/pull with progress per layer, /api/delete. `answers` says what the model says.
 */
export async function startOllama(options: { models?: Record<string, StandInModel> } = {}) {
  const models = new Map(Object.entries(options.models ?? { 'llama3.2:3b': { size: 2_000_000_000, capabilities: ['completion', 'tools'] } }));
  const asked: Asked[] = [];
  const faults = new Map<string, Fault[]>();
  const waiting = new Set<() => void>();
  let answer: (question: { model: string; system: string; user: string; format: unknown }) => string = () => '{"capital":"Paris","sentence":"A city."}';
  let atOnce = 0;
  let mostAtOnce = 0;
  let closed = 0;
  /** Length of the vectors. */
  let dimensions = 64;
  /** A pull pauses after its first layer until released. */
  let holdPulls = false;
  let release: () => void = () => undefined;

  const json = (response: ServerResponse, value: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
  };

  async function stream(response: ServerResponse, lines: object[], fault: Fault | undefined): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const half = fault?.kind === 'truncated' || fault?.kind === 'dropped' ? Math.ceil(lines.length / 2) : fault?.kind === 'stalls' ? 1 : lines.length;
    for (const [index, line] of lines.slice(0, half).entries()) {
      // Cut in the middle of a line, as packets are.
      const text = `${JSON.stringify(line)}\n`;
      response.write(text.slice(0, 7));
      await new Promise((resolve) => setImmediate(resolve));
      response.write(text.slice(7));
      if (holdPulls && index === 1 && 'status' in line) await new Promise<void>((resolve) => (release = resolve));
    }
    if (fault?.kind === 'stalls') await new Promise<void>((resolve) => waiting.add(resolve));
    if (fault?.kind === 'dropped') response.destroy();
    else if (fault?.kind === 'stream_error') response.end(`${JSON.stringify({ error: fault.error })}\n`);
    else if (fault?.kind === 'garbage') response.end('<html>what the proxy says of ada@example.com</html>\nmore of it\n');
    else response.end();
  }

  function chatLines(model: string, text: string): object[] {
    const pieces = text.match(/[\s\S]{1,8}/g) ?? [''];
    const base = { model, created_at: '2026-03-02T09:00:00.000000Z' };
    return [
      ...pieces.map((content) => ({ ...base, message: { role: 'assistant', content }, done: false })),
      {
        ...base,
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'stop',
        total_duration: 900_000_000,
        load_duration: 100_000_000,
        prompt_eval_count: 40,
        prompt_eval_duration: 200_000_000,
        eval_count: pieces.length,
        eval_duration: pieces.length * 20_000_000,
      },
    ];
  }

  async function chat(response: ServerResponse, body: Record<string, unknown>, fault: Fault | undefined): Promise<void> {
    const model = String(body['model']);
    if (!models.has(model)) return json(response, { error: `model "${model}" not found, try pulling it first` }, 404);
    const messages = body['messages'] as { role: string; content: string }[];
    const said = (role: string) => messages.find((message) => message.role === role)?.content ?? '';
    const text = answer({ model, system: said('system'), user: said('user'), format: body['format'] });
    const lines = chatLines(model, text);
    return stream(response, fault?.kind === 'garbage' || fault?.kind === 'stream_error' ? lines.slice(0, 1) : lines, fault);
  }

  async function pull(response: ServerResponse, body: Record<string, unknown>, fault: Fault | undefined): Promise<void> {
    const name = String(body['name'] ?? body['model']);
    if (name.startsWith('no-such')) return stream(response, [{ status: 'pulling manifest' }], { kind: 'stream_error', error: 'pull model manifest: file does not exist' });
    const layer = (digest: string, total: number, completed?: number) => ({
      status: `pulling ${digest}`,
      digest: `sha256:${digest}`,
      total,
      ...(completed === undefined ? {} : { completed }),
    });
    const progress = [layer('aaaa', 1000), layer('aaaa', 1000, 400), layer('aaaa', 1000, 1000), layer('bbbb', 500, 250), layer('bbbb', 500, 500)];
    await stream(response, [{ status: 'pulling manifest' }, ...progress, { status: 'verifying sha256 digest' }, { status: 'writing manifest' }, { status: 'success' }], fault);
    if (fault === undefined && !response.destroyed) models.set(name, { size: 1500, capabilities: ['completion'] });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    let raw = '';
    for await (const chunk of request) raw += String(chunk);
    const body = raw === '' ? {} : (JSON.parse(raw) as Record<string, unknown>);
    asked.push({ path, body, headers: request.headers });
    response.on('close', () => {
      if (!response.writableFinished) closed += 1;
    });
    const fault = faults.get(path)?.shift();
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(JSON.stringify({ error: fault.error }));
      return;
    }
    if (fault?.kind === 'redirect') {
      response.writeHead(307, { location: fault.to }).end();
      return;
    }
    if (fault?.kind === 'silent') {
      await new Promise<void>((resolve) => waiting.add(resolve));
      response.destroy();
      return;
    }
    const name = String(body['model'] ?? body['name'] ?? '');
    if (path === '/api/version') return json(response, { version: '0.12.3' });
    if (path === '/api/tags') {
      const list = [...models].map(([each, { size }]) => ({
        ...{ name: each, model: each, modified_at: '2026-03-01T00:00:00Z', size, digest: 'a'.repeat(64) },
        details: { parent_model: '', format: 'gguf', family: 'llama', families: ['llama'], parameter_size: '3.2B', quantization_level: 'Q4_K_M' },
      }));
      return json(response, { models: list });
    }
    if (path === '/api/show') {
      const found = models.get(name);
      return found === undefined ? json(response, { error: `model '${name}' not found` }, 404) : json(response, { details: {}, model_info: {}, capabilities: found.capabilities });
    }
    if (path === '/api/chat') return chat(response, body, fault);
    if (path === '/api/pull') return pull(response, body, fault);
    if (path === '/api/embed') {
      const input = body['input'] as string[];
      return json(response, { model: name, embeddings: input.map((text) => bagOfWords(text, dimensions)), total_duration: 1, load_duration: 1, prompt_eval_count: input.length });
    }
    if (path === '/api/delete') {
      if (!models.delete(name)) return json(response, { error: `model '${name}' not found` }, 404);
      response.writeHead(200).end();
      return;
    }
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
  }

  const server = createServer((request, response) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    void handle(request, response)
      .catch((error: unknown) => response.destroy(error as Error))
      .finally(() => (atOnce -= 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    models,
    asked,
    /** Questions to /api/chat. */
    chats: () => asked.filter(({ path }) => path === '/api/chat'),
    says(next: string | typeof answer): void {
      answer = typeof next === 'string' ? () => next : next;
    },
    fail(path: string, ...list: Fault[]): void {
      faults.set(path, [...(faults.get(path) ?? []), ...list]);
    },
    /** As when a model is replaced by another one under its name. */
    dimensions(next: number): void {
      dimensions = next;
    },
    holdPulls(): void {
      holdPulls = true;
    },
    releasePulls(): void {
      holdPulls = false;
      release();
    },
    mostAtOnce: () => mostAtOnce,
    /** Answers whose connection the other side closed before they were complete. */
    cutOff: () => closed,
    async close(): Promise<void> {
      for (const resolve of waiting) resolve();
      release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type OllamaStandIn = Awaited<ReturnType<typeof startOllama>>;

/** A vector that reflects a text: its words, each at a place of its own by a hash, so that texts with common words are near. */
function bagOfWords(text: string, dimensions: number): number[] {
  const vector = Array.from({ length: dimensions }, () => 0);
  for (const word of text.toLowerCase().match(/\p{L}{3,}/gu) ?? []) {
    const at = [...word].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % dimensions, 7);
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}
