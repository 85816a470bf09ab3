import type { ClientLink } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';

export type Link = ClientLink<Record<never, never>>;

export interface LiveLink {
  readonly link: Link;
  /** Settles when the connection ended. */
  readonly closed: Promise<void>;
  /** Whether a call must be told to end; a closed socket ends its calls by itself and cannot be written to any more. */
  readonly needsAbort: boolean;
}

/** How the renderer reaches the engine. `live` opens a link of its own for the event stream; closing it ends the stream. */
export interface Transport {
  readonly kind: 'electron' | 'headless' | 'test';
  readonly link: () => Promise<Link>;
  readonly live: (signal: AbortSignal) => Promise<LiveLink>;
}

const tokenKey = 'homing.token';
/** The token of a headless page: from the fragment once (then removed from view), else from this tab's storage. */
export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const match = /^#token=([^&/]+)(?:&(.*))?$/.exec(location.hash);
  if (match?.[1]) {
    storage.setItem(tokenKey, decodeURIComponent(match[1]));
    history.replaceState(null, '', `${location.pathname}${location.search}#/`);
  }
  return storage.getItem(tokenKey);
}

/** Forgets a token that the server no longer accepts. */
export function forgetToken(storage: Storage): void {
  storage.removeItem(tokenKey);
}

/** HTTP for calls, WebSocket for live events; the token travels in a header and in the subprotocol, never in an address. */
export function headlessTransport(origin: string, token: string, onUnauthorized: () => void): Transport {
  const http: Link = new HttpLink({
    url: `${origin}/rpc`,
    headers: () => ({ authorization: `Bearer ${token}` }),
    fetch: async (request, init) => {
      const response = await fetch(request, init);
      if (response.status === 401) onUnauthorized();
      return response;
    },
  });
  return {
    kind: 'headless',
    link: () => Promise.resolve(http),
    live: (signal) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/ws`, ['homing', `token.${token}`]);
        const closed = new Promise<void>((done) => {
          socket.addEventListener('close', () => {
            done();
            reject(new Error('The live connection was closed'));
          });
        });
        socket.addEventListener('open', () => resolve({ link: new SocketLink({ websocket: socket }), closed, needsAbort: false }));
        signal.addEventListener('abort', () => socket.close(), { once: true });
      }),
  };
}

/**
 * The MessagePort that the preload relays. A new port replaces the old one, for example after the engine's host restarted.
 * Ports do not report their end reliably, so the live stream is watched by heartbeats instead.
 */
export function electronTransport(target: EventTarget, requestPort: () => void): Transport {
  let current: Link | null = null;
  let waiting: ((link: Link) => void)[] = [];
  const accept = (port: MessagePort) => {
    port.start();
    current = new PortLink({ port });
    for (const resolve of waiting) resolve(current);
    waiting = [];
  };
  const onPort = (event: Event) => {
    const { data, ports } = event as MessageEvent<unknown>;
    const port = ports[0];
    if (port && (event.type === 'homing:port' || data === 'homing:port')) accept(port);
  };
  target.addEventListener('homing:port', onPort);
  target.addEventListener('message', onPort);
  const link = () => (current ? Promise.resolve(current) : new Promise<Link>((resolve) => waiting.push(resolve)));
  let streams = 0;
  const freshLink = () => {
    // A stream that has to be opened again means that the old port is dead.
    current = null;
    requestPort();
    return link();
  };
  requestPort();
  return {
    kind: 'electron',
    link,
    live: async (signal) => {
      streams += 1;
      return {
        link: await (streams === 1 ? link() : freshLink()),
        closed: new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
        needsAbort: true,
      };
    },
  };
}
