import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Campaign, CampaignStatus } from '../../../shared/schemas/campaign.ts';
import type { EnrolmentState } from '../../../shared/schemas/enrolment.ts';
import { api, client } from '../../lib/client.ts';
import { refresh } from '../../lib/query.ts';

const pages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor ?? undefined,
  placeholderData: keepPreviousData,
};
const at = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

export function useCampaigns(q: string, status: CampaignStatus | null, ownerId: string | null) {
  return useInfiniteQuery(
    api.campaigns.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: 100,
        ...(q === '' ? {} : { q }),
        ...(status === null ? {} : { status }),
        ...(ownerId === null ? {} : { ownerId }),
        ...at(cursor),
      }),
      ...pages,
    }),
  );
}

export function useCampaign(id: string) {
  return useQuery(api.campaigns.get.queryOptions({ input: { id } }));
}

export function usePreflight(id: string) {
  return useQuery(api.campaigns.preflight.queryOptions({ input: { id }, staleTime: 2_000, refetchOnMount: 'always' }));
}

/**
 * Worked out when it is looked at and after each change of the campaign, not after each mail: it may take a second or
 * two. Its key stands apart from the other queries of campaigns, which live events refresh.
 */
export function useForecast({ id, updatedAt }: Pick<Campaign, 'id' | 'updatedAt'>) {
  return useQuery({
    queryKey: ['forecast', id, updatedAt],
    queryFn: ({ signal }) => client.campaigns.forecast({ id }, { signal }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

export function useSequences() {
  return useQuery(api.sequences.list.queryOptions({ input: { limit: 500 } }));
}

export function useSequence(id: string) {
  return useQuery(api.sequences.get.queryOptions({ input: { id } }));
}

export function useSegments() {
  return useQuery(api.segments.list.queryOptions({ input: {} }));
}

export function useLists() {
  return useQuery(api.lists.list.queryOptions({ input: { limit: 500, sort: 'name' } }));
}

export function useMailboxes() {
  return useQuery(api.mailboxes.list.queryOptions({ input: { limit: 200 } }));
}

export function useEnrolments(campaignId: string, q: string, state: EnrolmentState | null) {
  return useInfiniteQuery(
    api.enrolments.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ campaignId, limit: 100, ...(q === '' ? {} : { q }), ...(state === null ? {} : { state }), ...at(cursor) }),
      ...pages,
    }),
  );
}

export function useDeliveries(campaignId: string) {
  return useInfiniteQuery(api.deliveries.list.infiniteOptions({ input: (cursor: string | undefined) => ({ campaignId, limit: 100, ...at(cursor) }), ...pages }));
}

export function useReplies(campaignId: string) {
  return useInfiniteQuery(api.replies.list.infiniteOptions({ input: (cursor: string | undefined) => ({ campaignId, limit: 100, ...at(cursor) }), ...pages }));
}

const idPage = 500;

/** Ids of everybody on a list. */
export async function listMembers(listId: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.subscribers.list({ listId, limit: idPage, ...at(cursor) });
    for (const contact of page.items) ids.push(contact.id);
    if (page.nextCursor === null) return ids;
    cursor = page.nextCursor;
  }
}

/** What a person can do with a campaign or with one person in it. */
export function useCampaignActions() {
  const queryClient = useQueryClient();
  const onSuccess = () => refresh(queryClient, api.campaigns.key(), api.enrolments.key(), api.deliveries.key(), api.workspace.key());
  return {
    create: useMutation(api.campaigns.create.mutationOptions({ onSuccess })),
    pass: useMutation(api.campaigns.update.mutationOptions({ onSuccess })),
    remove: useMutation(api.campaigns.remove.mutationOptions({ onSuccess })),
    launch: useMutation(api.campaigns.launch.mutationOptions({ onSuccess })),
    pause: useMutation(api.campaigns.pause.mutationOptions({ onSuccess })),
    resume: useMutation(api.campaigns.resume.mutationOptions({ onSuccess })),
    stop: useMutation(api.campaigns.stop.mutationOptions({ onSuccess })),
    enrol: useMutation(api.campaigns.enrol.mutationOptions({ onSuccess })),
    stopPerson: useMutation(api.enrolments.stop.mutationOptions({ onSuccess })),
    pausePerson: useMutation(api.enrolments.pause.mutationOptions({ onSuccess })),
    resumePerson: useMutation(api.enrolments.resume.mutationOptions({ onSuccess })),
  };
}

/** Makes the draft of a sequence its active version; the checklist is made again. */
export function useActivate() {
  const queryClient = useQueryClient();
  return useMutation(api.sequences.activate.mutationOptions({ onSuccess: () => refresh(queryClient, api.sequences.key(), api.campaigns.key()) }));
}
