import { AppError } from '../../../shared/errors.ts';
import type { MovedPeople, Stranded, StrandedMailbox } from '../../../shared/schemas/campaign.ts';
import { minute, type Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Logger } from '../ports.ts';
import type { Planner } from '../scheduling/index.ts';
import type { Store } from '../store/index.ts';
import { chosenMailboxes } from './chosen-mailboxes.ts';
import { toWaiting, waitingColumns, type Launcher, type Waiting } from './launch.ts';
import { launchTarget, type LaunchTarget } from './launch-target.ts';
import { isLost, seesReplies, standsStill } from './lost-mailboxes.ts';

/** People of a campaign whose mailbox sends nothing: who they are, and how they come to another one. */
export interface StrandedPeople {
  /** Whom a move would concern, and where they could go; changes nothing. */
  preview(campaignId: string): Stranded;
  /** Moves everybody of these mailboxes to one mailbox of the campaign, or spread over those that work (null). Whose mail is on its way stays. */
  move(campaignId: string, from: readonly string[], to: string | null): Promise<MovedPeople>;
  /** Takes a move back for everybody to whom nothing has left since. */
  undo(campaignId: string, moveId: string): Promise<{ people: number; stayed: number }>;
  /**
   * Gives people of mailboxes that are lost to others of their campaign: who was not mailed yet, and where its rules say so
   * the rest, as long as their answers are seen. Whether to write on blindly is for a person to say.
   */
  leaveLost(): Promise<void>;
}

const living = ['active', 'paused', 'held', 'pending'] as const;
const livingList = living.map((state) => `'${state}'`).join(',');
// Whose mail is on its way, or has an unknown outcome, belongs to the mailbox that has it.
const idle = `not exists (select 1 from deliveries d where d.enrolment_id = e.id and d.state in ('claimed','sending','unknown'))`;
const atOnce = 500;

/** Who waits for a mail of one kind from these mailboxes. Priority 1 = a follow-up, 2 = a first mail. */
const waitingFor = (priority: 1 | 2, ids: string): string => `select d.enrolment_id from json_each(${ids}) m cross join deliveries d indexed by deliveries_due
      on d.mailbox_id = m.value and d.priority = ${priority} and d.campaign_id = @campaignId and d.state in ('planned','deferred')
    union select enrolment_id from deliveries where state = 'held' and campaign_id = @campaignId and priority = ${priority} and mailbox_id in (select value from json_each(${ids}))`;
const leavingSql = `with waiting as (${waitingFor(2, '@firstMails')} union ${waitingFor(1, '@followUps')})
  select ${waitingColumns} from waiting w join enrolments e on e.id = w.enrolment_id join contacts c on c.id = e.contact_id where e.state in (${livingList}) and ${idle} order by e.id`;

export function createStranded(deps: { store: Store; clock: Clock; ids: Ids; log: Logger; launcher: Launcher; planner: Planner; wake: () => void }): StrandedPeople {
  const { store, clock, ids, log, launcher, planner } = deps;
  let leaving = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** The status of a campaign in which nobody is under way; null = somebody may be. */
  function overOf(campaignId: string): string | null {
    const row = store.prepareRead('select status from campaigns where id = ?').get(campaignId) as { status: string } | undefined;
    return row === undefined || row.status === 'running' || row.status === 'paused' ? null : row.status;
  }

  function livingTarget(campaignId: string): LaunchTarget {
    const over = overOf(campaignId);
    if (over !== null) throw new AppError('wrong_state', `The campaign is ${over}: nobody is under way.`);
    return launchTarget(store, campaignId);
  }

  function describe(target: LaunchTarget, mailboxId: string, people: Pick<StrandedMailbox, 'firstMails' | 'followUps'>): StrandedMailbox {
    const now = clock.now();
    const [known] = chosenMailboxes(store, [mailboxId]);
    const own = known !== undefined && target.mailboxes.some(({ id }) => id === mailboxId);
    const base = { mailboxId, name: known?.name ?? null, repliesSeen: known !== undefined && seesReplies(known, now), repliesReadAt: known?.inboxCheckedAt ?? null, ...people };
    if (!own || known.state === 'ready' || known.state === 'untested') return { ...base, reason: 'gone', detail: null, since: null };
    return { ...base, reason: known.state, detail: known.stateReason, since: known.stateSince === 0 ? null : known.stateSince };
  }

  function preview(campaignId: string): Stranded {
    if (overOf(campaignId) !== null) return { mailboxes: [], targets: [], busy: 0 };
    const target = launchTarget(store, campaignId);
    const now = clock.now();
    const standing = target.mailboxes.filter((mailbox) => standsStill(mailbox, now));
    const targets = target.mailboxes
      .filter((mailbox) => !standing.includes(mailbox))
      .map(({ id, name, fromName, address }) => ({ mailboxId: id, name, sender: fromName === '' ? address : `${fromName} <${address}>` }));
    const gone = store.prepareRead(`select 1 from deliveries where state = 'held' and why = 'mailbox_gone' and campaign_id = ? limit 1`).get(campaignId);
    if (standing.length === 0 && gone === undefined) return { mailboxes: [], targets, busy: 0 };
    const where = `e.campaign_id = @campaignId and e.state in (${livingList}) and e.mailbox_id is not null and e.mailbox_id not in (select value from json_each(@working))`;
    const params = { campaignId, working: JSON.stringify(targets.map(({ mailboxId }) => mailboxId)) };
    const groups = store
      .prepareRead(
        `select e.mailbox_id as mailboxId, sum(e.sent_count = 0) as firstMails, sum(e.sent_count > 0) as followUps from enrolments e indexed by enrolments_campaign_state where ${where} group by e.mailbox_id`,
      )
      .all(params) as { mailboxId: string; firstMails: number; followUps: number }[];
    const busy = store
      .prepareRead(`select count(distinct e.id) as n from deliveries d join enrolments e on e.id = d.enrolment_id where d.state in ('claimed','sending','unknown') and ${where}`)
      .get(params) as { n: number };
    const mailboxes = groups.map(({ mailboxId, ...people }) => describe(target, mailboxId, people));
    return { mailboxes: mailboxes.toSorted((a, b) => b.firstMails + b.followUps - a.firstMails - a.followUps), targets, busy: busy.n };
  }

  /** In the order of the index, so that a page costs what it holds. */
  function page(campaignId: string, state: string, from: string, after: number): (Waiting & { place: number })[] {
    return store
      .prepareRead(
        `select e.rowid as place, ${waitingColumns} from enrolments e indexed by enrolments_campaign_state join contacts c on c.id = e.contact_id
         where e.campaign_id = @campaignId and e.state = @state and e.rowid > @after and e.mailbox_id in (select value from json_each(@from)) and ${idle} order by e.rowid limit ${atOnce}`,
      )
      .all({ campaignId, state, from, after })
      .map((row) => ({ ...toWaiting(row), place: (row as { place: number }).place }));
  }

  return {
    preview,
    async move(campaignId, from, to) {
      const target = livingTarget(campaignId);
      const now = clock.now();
      const taking = target.mailboxes.filter((mailbox) => (to === null ? !from.includes(mailbox.id) && !standsStill(mailbox, now) : mailbox.id === to));
      if (taking.length === 0 || (to !== null && from.includes(to))) {
        const sentence = to === null ? 'No other mailbox of this campaign can send now. Add one to the campaign first.' : 'Choose another mailbox of this campaign.';
        throw new AppError('validation', sentence, { fields: { to: sentence } });
      }
      const moveId = ids.next();
      let [people, stayed] = [0, 0];
      for (const state of living) {
        for (let after = 0; ;) {
          const waiting = page(campaignId, state, JSON.stringify(from), after);
          if (waiting.length === 0) break;
          const moved = await launcher.spread({ ...target, mailboxes: taking }, waiting, { actor: 'person', move: moveId });
          people += moved;
          stayed += waiting.length - moved;
          after = waiting.at(-1)?.place ?? after;
        }
      }
      if (people > 0) deps.wake();
      return { moveId, people, stayed };
    },
    async undo(campaignId, moveId) {
      const own = new Set(livingTarget(campaignId).mailboxes.map(({ id }) => id));
      const moved = store
        .prepareRead(
          `select enrolment_id as id, mailbox_id as mailboxId, json_extract(data, '$.from') as fromId, json_extract(data, '$.sent') as sent
           from events where campaign_id = ? and type = 'moved_mailbox' and json_extract(data, '$.move') = ?`,
        )
        .all(campaignId, moveId) as { id: string; mailboxId: string; fromId: string | null; sent: number }[];
      if (moved.length === 0) throw new AppError('not_found', 'There is no such move.');
      let people = 0;
      for (let at = 0; at < moved.length; at += atOnce) {
        store.transaction((tx) => {
          for (const { id, mailboxId, fromId, sent } of moved.slice(at, at + atOnce)) {
            const same = tx
              .prepare(`select 1 from enrolments e where e.id = ? and e.mailbox_id = ? and e.sent_count = ? and e.state in (${livingList}) and ${idle}`)
              .get(id, mailboxId, sent);
            if (same === undefined || fromId === null) continue;
            planner.moveTo(tx, id, fromId, 0, { actor: 'person' });
            if (!own.has(fromId)) planner.holdWithoutMailbox(tx, id, 'mailbox_gone');
            people += 1;
          }
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
      deps.wake();
      return { people, stayed: moved.length - people };
    },
    async leaveLost() {
      const now = clock.now();
      if (leaving || (lookedAt <= now && now - lookedAt < minute)) return;
      lookedAt = now;
      const trouble = store.prepareRead(`select 1 from mailboxes where state in ('needs_login','unreachable') or (state = 'paused' and state_reason is not null) limit 1`).get();
      if (trouble === undefined) return;
      leaving = true;
      try {
        for (const { id } of store.prepareRead(`select id from campaigns where status = 'running'`).all() as { id: string }[]) await leave(id, now);
      } catch (error) {
        log.error({ err: error }, 'people of a lost mailbox could not be given to another one; the next look tries again');
      } finally {
        leaving = false;
      }
    },
  };

  async function leave(campaignId: string, now: number): Promise<void> {
    const target = launchTarget(store, campaignId);
    const lost = target.mailboxes.filter((mailbox) => isLost(mailbox, now));
    if (lost.length === 0 || lost.length === target.mailboxes.length) return;
    const threads = target.rules.lostMailbox === 'move' ? lost.filter((mailbox) => seesReplies(mailbox, now)) : [];
    const people = store
      .prepareRead(leavingSql)
      .all({ campaignId, firstMails: JSON.stringify(lost.map(({ id }) => id)), followUps: JSON.stringify(threads.map(({ id }) => id)) })
      .map(toWaiting);
    const moved = people.length === 0 ? 0 : await launcher.spread(target, people, { actor: 'engine' });
    if (moved === 0) return;
    log.info({ campaignId, people: moved }, 'people of a mailbox that is out of order were given to another one');
    deps.wake();
  }
}
