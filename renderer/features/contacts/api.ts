import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AddressVerdict } from '../../../shared/schemas/address-check.ts';
import type { ContactStatus } from '../../../shared/schemas/contact.ts';
import type { SegmentFilter } from '../../../shared/schemas/segment.ts';
import { useOffsetRows } from '../../components/row-source.ts';
import { api } from '../../lib/client.ts';
import { refresh } from '../../lib/query.ts';

export interface ContactFilter {
  readonly q?: string;
  readonly listId?: string;
  readonly status?: ContactStatus;
  readonly verdict?: AddressVerdict;
  readonly tag?: string;
  readonly ownerId?: string;
  readonly filter?: SegmentFilter;
}

/** Rows of the contact table: the engine gives out windows by offset. */
export function useContactRows(filter: ContactFilter, sort: string) {
  return useOffsetRows((offset, limit) => api.subscribers.query.queryOptions({ input: { ...filter, sort, offset, limit } }), JSON.stringify([filter, sort]));
}

export function useContact(id: string) {
  return useQuery(api.subscribers.get.queryOptions({ input: { id } }));
}

export const historyPage = 100;
/** What one question gives at most. */
export const historyMost = 500;

/** What happened to one person: facts, mails and replies, three bulk calls. */
export function useHistory(contactId: string, limit: number) {
  const events = useQuery(api.events.list.queryOptions({ input: { contactId, limit }, placeholderData: keepPreviousData }));
  const deliveries = useQuery(api.deliveries.list.queryOptions({ input: { contactId, limit }, placeholderData: keepPreviousData }));
  const replies = useQuery(api.replies.list.queryOptions({ input: { contactId, limit }, placeholderData: keepPreviousData }));
  return { events, deliveries, replies };
}

export function useFields() {
  return useQuery(api.subscribers.fields.queryOptions({ input: {} }));
}

export function useLists() {
  return useQuery(api.lists.list.queryOptions({ input: { limit: 500, sort: 'name' } }));
}

export function useSegments() {
  return useQuery(api.segments.list.queryOptions({ input: {} }));
}

export function useSegmentCount(id: string) {
  return useQuery(api.segments.count.queryOptions({ input: { id } }));
}

export function useSuppressions(q: string) {
  return useInfiniteQuery(
    api.suppressions.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ limit: 100, ...(q === '' ? {} : { q }), ...(cursor === undefined ? {} : { cursor }) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  );
}

/** Changes to contacts, lists, segments and suppressions. What they touch is read again; the live stream tells other windows. */
export function useContactActions() {
  const queryClient = useQueryClient();
  const onSuccess = () => refresh(queryClient, api.subscribers.key(), api.lists.key(), api.segments.key(), api.suppressions.key(), api.workspace.key(), api.events.key());
  const own = { meta: { ownError: true } };
  return {
    create: useMutation(api.subscribers.create.mutationOptions({ onSuccess, ...own })),
    update: useMutation(api.subscribers.update.mutationOptions({ onSuccess, ...own })),
    erase: useMutation(api.subscribers.erase.mutationOptions({ onSuccess, ...own })),
    merge: useMutation(api.subscribers.merge.mutationOptions({ onSuccess, ...own })),
    dismiss: useMutation(api.subscribers.dismissDuplicate.mutationOptions({ onSuccess, ...own })),
    createList: useMutation(api.lists.create.mutationOptions({ onSuccess })),
    renameList: useMutation(api.lists.update.mutationOptions({ onSuccess })),
    removeList: useMutation(api.lists.remove.mutationOptions({ onSuccess })),
    createSegment: useMutation(api.segments.create.mutationOptions({ onSuccess })),
    updateSegment: useMutation(api.segments.update.mutationOptions({ onSuccess })),
    removeSegment: useMutation(api.segments.remove.mutationOptions({ onSuccess })),
    suppress: useMutation(api.suppressions.create.mutationOptions({ onSuccess, ...own })),
    lift: useMutation(api.suppressions.remove.mutationOptions({ onSuccess })),
  };
}

export function useWatchedFiles() {
  // A look a minute on the engine's side is told by nothing else.
  return useQuery(api.subscribers.watchedFiles.queryOptions({ input: {}, refetchInterval: 15_000 }));
}

export function useWatchActions() {
  const queryClient = useQueryClient();
  const onSettled = () => refresh(queryClient, api.subscribers.key(), api.lists.key());
  return {
    watch: useMutation(api.subscribers.watchFile.mutationOptions({ onSettled })),
    run: useMutation(api.subscribers.runWatchedFile.mutationOptions({ onSettled })),
    unwatch: useMutation(api.subscribers.unwatchFile.mutationOptions({ onSettled })),
  };
}

export function useImportRun(id: string | null) {
  return useQuery(
    api.subscribers.getImport.queryOptions({
      input: { id: id ?? '' },
      enabled: id !== null,
      // Progress comes by the live stream as well; reading the run keeps the counts right when that is slow.
      refetchInterval: (query) => (query.state.data?.state === 'running' || query.state.data === undefined ? 400 : false),
      staleTime: 0,
    }),
  );
}
