import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { Contract } from '../../shared/contract/index.ts';
import type { Link, Transport } from './transport.ts';

export type Client = ContractRouterClient<Contract>;

let transport: Transport | null = null;

/** Chooses how calls reach the engine. Called once at start, and by tests with a fake. */
export function setTransport(next: Transport): void {
  transport = next;
}

export function getTransport(): Transport {
  if (!transport) throw new Error('No transport is set');
  return transport;
}

const link: Link = {
  call: async (path, input, options) => (await getTransport().link()).call(path, input, options),
};

/** Direct calls: `await client.campaigns.launch({ id })`. */
export const client: Client = createORPCClient(link);

/**
 * Query helpers for React Query: `useQuery(api.mailboxes.list.queryOptions({ input: {} }))`,
 * `useMutation(api.campaigns.launch.mutationOptions())`, `api.campaigns.key()` to invalidate a whole area.
 */
export const api = createTanstackQueryUtils(client);

/** A client over one link, for the live stream. */
export function clientOver(over: Link): Client {
  return createORPCClient(over);
}
