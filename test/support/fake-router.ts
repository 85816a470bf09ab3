import { contract } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { LiveMessage } from '../../shared/schemas/event.ts';
import { settingsSchema, type Settings } from '../../shared/schemas/settings.ts';
import { os, type RpcContext } from '../../electron/engine/rpc/base.ts';
import type { ContractRouter } from '../../electron/server/index.ts';
import { silentLog } from './store.ts';

interface Handlers {
  [name: string]: { handler(work: (options: { input: unknown; signal?: AbortSignal }) => unknown): unknown };
}

/** What the fake remembers, for assertions. */
export interface FakeEngine {
  readonly router: ContractRouter;
  readonly context: RpcContext;
  readonly calls: { path: string; input: unknown }[];
  settings: Settings;
  /** Live streams that are open now. */
  streams: number;
  /** Searches for servers that are under way now. */
  searches: number;
}

export const csvText = '\ufeffname,state\r\n"Müller, Anna",sent\r\n';

/** The whole contract by a small stand-in, for testing transports: some procedures answer, the others are refused. */
export function fakeEngine(): FakeEngine {
  const engine: { -readonly [K in keyof FakeEngine]: FakeEngine[K] } = {
    router: {} as ContractRouter,
    context: { log: silentLog },
    calls: [],
    settings: settingsSchema.parse({}),
    streams: 0,
    searches: 0,
  };

  async function* live(signal: AbortSignal | undefined): AsyncGenerator<LiveMessage> {
    engine.streams += 1;
    try {
      yield { kind: 'heartbeat', at: 1, cursor: 7 };
      yield { kind: 'progress', task: 'import', id: 'i1', done: 1, total: 2, state: 'running' };
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    } finally {
      engine.streams -= 1;
    }
  }

  async function search(signal: AbortSignal | undefined): Promise<never> {
    engine.searches += 1;
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    engine.searches -= 1;
    throw new AppError('cancelled', 'Given up.');
  }

  const answers: Record<string, (input: never, signal: AbortSignal | undefined) => unknown> = {
    'settings.get': () => engine.settings,
    'settings.update': (patch: Partial<Settings>) => (engine.settings = { ...engine.settings, ...patch }),
    'lists.list': (input: { limit: number }) => ({ items: [], nextCursor: null, total: input.limit }),
    'lists.create': (input: { name: string }) => ({ id: 'l1', name: input.name, contacts: 0, createdAt: 1, updatedAt: 1 }),
    'lists.get': ({ id }: { id: string }) => {
      if (id === 'broken') throw new Error('secret detail');
      throw new AppError('not_found', `There is no list ${id}.`);
    },
    'lists.remove': () => {
      throw new AppError('in_use', 'Two campaigns use this list.', { fields: { id: 'Two campaigns use this list.' }, campaigns: 2 });
    },
    'deliveries.list': () => ({ items: [], nextCursor: null, total: 0 }),
    'replies.list': () => ({ items: [], nextCursor: null, total: 0, unread: 0 }),
    'subscribers.inspectImport': async ({ file }: { file: File }) => ({
      uploadId: 'u1',
      fileName: file.name,
      bytes: file.size,
      format: 'csv',
      encoding: 'utf-8',
      sheets: [],
      sheet: null,
      delimiter: ',',
      headerLine: 1,
      columns: ((await file.text()).split('\n')[0] ?? '').split(',').map((name, index) => ({ index, name, samples: [] })),
      mapping: {},
    }),
    'subscribers.import': () => {
      throw new AppError('csv_unreadable', 'The file has no header.');
    },
    'mailboxes.discover': (_input, signal) => search(signal),
    'events.live': (_input, signal) => live(signal),
    'reports.deliveries': () => new File([csvText], 'deliveries.csv', { type: 'text/csv' }),
  };

  engine.router = Object.fromEntries(
    Object.keys(contract).map((area) => {
      const handlers = (os as unknown as Record<string, Handlers>)[area] ?? {};
      const names = Object.keys(contract[area as keyof typeof contract]);
      return [
        area,
        Object.fromEntries(
          names.map((name) => [
            name,
            handlers[name]?.handler(({ input, signal }) => {
              const path = `${area}.${name}`;
              engine.calls.push({ path, input });
              const answer = answers[path];
              if (answer === undefined) throw new AppError('wrong_state', 'The stand-in does not know this.');
              return answer(input as never, signal);
            }),
          ]),
        ),
      ];
    }),
  ) as unknown as ContractRouter;
  return engine;
}
