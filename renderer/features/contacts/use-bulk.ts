import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BulkAction, BulkChange, BulkTarget } from '../../../shared/schemas/bulk.ts';
import { notifyDone, notifyError, notifyUndo } from '../../components/notify.tsx';
import { api, client } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';

const lookMs = 150;
const undoShownMs = 12_000;

/**
 * Changes many contacts: begins it, waits for its end, tells what was done and offers to take it back. It goes on when
 * the screen is left. `running` is the change under way, for its progress.
 */
export function useBulk() {
  const queryClient = useQueryClient();
  const [running, setRunning] = useState<BulkChange | null>(null);

  async function follow(first: BulkChange): Promise<BulkChange> {
    let change = first;
    while (change.state === 'running' || change.state === 'undoing') {
      setRunning(change);
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      change = await client.subscribers.getBulk({ id: first.id });
    }
    setRunning(null);
    await refresh(queryClient, api.subscribers.key(), api.lists.key(), api.segments.key(), api.suppressions.key(), api.workspace.key(), api.events.key());
    return change;
  }

  const undo = async (id: string) => {
    const change = await follow(await client.subscribers.undoBulk({ id }));
    if (change.state === 'undone') notifyDone(t('bulk.undone'));
  };

  return {
    running,
    cancel: async () => {
      if (running) await client.subscribers.cancelBulk({ id: running.id }).catch(notifyError);
    },
    /** Resolves when it has begun; throws what the engine refuses before that. `onDone` is called at the end. */
    async begin(target: BulkTarget, action: BulkAction, { listName = '', onDone }: { listName?: string; onDone?: () => void } = {}): Promise<void> {
      const begun = await client.subscribers.bulk({ target, action });
      const finish = async () => {
        const change = await follow(begun);
        const words =
          change.state === 'cancelled'
            ? t('bulk.stopped', { count: change.done })
            : change.state === 'failed'
              ? t('bulk.failed', { message: change.error ?? '' })
              : t(`bulk.done.${action.kind}`, { count: change.changed, list: listName });
        if (change.changed > 0 && action.kind !== 'check_addresses') notifyUndo(words, () => undo(change.id), undoShownMs);
        else notifyDone(words);
        onDone?.();
      };
      void finish().catch((error: unknown) => {
        setRunning(null);
        notifyError(error);
      });
    },
  };
}
