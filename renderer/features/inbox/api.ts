import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReplyDetail } from '../../../shared/schemas/reply.ts';
import { notifyDone } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';

/** What a person may do with one message and its conversation; each answer replaces what is shown. */
export function useReplyActions(id: string) {
  const queryClient = useQueryClient();
  const settle = (done?: string) => ({
    onSuccess: (next: ReplyDetail) => {
      queryClient.setQueryData(api.replies.get.queryKey({ input: { id } }), next);
      if (done !== undefined) notifyDone(done);
    },
    onSettled: () => refresh(queryClient, api.replies.conversations.key(), api.replies.list.key(), api.enrolments.key(), api.deliveries.key(), api.workspace.key()),
  });
  return {
    update: useMutation(api.replies.update.mutationOptions(settle())),
    correct: useMutation(api.replies.update.mutationOptions(settle(t('inbox.class.changed')))),
    settled: useMutation(api.replies.done.mutationOptions(settle())),
    snooze: useMutation(api.replies.snooze.mutationOptions(settle())),
    resume: useMutation(
      api.enrolments.resume.mutationOptions({
        onSuccess: () => notifyDone(t('inbox.resumed')),
        onSettled: () => refresh(queryClient, api.enrolments.key(), api.deliveries.key(), api.campaigns.key()),
      }),
    ),
  };
}
