import { AsyncLocalStorage } from 'node:async_hooks';

const acting = new AsyncLocalStorage<string>();

/** Runs what a person of the team asked for, so that the facts it leaves name them, however deep and late they are written. */
export function actingAs<T>(profileId: string | null, run: () => T): T {
  return profileId === null ? run() : acting.run(profileId, run);
}

/** The profile of the person for whom this runs; null = the owner by the launch token, or nobody asked. */
export function whoActs(): string | null {
  return acting.getStore() ?? null;
}
