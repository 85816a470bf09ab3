import { AppError } from '../../../shared/errors.ts';
import type { Audience, CampaignRules, CampaignStatus, Forecast } from '../../../shared/schemas/campaign.ts';
import type { WhyCode } from '../../../shared/schemas/delivery.ts';
import type { SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { day, type Clock } from '../lib/clock.ts';
import { isFreeMail } from '../lib/free-mail.ts';
import { seedFrom } from '../lib/random.ts';
import { createForecast, parseRules, recipientColumns, toRecipient, type ForecastMailbox, type ForecastPerson, type RecipientRow, type SentMail } from '../scheduling/index.ts';

import { candidates, type AudienceDeps } from './audience.ts';
import { chosenMailboxes, type ChosenMailbox } from './chosen-mailboxes.ts';

export interface Forecaster {
  /**
   * The future schedule of a campaign: of its audience before the launch, of its enrolments where they are after it.
   * Reads and computes in slices that leave the event loop free. Throws not_found, and cancelled once `signal` aborts.
   */
  forecast(campaignId: string, signal?: AbortSignal): Promise<Forecast>;
}

interface ForecastCampaign {
  readonly id: string;
  readonly status: CampaignStatus;
  readonly audience: string;
  readonly mailboxIds: string;
  readonly rules: string;
  readonly pausedAt: number | null;
  readonly graph: string | null;
}

interface Waiting {
  readonly people: ForecastPerson[];
  readonly stuck: Map<WhyCode, number>;
}

const pageRows = 500;
const sliceMs = 20;

export function createForecaster(deps: AudienceDeps & { clock: Clock }): Forecaster {
  const { store, clock } = deps;

  async function breathe(signal: AbortSignal | undefined): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) throw new AppError('cancelled', 'The forecast was cancelled.');
  }

  function campaignOf(id: string): ForecastCampaign {
    const row = store
      .prepareRead(
        `select g.id, g.status, g.audience, g.mailbox_ids as mailboxIds, g.rules, g.paused_at as pausedAt, v.graph from campaigns g join sequences s on s.id = g.sequence_id
         left join sequence_versions v on v.id = coalesce(g.sequence_version_id, s.active_version_id) where g.id = ?`,
      )
      .get(id) as ForecastCampaign | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such campaign.');
    return row;
  }

  async function audiencePeople(campaign: ForecastCampaign, rules: CampaignRules, signal?: AbortSignal): Promise<Waiting> {
    const people: ForecastPerson[] = [];
    const audience = JSON.parse(campaign.audience) as Audience;
    for (let afterId = ''; ;) {
      const page = candidates(deps, campaign.id, audience, rules, afterId, pageRows);
      for (const { recipient, domain, companyKey } of page)
        people.push({ recipient, domain: isFreeMail(domain) ? '' : domain, companyKey, mailboxId: null, nextStepId: null, slotAt: null });
      const last = page.at(-1);
      if (last === undefined) return { people, stuck: new Map() };
      afterId = last.contactId;
      await breathe(signal);
    }
  }

  /** Everybody who is under way, with the mail that waits for them. */
  async function enrolledPeople(campaign: ForecastCampaign, now: number, signal?: AbortSignal): Promise<Waiting> {
    const people: ForecastPerson[] = [];
    const stuck = new Map<WhyCode, number>();
    const strand = (code: WhyCode) => stuck.set(code, (stuck.get(code) ?? 0) + 1);
    // While a campaign is paused its delays stand still.
    const shift = campaign.status === 'paused' ? now - (campaign.pausedAt ?? now) : 0;
    for (let afterId = ''; ;) {
      const page = enrolmentPage(campaign.id, afterId);
      for (const row of page) {
        const { state, why, slotAt, pausedUntil, remainingMs } = row;
        if (state === 'paused' && pausedUntil === null) strand('enrolment_paused');
        else if (state === 'held' || (state === 'active' && row.deliveryState === 'held')) strand(why ?? 'approval');
        else if (row.deliveryState === 'unknown') strand('unknown_outcome');
        else if (state === 'active' && row.deliveryState === null && row.parked === 0) strand('task');
        else if (row.nextStepId !== null) {
          const at = state === 'paused' && pausedUntil !== null ? pausedUntil + (remainingMs ?? 0) : slotAt === null ? null : slotAt + shift;
          people.push({
            recipient: toRecipient(row),
            domain: isFreeMail(row.domain) ? '' : row.domain,
            companyKey: row.companyKey,
            mailboxId: row.mailboxId,
            nextStepId: row.nextStepId,
            slotAt: at,
          });
        }
      }
      const last = page.at(-1);
      if (last === undefined) return { people, stuck };
      afterId = last.id;
      await breathe(signal);
    }
  }

  type EnrolmentRow = RecipientRow & {
    readonly id: string;
    readonly state: string;
    readonly mailboxId: string | null;
    readonly nextStepId: string | null;
    readonly pausedUntil: number | null;
    readonly remainingMs: number | null;
    readonly companyKey: string;
    readonly deliveryState: string | null;
    readonly why: WhyCode | null;
    readonly slotAt: number | null;
    readonly parked: number;
  };

  function enrolmentPage(campaignId: string, afterId: string): EnrolmentRow[] {
    return store
      .prepareRead(
        `select e.id, e.state, e.mailbox_id as mailboxId, coalesce(d.step_id, e.next_step_id) as nextStepId, e.paused_until as pausedUntil, e.remaining_ms as remainingMs,
           d.state as deliveryState, d.why, coalesce(d.slot_at, e.wake_at) as slotAt, e.wake_at is not null as parked, c.company_key as companyKey, ${recipientColumns}
         from enrolments e join contacts c on c.id = e.contact_id
         left join deliveries d on d.enrolment_id = e.id and d.kind = 'step' and d.state in ('planned','deferred','claimed','sending','held','unknown')
         where e.campaign_id = ? and e.id > ? and e.state in ('pending','active','paused','held') order by e.id limit ${pageRows}`,
      )
      .all(campaignId, afterId) as EnrolmentRow[];
  }

  function mailboxesOf(campaign: ForecastCampaign, now: number): ForecastMailbox[] {
    const users = store.prepareRead(`select count(*) as n from campaigns g, json_each(g.mailbox_ids) j where g.status = 'running' and g.id <> ? and j.value = ?`);
    return chosenMailboxes(store, JSON.parse(campaign.mailboxIds) as string[]).map((mailbox) => ({
      ...mailbox,
      availableFrom: availableFrom(mailbox, now),
      sharedBy: 1 + (users.get(campaign.id, mailbox.id) as { n: number }).n,
    }));
  }

  /** What left lately. Of a mailbox that others use too only its own mails: the others have their share. */
  function sentLately(campaign: ForecastCampaign, mailboxes: readonly ForecastMailbox[], now: number): SentMail[] {
    const read = store.prepareRead(
      `select d.mailbox_id as mailboxId, d.campaign_id as campaignId, d.priority, d.recipient_domain as domain, coalesce(c.company_key, '') as companyKey, d.sent_at as at
       from deliveries d left join contacts c on c.id = d.contact_id where d.mailbox_id = ? and d.sent_at >= ?`,
    );
    return mailboxes.flatMap(({ id, sharedBy }) =>
      (read.all(id, now - 2 * day) as SentMail[])
        .filter((mail) => sharedBy === 1 || mail.campaignId === campaign.id)
        .map((mail) => (isFreeMail(mail.domain) ? { ...mail, domain: '' } : mail)),
    );
  }

  return {
    async forecast(campaignId, signal) {
      const campaign = campaignOf(campaignId);
      const rules = parseRules(campaign.rules);
      const now = clock.now();
      const graph: SequenceGraph = campaign.graph === null ? { steps: [] } : (JSON.parse(campaign.graph) as SequenceGraph);
      const { people, stuck } = campaign.status === 'draft' ? await audiencePeople(campaign, rules, signal) : await enrolledPeople(campaign, now, signal);
      const mailboxes = mailboxesOf(campaign, now);
      const run = createForecast({
        now,
        campaignId,
        rules,
        graph,
        mailboxes,
        people,
        sent: sentLately(campaign, mailboxes, now),
        stuck: [...stuck].map(([code, count]) => ({ code, people: count })),
        seed: seedFrom(campaignId),
      });
      for (;;) {
        const endAt = clock.monotonic() + sliceMs;
        if (run.run(() => clock.monotonic() < endAt)) return run.result();
        await breathe(signal);
      }
    },
  };
}

function availableFrom({ state, pausedUntil }: ChosenMailbox, now: number): number | null {
  if (state === 'needs_login') return null;
  return state === 'paused' ? pausedUntil : now;
}
