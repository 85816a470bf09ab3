import type { Audience, CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { Calendar } from '../../../shared/schemas/common.ts';
import type { MailboxLimits } from '../../../shared/schemas/mailbox.ts';
import type { SequenceGraph } from '../../../shared/schemas/sequence.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Random } from '../lib/random.ts';
import { addDuration, calendarsFor, createAllocation, type Allocation, type Planner } from '../scheduling/index.ts';
import { nextEmail } from '../sequences/index.ts';
import type { Store } from '../store/index.ts';
import { candidates, type Candidate } from './audience.ts';

export interface LaunchTarget {
  readonly campaignId: string;
  readonly versionId: string;
  readonly graph: SequenceGraph;
  readonly audience: Audience;
  readonly rules: CampaignRules;
  readonly mailboxes: readonly { readonly id: string; readonly limits: MailboxLimits; readonly calendar: Calendar; readonly nextSendAt: number }[];
}

export interface Launcher {
  /**
   * Enrols everybody of the audience who is not enrolled yet, in slices that leave the event loop free. Repeating it
   * after a crash goes on where it stopped: who has an enrolment is left out. Returns how many were enrolled.
   */
  enrolAll(target: LaunchTarget, onProgress: (done: number) => void, cancelled: () => boolean): Promise<number>;
}

const sliceRows = 500;
const sliceMs = 20;

export function createLauncher(deps: { store: Store; events: Events; clock: Clock; ids: Ids; random: Random; planner: Planner }): Launcher {
  const { store, events, clock, ids, random, planner } = deps;

  function allocations(target: LaunchTarget): { mailbox: LaunchTarget['mailboxes'][number]; allocation: Allocation }[] {
    const startAt = Math.max(clock.now(), target.rules.startAt ?? 0);
    return target.mailboxes.map((mailbox) => {
      const used = store
        .prepareRead(`select count(*) as n from campaigns, json_each(campaigns.mailbox_ids) where campaigns.status = 'running' and json_each.value = ?`)
        .get(mailbox.id) as { n: number };
      // First mails of this campaign that wait already (a resumed launch): go on behind them.
      const last = store
        .prepareRead(`select max(slot_at) as at from deliveries where mailbox_id = ? and campaign_id = ? and priority = 2 and state = 'planned'`)
        .get(mailbox.id, target.campaignId) as { at: number | null };
      return {
        mailbox,
        allocation: createAllocation({
          limits: mailbox.limits,
          zone: mailbox.calendar.zone,
          startAt: Math.max(startAt, mailbox.nextSendAt, last.at ?? 0),
          sharedBy: Math.max(1, used.n),
          random,
        }),
      };
    });
  }

  return {
    async enrolAll(target, onProgress, cancelled) {
      const lanes = allocations(target);
      const first = nextEmail(target.graph, null);
      if (first === null || lanes.length === 0) return 0;
      let afterId = '';
      let done = 0;
      for (;;) {
        const page = candidates(store, target.campaignId, target.audience, target.rules, afterId, sliceRows);
        if (page.length === 0 || cancelled()) return done;
        let at = 0;
        while (at < page.length) {
          const startedAt = clock.monotonic();
          store.transaction((tx) => {
            while (at < page.length && clock.monotonic() - startedAt < sliceMs) {
              const person = page[at] as Candidate;
              at += 1;
              const lane = lanes.reduce((best, other) => (other.allocation.cursor < best.allocation.cursor ? other : best));
              const now = clock.now();
              const zone = person.zone ?? target.rules.calendar.zone;
              const dueAt = first.waits.reduce(
                (time, wait) => addDuration(time, wait.duration, { businessDays: wait.businessDays, zone, calendar: { ...target.rules.calendar, zone } }),
                Math.max(now, target.rules.startAt ?? 0),
              );
              const slotAt = lane.allocation.take(calendarsFor(target.rules, lane.mailbox.calendar, person.zone), dueAt);
              const id = ids.next();
              const written = tx
                .prepare(
                  `insert or ignore into enrolments (id, campaign_id, contact_id, sequence_version_id, mailbox_id, state, next_step_id, "references", variants, created_at, updated_at)
                 values (?, ?, ?, ?, ?, 'active', ?, '[]', '{}', ?, ?)`,
                )
                .run(id, target.campaignId, person.contactId, target.versionId, lane.mailbox.id, first.step.id, now, now);
              // Enrolled by somebody else since the page was read.
              if (written.changes === 0) continue;
              events.append(tx, { type: 'enrolled', actor: 'person', enrolmentId: id, campaignId: target.campaignId, contactId: person.contactId, mailboxId: lane.mailbox.id });
              planner.planFirst(
                tx,
                { id, campaignId: target.campaignId, contactId: person.contactId, mailboxId: lane.mailbox.id, recipient: person.email, recipientDomain: person.domain },
                target.graph,
                slotAt === null ? null : { at: slotAt, why: 'slot' },
              );
              done += 1;
            }
          });
          onProgress(done);
          await new Promise((resolve) => setImmediate(resolve));
          if (cancelled()) return done;
        }
        afterId = page.at(-1)?.contactId ?? afterId;
      }
    },
  };
}
