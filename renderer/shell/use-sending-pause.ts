import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Workspace } from '../../shared/schemas/settings.ts';
import { api } from '../lib/client.ts';

/** Pauses and resumes all sending; the workspace that the engine answers with is shown at once. */
export function useSendingPause() {
  const queryClient = useQueryClient();
  const put = { onSuccess: (next: Workspace) => queryClient.setQueryData(api.workspace.get.queryKey({ input: {} }), next) };
  const pause = useMutation(api.workspace.pauseSending.mutationOptions(put));
  const resume = useMutation(api.workspace.resumeSending.mutationOptions(put));
  return {
    /** Until a UTC time in ms; null = until somebody resumes. */
    pause: (until: number | null) => pause.mutate({ until }),
    resume: () => resume.mutate({}),
    busy: pause.isPending || resume.isPending,
  };
}
