import type { MailboxLimits, RampState } from '../../../shared/schemas/mailbox.ts';

/** What happened on the local day for which a ramp state holds. */
export interface RampDay {
  /** Mails of campaigns that left. */
  readonly sent: number;
  /** Hard bounces and blocks that became known. */
  readonly bounced: number;
}

/** Bounces of a day from which on it counts as bad, whatever was sent. */
const badBounces = 2;
/** Share of bounces beyond which a day counts as bad. */
const badShare = 0.03;

/**
 * The ramp-up's state on `today` (local `YYYY-MM-DD`): it starts low; a day on which mail left and did not bounce takes
 * it a step up, to `perDay` at most; a bad day takes it a step down, to the start at least; a day without mail leaves it
 * where it is. The same day keeps its state, an earlier one (a clock that was set back) too. `past` is what
 * happened on the state's day, asked for only when a new day has begun. Null where no ramp-up is set. Pure.
 */
export function rampOn(limits: MailboxLimits, state: RampState | null, today: string, past: () => RampDay): RampState | null {
  const { rampUp, perDay } = limits;
  if (rampUp === null) return null;
  const start = Math.min(rampUp.startPerDay, perDay);
  if (state === null) return { perDay: start, day: today, reason: 'start' };
  if (state.day >= today) return state.day === today && state.perDay <= perDay ? state : { ...state, perDay: Math.min(state.perDay, perDay), day: today };
  const { sent, bounced } = past();
  if (bounced >= badBounces || bounced > badShare * sent) {
    const lower = Math.max(start, Math.min(state.perDay, perDay) - rampUp.stepPerDay);
    return { perDay: lower, day: today, reason: lower < state.perDay ? 'stepped_down' : state.reason };
  }
  if (sent === 0) return { ...state, perDay: Math.min(state.perDay, perDay), day: today };
  const higher = Math.min(perDay, state.perDay + rampUp.stepPerDay);
  return { perDay: higher, day: today, reason: higher === perDay ? 'full' : 'grown' };
}
