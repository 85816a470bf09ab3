import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Random } from '../lib/random.ts';
import { calendarsFor, dueAfter, recipientColumns, toRecipient, type MoveBy, type Planner, type RecipientPlace, type RecipientRow } from '../scheduling/index.ts';
import { leadToMail, type MailOnTheWay } from '../sequences/index.ts';
import type { Tx } from '../store/index.ts';
import { candidates, type AudienceDeps } from './audience.ts';
import type { LaunchTarget } from './launch-target.ts';
import { openLanes, recipientOf, type MailboxLane } from './mailbox-lanes.ts';
import type { RecipientProviders } from './recipient-providers.ts';

export interface Launcher {
  /**
   * Enrols everybody of the audience who is not enrolled yet, in slices that leave the event loop free. Repeating it
   * after a crash goes on where it stopped: who has an enrolment is left out. Returns how many were enrolled.
   */
  enrolAll(target: LaunchTarget, onProgress: (done: number) => void, cancelled: () => boolean): Promise<number>;
  /**
   * Finds a mailbox for whoever has none of the campaign's any more: people who were not mailed yet go to another one,
   * the others too where the rule `lostMailbox` says so; else what waits for them is held. Returns how many have one again.
   */
  placeHomeless(target: LaunchTarget): Promise<number>;
  /** Spreads these people over the mailboxes of the target by its rules; whom none of them may write to stays. Returns how many have moved. */
  spread(target: LaunchTarget, people: readonly Waiting[], by: MoveBy): Promise<number>;
}

interface Person {
  readonly email: string;
  readonly domain: string;
  readonly companyKey: string;
  readonly recipient: RecipientPlace;
}

/** Somebody under way, as a move to another mailbox looks at it. */
export interface Waiting extends Person {
  readonly id: string;
  readonly mailboxId: string | null;
  readonly sentCount: number;
}

/** Select list of a `Waiting` over `enrolments e` and `contacts c`. */
export const waitingColumns = `e.id, e.mailbox_id as mailboxId, e.sent_count as sentCount, c.email, c.company_key as companyKey, ${recipientColumns}`;

export function toWaiting(row: unknown): Waiting {
  return { ...(row as Omit<Waiting, 'recipient'>), recipient: toRecipient(row as RecipientRow) };
}

// Found by what waits for them: each part reads a small index, never all enrolments. Whose mail is on its way, or has an
// unknown outcome, is left alone: it may belong to the old thread.
const homelessSql = `with own as (select value from json_each(@ids)), waiting as (
    select d.enrolment_id from mailboxes m cross join deliveries d indexed by deliveries_due
      on d.mailbox_id = m.id and d.priority in (1, 2) and d.campaign_id = @campaignId and d.state in ('planned','deferred') where m.id not in own
    union select enrolment_id from deliveries where state = 'held' and campaign_id = @campaignId
      and (why in ('mailbox_gone','no_matching_mailbox') or mailbox_id is null or mailbox_id not in own)
    union select enrolment_id from deliveries where state in ('claimed','sending') and state = 'claimed' and campaign_id = @campaignId and mailbox_id not in own)
  select ${waitingColumns} from waiting w join enrolments e on e.id = w.enrolment_id join contacts c on c.id = e.contact_id
  where e.state in ('pending','active','paused','held') and not exists (select 1 from deliveries d where d.enrolment_id = e.id and d.state in ('sending','unknown'))
  order by e.id`;

const sliceRows = 500;
const sliceMs = 20;

export function createLauncher(deps: AudienceDeps & { events: Events; clock: Clock; ids: Ids; random: Random; planner: Planner; providers: RecipientProviders }): Launcher {
  const { store, events, clock, ids, planner, providers } = deps;

  function providersOf(rules: CampaignRules, people: readonly Person[]): Promise<ReadonlyMap<string, string | null>> {
    return rules.providerMatching === 'off' ? Promise.resolve(new Map<string, string | null>()) : providers.of([...new Set(people.map((person) => person.domain))]);
  }

  /** Does the work for each, in transactions short enough to leave the event loop free. */
  async function inSlices<T>(items: readonly T[], work: (tx: Tx, item: T) => void, afterSlice: () => boolean): Promise<boolean> {
    let at = 0;
    while (at < items.length) {
      const startedAt = clock.monotonic();
      store.transaction((tx) => {
        for (; at < items.length && clock.monotonic() - startedAt < sliceMs; at += 1) work(tx, items[at] as T);
      });
      await new Promise((resolve) => setImmediate(resolve));
      if (!afterSlice()) return false;
    }
    return true;
  }

  /** The slot of a first mail, or null when no time is allowed within a year. */
  function firstSlot({ rules }: LaunchTarget, { mailbox, allocation }: MailboxLane, person: Person, waits: MailOnTheWay['waits']): number | null {
    const dueAt = dueAfter(Math.max(clock.now(), rules.startAt ?? 0), waits, rules, person.recipient);
    return allocation.take(calendarsFor(rules, mailbox, person.recipient, true), dueAt, recipientOf(rules, person));
  }

  /** When the waiting mail of somebody leaves from another mailbox, at the earliest. Who had none yet has not begun to wait. */
  function slotIn(target: LaunchTarget, lane: MailboxLane, person: Waiting): number {
    if (person.sentCount > 0) return clock.now();
    return firstSlot(target, lane, person, person.mailboxId === null ? (leadToMail(target.graph, person.id)?.waits ?? []) : []) ?? clock.now();
  }

  return {
    async enrolAll(target, onProgress, cancelled) {
      const { campaignId, rules, graph } = target;
      const rotation = openLanes(deps, target);
      const start = graph.steps[0];
      if (start === undefined || target.mailboxes.length === 0) return 0;
      let afterId = '';
      let done = 0;
      for (;;) {
        const page = candidates(deps, campaignId, target.audience, rules, afterId, sliceRows);
        if (page.length === 0 || cancelled()) return done;
        const providerOf = await providersOf(rules, page);
        const finished = await inSlices(
          page,
          (tx, person) => {
            const { contactId } = person;
            // No row should bear such an address; one out of an older copy may.
            if (deps.contacts.suppressions.isErased((sql) => tx.prepare(sql), person.email)) return;
            const lane = rotation.pick(providerOf.get(person.domain) ?? null);
            const mailboxId = lane?.mailbox.id ?? null;
            const id = ids.next();
            const now = clock.now();
            const first = leadToMail(graph, id);
            const written = tx
              .prepare(
                `insert or ignore into enrolments (id, campaign_id, contact_id, sequence_version_id, mailbox_id, state, next_step_id, "references", variants, created_at, updated_at)
                 values (?, ?, ?, ?, ?, 'active', ?, '[]', '{}', ?, ?)`,
              )
              .run(id, campaignId, contactId, target.versionId, mailboxId, first?.step.id ?? start.id, now, now);
            // Enrolled by somebody else since the page was read.
            if (written.changes === 0) return;
            events.append(tx, { type: 'enrolled', actor: 'person', enrolmentId: id, campaignId, contactId, mailboxId });
            done += 1;
            // Something stands before the first mail that looks at the person, or acts.
            if (first === null) return planner.begin(tx, id, Math.max(now, rules.startAt ?? 0));
            const slotAt = lane === null ? null : firstSlot(target, lane, person, first.waits);
            planner.planFirst(
              tx,
              { id, campaignId, contactId, mailboxId, recipient: person.email, recipientDomain: person.domain },
              first.step,
              lane === null ? 'no_matching_mailbox' : slotAt === null ? 'no_allowed_time' : { at: slotAt, why: 'slot' },
            );
          },
          () => {
            onProgress(done);
            return !cancelled();
          },
        );
        if (!finished) return done;
        afterId = page.at(-1)?.contactId ?? afterId;
      }
    },
    async placeHomeless(target) {
      const { campaignId, rules } = target;
      const own = new Set(target.mailboxes.map((mailbox) => mailbox.id));
      const homeless = store
        .prepareRead(homelessSql)
        .all({ campaignId, ids: JSON.stringify([...own]) })
        .map(toWaiting);
      if (homeless.length === 0) return 0;
      const rotation = openLanes(deps, target);
      const providerOf = await providersOf(rules, homeless);
      let placed = 0;
      await inSlices(
        homeless,
        (tx, person) => {
          // Its mailbox has come back.
          if (person.mailboxId !== null && own.has(person.mailboxId)) return planner.moveTo(tx, person.id, person.mailboxId, clock.now());
          const lane = person.sentCount > 0 && rules.lostMailbox === 'hold' ? undefined : rotation.pick(providerOf.get(person.domain) ?? null);
          if (lane === undefined || lane === null) return planner.holdWithoutMailbox(tx, person.id, lane === null ? 'no_matching_mailbox' : 'mailbox_gone');
          planner.moveTo(tx, person.id, lane.mailbox.id, slotIn(target, lane, person));
          placed += 1;
        },
        () => true,
      );
      return placed;
    },
    async spread(target, people, by) {
      const rotation = openLanes(deps, target);
      const providerOf = await providersOf(target.rules, people);
      let moved = 0;
      await inSlices(
        people,
        (tx, person) => {
          const lane = rotation.pick(providerOf.get(person.domain) ?? null);
          if (lane === null) return;
          planner.moveTo(tx, person.id, lane.mailbox.id, slotIn(target, lane, person), by);
          moved += 1;
        },
        () => true,
      );
      return moved;
    },
  };
}
