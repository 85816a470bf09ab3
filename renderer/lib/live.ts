import type { QueryClient } from '@tanstack/react-query';
import type { EventType, LiveMessage } from '../../shared/schemas/event.ts';
import { api, clientOver, getTransport } from './client.ts';
import { useConnection } from './connection.ts';
import { useTasks } from './tasks.ts';

type Area =
  | 'deliveries'
  | 'reviews'
  | 'enrolments'
  | 'campaigns'
  | 'tasks'
  | 'replies'
  | 'mailboxes'
  | 'subscribers'
  | 'lists'
  | 'segments'
  | 'suppressions'
  | 'sequences'
  | 'templates'
  | 'settings'
  | 'assist'
  | 'workspace'
  | 'events';

/** Which areas of the cache an event makes stale. */
export function areasOf(type: EventType): readonly Area[] {
  switch (type) {
    case 'sent':
      return ['deliveries', 'enrolments', 'campaigns', 'mailboxes', 'workspace'];
    case 'planned':
    case 'slot_moved':
    case 'deferred':
    case 'failed':
    case 'unknown':
    case 'resolved':
    case 'held':
    case 'released':
    case 'cancelled':
    case 'skipped':
    case 'enrolled':
    case 'paused':
    case 'resumed':
    case 'stopped':
    case 'finished':
    case 'restarted':
    case 'moved_mailbox':
    case 'sent_copy_failed':
    case 'message_id_learnt':
      return ['deliveries', 'reviews', 'enrolments', 'campaigns', 'workspace'];
    case 'branched':
    case 'acted':
    case 'moved_version':
    case 'task_opened':
    case 'task_done':
    case 'task_skipped':
    case 'task_snoozed':
      return ['tasks', 'enrolments', 'deliveries', 'reviews', 'campaigns', 'workspace'];
    case 'notified':
    case 'webhook_failed':
      return ['workspace'];
    case 'replied':
    case 'auto_replied':
    case 'bounced':
    case 'delayed':
    case 'complained':
    case 'unsubscribed':
    case 'opened':
    case 'clicked':
    case 'converted':
    case 'reply_reclassified':
      return ['replies', 'deliveries', 'reviews', 'enrolments', 'campaigns', 'subscribers', 'segments', 'suppressions', 'workspace'];
    case 'contact_merged':
      return ['subscribers', 'lists', 'segments', 'suppressions', 'enrolments', 'deliveries', 'replies', 'campaigns', 'tasks', 'workspace'];
    case 'contact_created':
    case 'contact_updated':
    case 'contact_deleted':
    case 'imported':
      return ['subscribers', 'lists', 'segments', 'reviews', 'workspace'];
    case 'suppressed':
    case 'unsuppressed':
      return ['suppressions', 'subscribers', 'enrolments', 'deliveries', 'reviews', 'campaigns', 'workspace'];
    case 'sequence_changed':
      return ['sequences'];
    case 'template_changed':
      return ['templates'];
    case 'sequence_activated':
      return ['sequences', 'campaigns'];
    case 'campaign_launched':
    case 'campaign_paused':
    case 'campaign_resumed':
    case 'campaign_stopped':
    case 'campaign_finished':
    case 'campaign_auto_paused':
      return ['campaigns', 'enrolments', 'deliveries', 'reviews', 'workspace'];
    case 'mailbox_created':
    case 'mailbox_updated':
    case 'mailbox_deleted':
    case 'mailbox_tested':
    case 'mailbox_paused':
    case 'mailbox_resumed':
    case 'mailbox_trouble':
    case 'mailbox_recovered':
    case 'mailbox_ramp_changed':
    case 'domain_backoff':
    case 'domain_recovered':
    case 'domain_checked':
      return ['mailboxes', 'campaigns', 'deliveries', 'workspace'];
    case 'sending_paused':
    case 'sending_resumed':
    case 'workspace_restored':
      return ['workspace', 'deliveries'];
    case 'settings_changed':
      return ['settings', 'assist', 'workspace'];
  }
}

/** Runs `flush` with what was collected: at once, then at most every `everyMs`. */
export function createThrottle<T>(everyMs: number, flush: (items: ReadonlySet<T>) => void): { add: (items: Iterable<T>) => void; stop: () => void } {
  let pending = new Set<T>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const run = () => {
    if (pending.size === 0) {
      timer = null;
      return;
    }
    const items = pending;
    pending = new Set();
    timer = setTimeout(run, everyMs);
    flush(items);
  };
  return {
    add: (items) => {
      for (const item of items) pending.add(item);
      if (!timer && pending.size > 0) run();
    },
    stop: () => {
      if (timer) clearTimeout(timer);
      timer = null;
      pending.clear();
    },
  };
}

/** Delay before attempt `n` (1-based), in ms: 0.5 s doubling to 15 s, with jitter so that several windows spread out. */
export function reconnectDelay(attempt: number, random: () => number): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.min(attempt - 1, 10));
  return Math.round(ceiling / 2 + random() * (ceiling / 2));
}

const heartbeatLimitMs = 40_000;
const refetchEveryMs = 1_000;
const shownAfterEndMs = 8_000;

/**
 * Follows the live stream until `stop`: invalidates queries, feeds the task store and keeps the connection state.
 * A lost stream is reopened from the cursor with back-off, and everything on screen is refetched.
 */
export function startLive(queryClient: QueryClient): () => void {
  const stopped = new AbortController();
  const throttle = createThrottle<Area>(refetchEveryMs, (areas) => {
    for (const area of areas) void queryClient.invalidateQueries({ queryKey: api[area].key() });
  });
  let cursor: number | undefined;

  const take = (message: LiveMessage) => {
    switch (message.kind) {
      case 'events': {
        const areas = new Set<Area>(['events']);
        for (const event of message.events) {
          cursor = Math.max(cursor ?? 0, event.id);
          for (const area of areasOf(event.type)) areas.add(area);
        }
        if (message.more) void queryClient.invalidateQueries();
        else throttle.add(areas);
        break;
      }
      case 'progress': {
        const { id, task, done, total, state } = message;
        useTasks.getState().report({ id, task, done, total, state, updatedAt: Date.now() });
        // Each text that is written shows at once.
        if (task === 'personal_texts') throttle.add(['reviews']);
        if (state !== 'running') {
          if (task === 'model_pull') throttle.add(['assist']);
          else throttle.add(['subscribers', 'lists', 'segments', 'suppressions', 'campaigns', 'workspace']);
          // A failed task stays until somebody has read it.
          if (state !== 'failed') setTimeout(() => useTasks.getState().dismiss(id), shownAfterEndMs);
        }
        break;
      }
      case 'heartbeat':
        cursor = Math.max(cursor ?? 0, message.cursor);
        break;
    }
  };

  const once = async (onFirst: () => void): Promise<void> => {
    const attempt = new AbortController();
    const end = () => attempt.abort();
    stopped.signal.addEventListener('abort', end, { once: true });
    let watchdog = setTimeout(end, heartbeatLimitMs);
    try {
      const { link, closed, needsAbort } = await getTransport().live(attempt.signal);
      void closed.then(end);
      const stream = await clientOver(link).events.live(cursor === undefined ? {} : { after: cursor }, needsAbort ? { signal: attempt.signal } : {});
      onFirst();
      // A dead connection may take minutes to say so: whatever ends the attempt ends the wait.
      const ended = new Promise<null>((resolve) => attempt.signal.addEventListener('abort', () => resolve(null), { once: true }));
      for (;;) {
        const next = await Promise.race([stream.next(), ended]);
        if (next === null || next.done === true || attempt.signal.aborted) break;
        clearTimeout(watchdog);
        watchdog = setTimeout(end, heartbeatLimitMs);
        take(next.value);
      }
    } finally {
      clearTimeout(watchdog);
      stopped.signal.removeEventListener('abort', end);
      attempt.abort();
    }
  };

  void (async () => {
    let attempt = 0;
    let wasLost = false;
    while (!stopped.signal.aborted) {
      try {
        await once(() => {
          attempt = 0;
          useConnection.setState({ connection: { state: 'online' }, retryNow: null });
          if (wasLost) void queryClient.invalidateQueries();
        });
      } catch {
        // Every end of the stream is treated alike below: wait, then connect again.
      }
      if (stopped.signal.aborted || useConnection.getState().connection.state === 'unauthorized') break;
      attempt += 1;
      wasLost = true;
      const delay = reconnectDelay(attempt, Math.random);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay);
        const go = () => {
          clearTimeout(timer);
          resolve();
        };
        useConnection.setState({ connection: { state: 'lost', retryAt: Date.now() + delay }, retryNow: go });
        stopped.signal.addEventListener('abort', go, { once: true });
      });
    }
  })();

  return () => {
    throttle.stop();
    stopped.abort();
  };
}
