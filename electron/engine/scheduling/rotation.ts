import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { MailboxState } from '../../../shared/schemas/mailbox.ts';

/** A mailbox that may get new people. */
export interface RotationLane {
  /** Who runs its servers; null = not known. */
  readonly provider: string | null;
  /** Its part of new people under the rule `health`; 0 = none as long as others have more. */
  readonly weight: number;
  /** When it would be free for the next person. */
  readonly freeAt: () => number;
}

export interface Rotation<Lane> {
  /**
   * The mailbox for a new person whose mail `provider` takes (null = not known). Null only where the rule is `strict` and
   * no mailbox is of that provider: the person waits. A provider that is not known never blocks.
   */
  pick(provider: string | null): Lane | null;
}

/** Spreads new people over mailboxes. Whoever was picked keeps the person: call it once per person. Pure but for its own turn. */
export function createRotation<Lane extends RotationLane>(rules: Pick<CampaignRules, 'rotation' | 'providerMatching'>, lanes: readonly Lane[]): Rotation<Lane> {
  /** How often each was picked, and what the rule `health` owes it. */
  const turns = new Map<Lane, { picked: number; credit: number }>(lanes.map((lane) => [lane, { picked: 0, credit: 0 }]));
  const turnOf = (lane: Lane) => turns.get(lane) ?? { picked: 0, credit: 0 };

  function least(candidates: readonly Lane[], value: (lane: Lane) => number): Lane | null {
    let best: Lane | null = null;
    for (const lane of candidates) if (best === null || value(lane) < value(best)) best = lane;
    return best;
  }

  /** Smooth weighted round-robin: the parts hold over any stretch, not only at the end. */
  function byWeight(candidates: readonly Lane[]): Lane | null {
    const total = candidates.reduce((sum, lane) => sum + lane.weight, 0);
    if (total <= 0) return least(candidates, (lane) => turnOf(lane).picked);
    for (const lane of candidates) turnOf(lane).credit += lane.weight;
    const best = least(candidates, (lane) => -turnOf(lane).credit);
    if (best !== null) turnOf(best).credit -= total;
    return best;
  }

  return {
    pick(provider) {
      const same = rules.providerMatching === 'off' || provider === null ? [] : lanes.filter((lane) => lane.provider === provider);
      if (rules.providerMatching === 'strict' && provider !== null && same.length === 0) return null;
      const candidates = same.length > 0 ? same : lanes;
      const lane =
        rules.rotation === 'longest_idle'
          ? least(candidates, (each) => each.freeAt())
          : rules.rotation === 'round_robin'
            ? least(candidates, (each) => turnOf(each).picked)
            : byWeight(candidates);
      if (lane !== null) turnOf(lane).picked += 1;
      return lane;
    },
  };
}

/** What is known of a mailbox's health. */
export interface MailboxHealth {
  readonly state: MailboxState;
  /** Mails that may leave a day. */
  readonly allowance: number;
  /** Mails that wait for it already. */
  readonly waiting: number;
  /** Of the last seven days. */
  readonly sent: number;
  /** Hard bounces and blocks of the last seven days. */
  readonly bounced: number;
}

/** Bounces of so many per cent take a mailbox out of the rotation, where others are better. */
const worstShare = 0.05;
/** One bounce among few mails says little: they are counted as if so many more had left well. */
const benefitOfDoubt = 20;
const trouble: Record<MailboxState, number> = { ready: 1, untested: 0.8, unreachable: 0.2, paused: 0, needs_login: 0 };

/** The weight of a mailbox under the rule `health`: what it can take on a day, less for bounces, trouble and what waits already. Pure. */
export function healthWeight({ state, allowance, waiting, sent, bounced }: MailboxHealth): number {
  const clean = Math.max(0, 1 - bounced / (sent + benefitOfDoubt) / worstShare);
  return (allowance * trouble[state] * clean) / (1 + waiting / Math.max(1, allowance));
}
