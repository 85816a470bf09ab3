import { AppError } from '../../../shared/errors.ts';
import type { Pull } from '../../../shared/schemas/assist.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Logger } from '../ports.ts';
import { hostError } from './host-fetch.ts';
import type { ModelHost } from './host.ts';

const announceEveryMs = 250;
const remembered = 20;
/** Neither a byte nor a word for so long: the download is given up. */
const silenceMs = 120_000;

/** Downloads of models: progress is announced as events, an interrupted one goes on where it was when it is started again. */
export function createPulls(deps: { events: Events; clock: Clock; realTime: Clock; ids: Ids; log: Logger; onDone: (providerId: string) => void }) {
  const { events, clock, realTime, ids, log } = deps;
  const pulls = new Map<string, { pull: Pull; abort: AbortController; work: Promise<void> }>();

  function announce({ id, doneBytes, totalBytes, state }: Pull): void {
    events.progress({ task: 'model_pull', id, done: doneBytes, total: totalBytes, state: state === 'done' ? 'finished' : state });
  }

  function change(id: string, values: Partial<Pull>): void {
    const entry = pulls.get(id);
    if (entry !== undefined) entry.pull = { ...entry.pull, ...values };
  }

  async function run(id: string, host: NonNullable<ModelHost['manage']>, abort: AbortController): Promise<void> {
    const current = (): Pull => need(id).pull;
    let announcedAt = -announceEveryMs;
    const stalled = (): (() => void) => realTime.after(silenceMs, () => abort.abort(new Error('silence')));
    let cancelStalled = stalled();
    try {
      await host.pull(current().model, abort.signal, ({ status, doneBytes, totalBytes }) => {
        cancelStalled();
        cancelStalled = stalled();
        change(id, { detail: status, doneBytes, totalBytes });
        if (realTime.monotonic() - announcedAt < announceEveryMs) return;
        announcedAt = realTime.monotonic();
        announce(current());
      });
      change(id, { state: 'done', detail: '', doneBytes: current().totalBytes });
    } catch (error) {
      const byPerson = abort.signal.aborted && !(abort.signal.reason instanceof Error && abort.signal.reason.message === 'silence');
      const said = abort.signal.aborted ? 'Nothing came for two minutes. Start it again: it goes on where it was.' : hostError(error, abort.signal).message;
      change(id, byPerson ? { state: 'cancelled', detail: '' } : { state: 'failed', detail: said });
      log.info({ model: current().model, state: current().state }, 'a download of a model ended early');
    } finally {
      cancelStalled();
    }
    announce(current());
    deps.onDone(current().providerId);
  }

  function need(id: string) {
    const entry = pulls.get(id);
    if (entry === undefined) throw new AppError('not_found', 'This download is not known any more.');
    return entry;
  }

  return {
    /** Begins a download, or returns the one that is under way. */
    start(providerId: string, host: NonNullable<ModelHost['manage']>, model: string): Pull {
      const same = [...pulls.values()].find(({ pull }) => pull.providerId === providerId && pull.model === model && pull.state === 'running');
      if (same !== undefined) return same.pull;
      for (const [old] of [...pulls].filter(([, { pull }]) => pull.state !== 'running').slice(0, Math.max(0, pulls.size - remembered + 1))) pulls.delete(old);
      const id = ids.next();
      const abort = new AbortController();
      const pull: Pull = { id, providerId, model, state: 'running', doneBytes: 0, totalBytes: 0, detail: '', startedAt: clock.now() };
      const entry = { pull, abort, work: Promise.resolve() };
      pulls.set(id, entry);
      entry.work = run(id, host, abort);
      return pull;
    },
    list: (): Pull[] => [...pulls.values()].map(({ pull }) => pull).toReversed(),
    async cancel(id: string): Promise<Pull> {
      const entry = need(id);
      entry.abort.abort();
      await entry.work;
      return need(id).pull;
    },
    /** Ends the downloads of a host that is removed, or all. */
    async stop(providerId?: string): Promise<void> {
      const ending = [...pulls.values()].filter(({ pull }) => providerId === undefined || pull.providerId === providerId);
      for (const { abort } of ending) abort.abort();
      await Promise.all(ending.map(({ work }) => work));
    },
  };
}
