import { RPCHandler } from '@orpc/server/ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { RpcContext } from '../engine/rpc/base.ts';
import type { Guard } from './guard.ts';
import type { Served } from './router.ts';
import { admit } from './admission.ts';
import { bearerToken } from './token.ts';

export const socketPath = '/ws';
const protocol = 'homing';
const tokenPrefix = 'token.';
const pingEveryMs = 30_000;
const maxMessageBytes = 8 * 1024 * 1024;

export interface SocketServer {
  close(): void;
}

/**
 * Serves the contract over WebSockets at `/ws`. The token comes with the upgrade request, so that nothing is served
 * before: as `Authorization: Bearer`, or from a browser as the subprotocol `token.<token>` beside `homing`. Never in
 * the address: addresses end up in logs and histories.
 */
export function createSocketServer(options: { server: Server; served: Served; guard: () => Guard; token: string; onRefused: (client: string) => number }): SocketServer {
  const handler = new RPCHandler<RpcContext>(options.served.router);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, handleProtocols: (offered) => (offered.has(protocol) ? protocol : false) });
  const alive = new WeakSet<WebSocket>();
  const profiles = new WeakMap<WebSocket, string>();

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? '').split('?')[0];
    if (path !== socketPath) return refuse(socket, 404, 'Not Found');
    if (!options.guard().hostAllowed(request.headers.host) || !options.guard().originAllowed(request.headers.origin)) return refuse(socket, 403, 'Forbidden');
    const given = bearerToken(request.headers.authorization) ?? offeredToken(request.headers['sec-websocket-protocol']);
    const admitted = admit({ ...options.served, token: options.token }, given);
    if (admitted === null) {
      const waitSeconds = options.onRefused(request.socket.remoteAddress ?? '');
      return waitSeconds > 0 ? refuse(socket, 429, 'Too Many Requests') : refuse(socket, 401, 'Unauthorized');
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      alive.add(client);
      client.on('pong', () => alive.add(client));
      client.on('error', () => client.terminate());
      if (admitted.profileId !== null) profiles.set(client, admitted.profileId);
      void handler.upgrade(client, { context: admitted.context });
    });
  }

  const unsubscribe = options.served.people?.onRevoked((profileId) => {
    for (const client of sockets.clients) if (profiles.get(client) === profileId) client.close(4401, 'This token no longer counts');
  });
  const timer = setInterval(() => {
    for (const client of sockets.clients) {
      if (!alive.delete(client)) client.terminate();
      else client.ping();
    }
  }, pingEveryMs);
  timer.unref();
  options.server.on('upgrade', upgrade);

  return {
    close() {
      clearInterval(timer);
      unsubscribe?.();
      options.server.off('upgrade', upgrade);
      for (const client of sockets.clients) client.close(1001, 'Homing is closing');
      sockets.close();
    },
  };
}

function offeredToken(header: string | undefined): string | null {
  const entry = header?.split(',').find((name) => name.trim().startsWith(tokenPrefix));
  return entry === undefined ? null : entry.trim().slice(tokenPrefix.length);
}

function refuse(socket: Duplex, status: number, reason: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
