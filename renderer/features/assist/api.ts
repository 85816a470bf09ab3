import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Provider, Pull } from '../../../shared/schemas/assist.ts';
import { api } from '../../lib/client.ts';
import { refresh } from '../../lib/query.ts';
import { useTasks } from '../../lib/tasks.ts';

const lookAgainMs = 8000;

/** Refetches everything about model servers. */
export function useAssistRefresh(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => refresh(queryClient, api.assist.key());
}

/** Whether a host may be looked at: asking one that needs consent is refused. */
export function mayLook({ enabled, local, consentAt }: Provider): boolean {
  return enabled && (local || consentAt !== null);
}

/** The provider as a look at its host shows it now; one that is not ready is looked at again every few seconds. */
export function useLook(provider: Provider) {
  const look = useQuery(
    api.assist.checkProvider.queryOptions({
      input: { id: provider.id },
      enabled: mayLook(provider),
      refetchInterval: (query) => (query.state.data?.health.state === 'ready' ? false : lookAgainMs),
    }),
  );
  // Settings come from the list, which a change refetches at once.
  const health = mayLook(provider) ? (look.data?.health ?? provider.health) : provider.health;
  return { provider: { ...provider, health }, looking: look.isFetching && look.data === undefined, again: () => void look.refetch() };
}

/** Downloads that run, failed or ended, with their live progress. */
export function usePulls(providerId: string): Pull[] {
  const { data } = useQuery(api.assist.pulls.queryOptions({ input: {} }));
  const tasks = useTasks((state) => state.tasks);
  return (data?.items ?? [])
    .filter((pull) => pull.providerId === providerId)
    .map((pull) => {
      const task = tasks[pull.id];
      return task === undefined || pull.state !== 'running' ? pull : { ...pull, doneBytes: task.done, totalBytes: task.total };
    });
}

/** Starts and cancels downloads. */
export function usePullActions() {
  const done = useAssistRefresh();
  const start = useMutation(api.assist.pull.mutationOptions({ onSettled: done }));
  const cancel = useMutation(api.assist.cancelPull.mutationOptions({ onSettled: done }));
  return { start, cancel };
}
