import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from './client.ts';

/** Reads the workspace's clock. A practice workspace runs ahead: its time goes `timeLapse` times as fast as ours. */
export interface WorkspaceClock {
  readonly at: number;
  readonly fetchedAt: number;
  readonly timeLapse: number;
}

export function readClock(clock: WorkspaceClock | null, realNow: number): number {
  return clock ? clock.at + Math.max(0, realNow - clock.fetchedAt) * clock.timeLapse : realNow;
}

export function workspaceOptions() {
  return api.workspace.get.queryOptions({ input: {}, staleTime: 15_000, refetchInterval: 60_000 });
}

/** The workspace (clock, pause, next send, warnings), shared by all screens. */
export function useWorkspace() {
  return useQuery(workspaceOptions());
}

/** A function that reads the workspace's time now (ms, UTC). */
export function useWorkspaceNow(): () => number {
  const { data, dataUpdatedAt } = useWorkspace();
  const clock = data ? { at: data.now, fetchedAt: dataUpdatedAt, timeLapse: data.timeLapse } : null;
  return () => readClock(clock, Date.now());
}

/** The workspace's time, refreshed every `everyMs` of real time. Only small leaf components should use it. */
export function useTicking(everyMs: number): number {
  const now = useWorkspaceNow();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now();
}
