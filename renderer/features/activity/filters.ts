import type { DeliveryState } from '../../../shared/schemas/delivery.ts';

export const quickFilters = ['all', 'waiting', 'attention', 'dead', 'sent', 'ended'] as const;
export type QuickFilter = (typeof quickFilters)[number];

/** The states behind each quick filter. */
export const statesOf: Record<QuickFilter, DeliveryState[] | undefined> = {
  all: undefined,
  waiting: ['planned', 'claimed', 'sending', 'deferred', 'held'],
  attention: ['held', 'unknown', 'failed'],
  dead: ['failed'],
  sent: ['sent'],
  ended: ['failed', 'cancelled', 'skipped'],
};

/** Views in which several mails are acted on at once. */
export const selectable: readonly QuickFilter[] = ['waiting', 'attention', 'dead'];

const retryable: readonly DeliveryState[] = ['failed', 'held', 'deferred'];
const droppable: readonly DeliveryState[] = ['planned', 'held', 'deferred', 'failed'];

export function canRetry(state: DeliveryState): boolean {
  return retryable.includes(state);
}
export function canDrop(state: DeliveryState): boolean {
  return droppable.includes(state);
}

/** Views in which mail that is held stands: there it can be narrowed to one reason. */
export function holdsMail(show: QuickFilter): boolean {
  return statesOf[show]?.includes('held') ?? false;
}
