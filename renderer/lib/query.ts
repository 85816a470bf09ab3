import { MutationCache, QueryCache, QueryClient, type QueryKey } from '@tanstack/react-query';
import { ORPCError } from '@orpc/client';

/** The cache of engine data. Live events refetch what changed, so nothing polls and data counts as fresh for long. */
export function createQueryClient(onError: (error: unknown) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache(),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (!mutation.meta?.['ownError']) onError(error);
      },
    }),
    defaultOptions: {
      queries: { staleTime: 30_000, gcTime: 300_000, retry: (count, error) => !(error instanceof ORPCError) && count < 2, refetchOnWindowFocus: false, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** Invalidates several areas at once, for example after a mutation: `refresh(queryClient, api.lists.key(), api.subscribers.key())`. */
export async function refresh(queryClient: QueryClient, ...keys: readonly QueryKey[]): Promise<void> {
  await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}
