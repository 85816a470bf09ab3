import { AppError } from '../../../shared/errors.ts';
import type { BulkAction, BulkChange, BulkTarget } from '../../../shared/schemas/bulk.ts';
import { day } from '../lib/clock.ts';
import type { AddressChecks } from './address-checks.ts';
import { createBulkActions } from './bulk-actions.ts';
import type { ContactsDeps } from './deps.ts';
import { matchingIds } from './find.ts';
import type { Lists } from './lists.ts';
import type { Segments } from './segments.ts';
import { breathe } from './slices.ts';
import type { Subscribers } from './subscribers.ts';
import type { Suppressions } from './suppressions.ts';

const columns = 'id, action, state, total, done, changed, error, created_at as createdAt, finished_at as finishedAt';
const sliceMs = 10;
const progressMs = 100;
const undoPage = 500;
const checkPageSize = 100;

interface Running {
  readonly id: string;
  readonly settled: Promise<void>;
  readonly abort: AbortController;
}

/**
 * Changes of many contacts at once, one at a time, in slices that leave the event loop free. Each slice is one
 * transaction that also keeps what takes it back, so that a crash leaves either both or neither.
 */
export function createBulk(deps: ContactsDeps, parts: { suppressions: Suppressions; lists: Lists; segments: Segments; subscribers: Subscribers; checks: AddressChecks }) {
  const { store, events, clock, ids, log } = deps;
  const { checks } = parts;
  const actions = createBulkActions(deps, parts);
  let running: Running | null = null;

  function get({ id }: { id: string }): BulkChange {
    const row = store.prepareRead(`select ${columns} from bulk_changes where id = ?`).get(id) as (Omit<BulkChange, 'action'> & { action: string }) | undefined;
    if (row === undefined) throw new AppError('not_found', 'This change is not kept any more.');
    return { ...row, action: JSON.parse(row.action) as BulkAction };
  }

  function requireIdle(): void {
    if (running !== null) throw new AppError('wrong_state', 'Many contacts are being changed already. Wait until that is finished, or cancel it.', { changeId: running.id });
  }

  /** A page of a check of addresses; DNS answers in its own time. */
  async function checkPage(id: string, people: readonly string[], from: number, signal: AbortSignal): Promise<number> {
    const next = Math.min(from + checkPageSize, people.length);
    await checks.check(people.slice(from, next), signal, (tx, troubled) => {
      tx.prepare('update bulk_changes set done = ?, changed = changed + ? where id = ?').run(next, troubled, id);
    });
    return next;
  }

  function settle(id: string, state: BulkChange['state'], error: string | null = null): void {
    store.transaction((tx) => tx.prepare('update bulk_changes set state = ?, error = ?, finished_at = ? where id = ?').run(state, error, clock.now(), id));
  }

  /** Works in the background on what `next` gives until it gives nothing. `work` returns how many contacts it changed. */
  function run(id: string, total: number, end: BulkChange['state'], slice: (from: number, goesOn: () => boolean, signal: AbortSignal) => number | Promise<number>): void {
    let toldAt = 0;
    const tell = (done: number, state: string): void => events.progress({ task: 'bulk', id, done, total, state });
    const abort = new AbortController();
    const { signal } = abort;
    async function work(): Promise<void> {
      let done = 0;
      while (done < total && !signal.aborted) {
        const endAt = clock.monotonic() + sliceMs;
        done = await slice(done, () => clock.monotonic() < endAt, signal);
        if (clock.monotonic() - toldAt >= progressMs) {
          toldAt = clock.monotonic();
          tell(done, 'running');
        }
        await breathe();
      }
      settle(id, signal.aborted ? 'cancelled' : end);
      tell(done, signal.aborted ? 'cancelled' : 'finished');
    }
    const settled = work()
      .catch((error: unknown) => {
        log.error({ err: error, changeId: id }, 'a change of many contacts failed');
        settle(id, 'failed', error instanceof Error ? error.message : 'Something went wrong.');
        tell(total, 'failed');
      })
      .finally(() => (running = null));
    running = { id, abort, settled };
  }

  return {
    /** Begins a change; the answer comes at once, progress by the live stream. Throws AppError validation for a value that does not fit. */
    start({ target, action }: { target: BulkTarget; action: BulkAction }): BulkChange {
      requireIdle();
      actions.check(action);
      const people = 'ids' in target ? [...new Set(target.ids)] : matchingIds(store, parts.segments, target.query);
      const id = ids.next();
      store.transaction((tx) => {
        tx.prepare('delete from bulk_changes where created_at < ?').run(clock.now() - day);
        tx.prepare(`insert into bulk_changes (id, action, state, total, done, changed, created_at) values (?, ?, 'running', ?, 0, 0, ?)`).run(
          id,
          JSON.stringify(action),
          people.length,
          clock.now(),
        );
      });
      if (action.kind === 'check_addresses') checks.begin();
      run(id, people.length, 'finished', (from, goesOn, signal) =>
        action.kind === 'check_addresses'
          ? checkPage(id, people, from, signal)
          : store.transaction((tx) => {
              let next = from;
              let changed = 0;
              for (; next < people.length && (next === from || goesOn()); next += 1) {
                const contactId = people[next] ?? '';
                const before = actions.apply(tx, contactId, action);
                if (before === null) continue;
                changed += 1;
                tx.prepare('insert into bulk_undo (change_id, contact_id, before) values (?, ?, ?)').run(id, contactId, JSON.stringify(before));
              }
              tx.prepare('update bulk_changes set done = ?, changed = changed + ? where id = ?').run(next, changed, id);
              return next;
            }),
      );
      return get({ id });
    },
    get,
    /** Stops a running change; what is done stays, and can be undone. */
    async cancel({ id }: { id: string }): Promise<BulkChange> {
      if (running?.id === id) {
        running.abort.abort();
        await running.settled;
      }
      return get({ id });
    },
    /** Takes a change back, person by person, where they were not changed otherwise since. Cancelled again it can be called again. */
    undo({ id }: { id: string }): BulkChange {
      requireIdle();
      const change = get({ id });
      if (change.state === 'undone' || change.state === 'undoing') throw new AppError('wrong_state', 'This change is taken back already.');
      const { n: total } = store.prepareRead('select count(*) as n from bulk_undo where change_id = ?').get(id) as { n: number };
      store.transaction((tx) => tx.prepare(`update bulk_changes set state = 'undoing', finished_at = null where id = ?`).run(id));
      run(id, total, 'undone', (from, goesOn) =>
        store.transaction((tx) => {
          const page = tx.prepare(`select contact_id as contactId, before from bulk_undo where change_id = ? limit ${undoPage}`).all(id) as { contactId: string; before: string }[];
          let next = 0;
          for (; next < page.length && (next === 0 || goesOn()); next += 1) {
            const row = page[next];
            if (row === undefined) break;
            actions.takeBack(tx, row.contactId, change.action, JSON.parse(row.before));
            tx.prepare('delete from bulk_undo where change_id = ? and contact_id = ?').run(id, row.contactId);
          }
          return page.length === 0 ? total : from + next;
        }),
      );
      return get({ id });
    },
    /** At start: what was running when Homing closed is told of. */
    recover(): void {
      store.transaction((tx) =>
        tx
          .prepare(
            `update bulk_changes set state = 'failed', error = 'Homing was closed meanwhile. What was done stays and can be undone.', finished_at = ? where state in ('running', 'undoing')`,
          )
          .run(clock.now()),
      );
    },
    async stop(): Promise<void> {
      if (running === null) return;
      running.abort.abort();
      await running.settled;
    },
  };
}
