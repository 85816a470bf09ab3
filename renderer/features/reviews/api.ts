import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifyDone } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';

/** All, or the mails of one step of a campaign. */
export interface Scope {
  readonly campaignId?: string;
  readonly stepId?: string;
}

/** So many are shown; the others follow as these are decided. */
const shown = 50;
const lookAgainMs = 1000;

export function useReviews(scope: Scope) {
  return useQuery(api.reviews.list.queryOptions({ input: { ...scope, limit: shown }, placeholderData: keepPreviousData }));
}

function useSettled(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => refresh(queryClient, api.reviews.key(), api.deliveries.key(), api.enrolments.key(), api.workspace.key());
}

/** What a person decides about one mail. `gone` = it left the queue. */
export function useReviewActions(gone: (id: string, person: string) => void) {
  const onSettled = useSettled();
  const person = ({ contactName, recipient }: { readonly contactName: string | null; readonly recipient: string }) => contactName || recipient;
  const leave = (text: 'reviews.approved' | 'reviews.fellBack') => (delivery: { readonly id: string; readonly contactName: string | null; readonly recipient: string }) => {
    notifyDone(t(text, { person: person(delivery) }));
    gone(delivery.id, person(delivery));
  };
  return {
    approve: useMutation(api.reviews.approve.mutationOptions({ onSuccess: leave('reviews.approved'), onSettled })),
    fallback: useMutation(api.reviews.useFallback.mutationOptions({ onSuccess: leave('reviews.fellBack'), onSettled })),
    edit: useMutation(api.reviews.edit.mutationOptions({ onSettled })),
    regenerate: useMutation(api.reviews.regenerate.mutationOptions({ onSettled })),
  };
}

/** Approving what a scope shows, all at once. */
export function useApproveAll() {
  const onSettled = useSettled();
  return useMutation(
    api.reviews.approveAll.mutationOptions({
      onSuccess: ({ done, left, reasons }) => {
        const stay = left === 0 ? '' : ` · ${t('reviews.leftMany', { count: left, reasons: reasons.map(({ reason }) => reason).join(' ') })}`;
        notifyDone(t('reviews.approvedMany', { count: done }) + stay);
      },
      onSettled,
    }),
  );
}

/** The writing of passages: how far it is, and whether anybody could write. */
export function useWriting() {
  const onSettled = useSettled();
  const providers = useQuery(api.assist.providers.queryOptions({ input: {} }));
  const settings = useQuery(api.settings.get.queryOptions({ input: {} }));
  const off = settings.data?.assistOff.includes('personal') === true;
  return {
    writing: useQuery(api.reviews.writing.queryOptions({ input: {}, refetchInterval: (query) => (query.state.data?.state === 'running' ? lookAgainMs : false) })).data,
    start: useMutation(api.reviews.write.mutationOptions({ onSettled })),
    cancel: useMutation(api.reviews.cancel.mutationOptions({ onSettled })),
    aheadHours: settings.data?.personalAheadHours ?? 0,
    off,
    noModel: providers.data !== undefined && !off && providers.data.items.every(({ enabled }) => !enabled),
  };
}
