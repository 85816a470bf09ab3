import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { MailboxLimits, RampState } from '../../../shared/schemas/mailbox.ts';
import { providerOfHost } from '../../../shared/providers.ts';
import { day, type Clock } from '../lib/clock.ts';
import { isFreeMail } from '../lib/free-mail.ts';
import type { Random } from '../lib/random.ts';
import {
  createAllocation,
  createCampaignRoom,
  createRotation,
  healthWeight,
  type Allocation,
  type CampaignRoom,
  type MailboxHours,
  type Recipient,
  type Rotation,
  type RotationLane,
} from '../scheduling/index.ts';
import type { Store } from '../store/index.ts';
import { isLost, type MailboxCondition } from './lost-mailboxes.ts';

/** A mailbox as a launch needs it. */
export interface LaunchMailbox extends MailboxHours, MailboxCondition {
  readonly id: string;
  readonly limits: MailboxLimits;
  readonly nextSendAt: number;
  readonly ramp: RampState | null;
  readonly provider: string | null;
  readonly smtpHost: string;
}

/** A mailbox with its capacity, as new people are given to it. */
export interface MailboxLane extends RotationLane {
  readonly mailbox: LaunchMailbox;
  readonly allocation: Allocation;
}

/** The mailboxes of a campaign with what they have room for, behind what is planned already. One that is lost gets nobody as long as there are others. */
export function openLanes(
  deps: { store: Store; clock: Clock; random: Random },
  campaign: { readonly campaignId: string; readonly rules: CampaignRules; readonly mailboxes: readonly LaunchMailbox[] },
): Rotation<MailboxLane> {
  const { store, clock, random } = deps;
  const { rules, campaignId } = campaign;
  const now = clock.now();
  const room = roomOf(store, campaignId, rules);
  const count = (sql: string, ...params: unknown[]) => (store.prepareRead(sql).get(...params) as { n: number }).n;

  function weightOf({ id, state, limits }: LaunchMailbox): number {
    if (rules.rotation !== 'health') return 1;
    const since = now - 7 * day;
    return healthWeight({
      state,
      allowance: limits.perDay,
      waiting: count(`select count(*) as n from deliveries indexed by deliveries_due where mailbox_id = +? and priority in (1, 2) and state in ('planned','deferred')`, id),
      sent: count('select count(*) as n from deliveries where mailbox_id = ? and sent_at >= ?', id, since),
      bounced: count(
        `select count(*) as n from events where type = 'bounced' and at >= ? and mailbox_id = ? and coalesce(json_extract(data, '$.kind'), reason) in ('hard','block')`,
        since,
        id,
      ),
    });
  }

  const working = campaign.mailboxes.filter((mailbox) => !isLost(mailbox, now));
  const lanes = (working.length > 0 ? working : campaign.mailboxes).map((mailbox): MailboxLane => {
    const users = count(`select count(*) as n from campaigns, json_each(campaigns.mailbox_ids) where campaigns.status = 'running' and json_each.value = ?`, mailbox.id);
    // First mails of this campaign that wait already (a resumed launch): go on behind them.
    const last = store
      .prepareRead(`select max(slot_at) as at from deliveries where mailbox_id = ? and campaign_id = ? and priority = 2 and state = 'planned'`)
      .get(mailbox.id, campaignId) as { at: number | null };
    const startAt = Math.max(now, rules.startAt ?? 0, mailbox.nextSendAt, last.at ?? 0);
    const allocation = createAllocation({ mailbox, ramp: mailbox.ramp, startAt, sharedBy: users, random, room });
    return { mailbox, allocation, provider: mailbox.provider ?? providerOfHost(mailbox.smtpHost), weight: weightOf(mailbox), freeAt: () => allocation.cursor };
  });
  return createRotation(rules, lanes);
}

/** A person as the rules of the campaign count them; what is not limited is not named. */
export function recipientOf(rules: CampaignRules, person: { readonly domain: string; readonly companyKey: string }): Recipient {
  return {
    domain: rules.maxPerDomainPerDay === null || isFreeMail(person.domain) ? '' : person.domain,
    companyKey: rules.maxPerCompanyPerDay === null ? '' : person.companyKey,
  };
}

/** The room on each day, less the first mails that are planned already. Undefined where the campaign sets no limit. */
function roomOf(store: Store, campaignId: string, rules: CampaignRules): CampaignRoom | undefined {
  if (rules.maxPerDay === null && rules.maxNewPerDay === null && rules.maxPerDomainPerDay === null && rules.maxPerCompanyPerDay === null) return undefined;
  const room = createCampaignRoom(rules);
  const planned = store
    .prepareRead(
      `select d.slot_at as at, d.recipient_domain as domain, coalesce(c.company_key, '') as companyKey from deliveries d left join contacts c on c.id = d.contact_id
       where d.campaign_id = ? and d.state = 'planned' and d.priority = 2`,
    )
    .all(campaignId) as { at: number; domain: string; companyKey: string }[];
  for (const { at, ...person } of planned) room.take(recipientOf(rules, person), at);
  return room;
}
