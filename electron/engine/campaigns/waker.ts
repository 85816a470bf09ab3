import type { EventType } from '../../../shared/schemas/event.ts';
import type { Events } from '../events/index.ts';
import { hour, type Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import type { Planner } from '../scheduling/index.ts';
import type { Store, Tx } from '../store/index.ts';

/** Looks again at people who wait at a step that is no mail: when its moment comes, and when something about them changes. */
export interface Waker {
  /** Looks at whoever is due, in the transaction of a look around. */
  wakeDue(tx: Tx): void;
  /** Everybody is looked at once: what changed while nobody listened is seen. */
  start(): void;
  stop(): void;
}

const atOnce = 200;
/** What may make a branch come true. */
const telling: ReadonlySet<EventType> = new Set(['contact_updated', 'replied', 'reply_reclassified', 'bounced', 'opened', 'clicked']);
const waiting = `select e.id from enrolments e join campaigns c on c.id = e.campaign_id where e.state = 'active' and e.wake_at is not null`;

export function createWaker(deps: { store: Store; events: Events; clock: Clock; log: Logger; planner: Planner; wake: () => void }): Waker {
  const { store, events, clock, log, planner } = deps;
  let leave: (() => void) | null = null;

  function poke(contactId: string): boolean {
    const waits = store.prepareRead(`select 1 from enrolments where contact_id = ? and state = 'active' and wake_at > ? limit 1`).get(contactId, clock.now());
    if (waits === undefined) return false;
    store.transaction((tx) => tx.prepare(`update enrolments set wake_at = ? where contact_id = ? and state = 'active' and wake_at > ?`).run(clock.now(), contactId, clock.now()));
    return true;
  }

  return {
    wakeDue(tx) {
      const now = clock.now();
      const due = tx.prepare(`${waiting} and e.wake_at <= +? and c.status = 'running' limit ${atOnce}`).all(now) as { id: string }[];
      for (const { id } of due) {
        // One person's trouble must not keep the others waiting.
        try {
          store.transaction((inner) => planner.lookAgain(inner, id));
        } catch (error) {
          log.error({ err: error, enrolmentId: id }, 'a person could not go on in the sequence; the next look is in an hour');
          tx.prepare('update enrolments set wake_at = ? where id = ?').run(now + hour, id);
        }
      }
      if (due.length === atOnce) tx.afterCommit(deps.wake);
    },
    start() {
      store.transaction((tx) => tx.prepare(`update enrolments set wake_at = ? where state = 'active' and wake_at is not null and looked_at is not null`).run(clock.now()));
      leave = events.subscribe((list) => {
        const people = new Set(list.filter(({ type }) => telling.has(type)).flatMap(({ contactId }) => (contactId === null ? [] : [contactId])));
        if ([...people].filter(poke).length > 0) deps.wake();
      });
    },
    stop: () => leave?.(),
  };
}
