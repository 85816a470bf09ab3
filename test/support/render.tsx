import { cleanup, render, type RenderResult } from '@testing-library/react';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { afterAll } from 'vitest';
import { Providers } from '../../renderer/app/providers.tsx';
import { createAppRouter } from '../../renderer/app/router.tsx';
import { setTransport } from '../../renderer/lib/client.ts';
import { createQueryClient } from '../../renderer/lib/query.ts';
import type { Link } from '../../renderer/lib/transport.ts';
import { createFakeEngine, type FakeState } from './memory-engine.ts';

// What is still shown when the document goes would be told of it by its timers.
afterAll(cleanup);

// happy-dom has no font loading; growing text areas listen to it.
if (document.fonts === undefined) Object.defineProperty(document, 'fonts', { value: new EventTarget() });

type Call = (input: unknown, options: unknown) => Promise<unknown>;

/** A link that calls the engine in memory. */
export function memoryLink(engine: ReturnType<typeof createFakeEngine>): Link {
  return {
    call: (path, input, options) => {
      let node: unknown = engine.client;
      for (const name of path) node = (node as Record<string, unknown>)[name];
      return (node as Call)(input, options);
    },
  };
}

/** Makes the renderer's client talk to an engine in memory. */
export function connect(state: FakeState): ReturnType<typeof createFakeEngine> {
  const engine = createFakeEngine(state);
  const link = memoryLink(engine);
  setTransport({ kind: 'test', link: () => Promise.resolve(link), live: () => Promise.resolve({ link, closed: new Promise(() => undefined), needsAbort: true }) });
  return engine;
}

/** The whole application at an address, on an engine in memory. */
export function renderApp(path: string, state: FakeState): RenderResult & { engine: ReturnType<typeof createFakeEngine>; router: ReturnType<typeof createAppRouter> } {
  cleanup();
  const engine = connect(state);
  const queryClient = createQueryClient(() => undefined);
  const router = createAppRouter(createMemoryHistory({ initialEntries: [path] }));
  const result = render(
    <Providers queryClient={queryClient} test>
      <RouterProvider router={router} />
    </Providers>,
  );
  return { ...result, engine, router };
}

/** One component with theme and cache around it. */
export function renderPart(part: ReactElement, state: FakeState): RenderResult & { engine: ReturnType<typeof createFakeEngine> } {
  cleanup();
  const engine = connect(state);
  return {
    ...render(
      <Providers queryClient={createQueryClient(() => undefined)} test>
        {part}
      </Providers>,
    ),
    engine,
  };
}
