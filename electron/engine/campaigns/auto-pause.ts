import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { Events } from '../events/index.ts';
import { day, type Clock } from '../lib/clock.ts';
import { parseRules } from '../scheduling/index.ts';
import type { Tx } from '../store/index.ts';

/** What became of a campaign's mails over the time looked at. */
export interface OutcomeCounts {
  /** Mails that a server accepted or refused for good. */
  readonly tried: number;
  /** Of them: hard bounces and blocks, at once or by a report. Soft ones say nothing about the list. */
  readonly bounced: number;
  readonly complained: number;
}

/** How far back rates are counted; a campaign that a person started again counts anew from there. */
const windowMs = 7 * day;

/** Why a campaign should pause, as a sentence; null = it may go on. Nothing is concluded from fewer mails than the floor. Pure. */
export function reasonToPause(counts: OutcomeCounts, rule: CampaignRules['autoPause']): string | null {
  if (rule === null || counts.tried < rule.floor) return null;
  const share = (n: number) => (n / counts.tried) * 100;
  const says = (what: string, n: number, limit: number) => `${n} of ${counts.tried} mails of the last seven days ${what}: ${share(n).toFixed(1)} %, the limit is ${limit} %`;
  if (counts.complained > 0 && share(counts.complained) >= rule.complaintPercent) return says('were reported as spam', counts.complained, rule.complaintPercent);
  if (counts.bounced > 0 && share(counts.bounced) >= rule.bouncePercent) return says('bounced', counts.bounced, rule.bouncePercent);
  return null;
}

export interface AutoPause {
  /** Pauses a running campaign whose rates are over its limits, in the transaction of the bounce or complaint that tipped them. A person starts it again. */
  check(tx: Tx, campaignId: string): void;
}

export function createAutoPause(deps: { events: Events; clock: Clock }): AutoPause {
  const { events, clock } = deps;

  function countsOf(tx: Tx, campaignId: string): OutcomeCounts {
    const resumed = tx.prepare(`select max(at) as at from events where campaign_id = ? and type = 'campaign_resumed'`).get(campaignId) as { at: number | null };
    const since = Math.max(clock.now() - windowMs, resumed.at ?? 0);
    const count = (sql: string): number => (tx.prepare(sql).get(campaignId, since) as { n: number }).n;
    const facts = (type: string, condition = '') =>
      count(`select count(distinct coalesce(delivery_id, id)) as n from events where campaign_id = ? and type = '${type}' and at >= ? ${condition}`);
    return {
      tried: count('select count(*) as n from deliveries where campaign_id = ? and sent_at >= ? and sent_at is not null') + facts('failed'),
      bounced: facts('bounced', `and json_extract(data, '$.kind') in ('hard', 'block')`),
      complained: facts('complained'),
    };
  }

  return {
    check(tx, campaignId) {
      const row = tx.prepare(`select rules from campaigns where id = ? and status = 'running'`).get(campaignId) as { rules: string } | undefined;
      const reason = row === undefined ? null : reasonToPause(countsOf(tx, campaignId), parseRules(row.rules).autoPause);
      if (reason === null) return;
      const now = clock.now();
      // A launch in progress keeps its mark, so that it goes on after a crash.
      tx.prepare(`update campaigns set status = 'paused', status_reason = coalesce(status_reason, ?), paused_at = ?, updated_at = ? where id = ?`).run(
        reason,
        now,
        now,
        campaignId,
      );
      events.append(tx, { type: 'campaign_auto_paused', actor: 'engine', campaignId, reason });
    },
  };
}
