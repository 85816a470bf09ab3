import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { api } from '../../lib/client.ts';
import { refresh } from '../../lib/query.ts';

export function useSequences(q: string) {
  return useQuery(api.sequences.list.queryOptions({ input: { limit: 200, sort: '-updatedAt', ...(q === '' ? {} : { q }) }, placeholderData: keepPreviousData }));
}

export function useSequence(id: string) {
  return useQuery(api.sequences.get.queryOptions({ input: { id } }));
}

/** Findings about a graph that need not be stored yet. The last findings stay on screen while new ones are made. */
export function useCheck(graph: SequenceGraph) {
  return useQuery(api.sequences.check.queryOptions({ input: { graph }, placeholderData: keepPreviousData, staleTime: Infinity, gcTime: 60_000 }));
}

/** Changes to sequences as a whole; each of them makes the lists fresh again. */
export function useSequenceActions() {
  const queryClient = useQueryClient();
  const onSuccess = () => refresh(queryClient, api.sequences.key(), api.campaigns.key());
  return {
    create: useMutation(api.sequences.create.mutationOptions({ onSuccess })),
    duplicate: useMutation(api.sequences.duplicate.mutationOptions({ onSuccess })),
    remove: useMutation(api.sequences.remove.mutationOptions({ onSuccess })),
    activate: useMutation(api.sequences.activate.mutationOptions({ onSuccess })),
  };
}
