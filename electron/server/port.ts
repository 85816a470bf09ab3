import type { SupportedMessagePort } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/message-port';
import type { RpcContext } from '../engine/rpc/base.ts';
import type { Served } from './router.ts';

/** A port of Node, of a browser, or of Electron's main process. */
export type PortLike = SupportedMessagePort & { start?(): void };

/** Serves the contract over message ports, one client each. Whoever holds a port may use it: the shell checks before. */
export function createPortServer(served: Served): (port: PortLike) => void {
  const handler = new RPCHandler<RpcContext>(served.router);
  return (port) => {
    handler.upgrade(port, { context: served.context });
    port.start?.();
  };
}
