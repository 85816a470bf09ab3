import { finalDeliveryStates, type Delivery, type DeliveryState } from '../../shared/schemas/delivery.ts';

const finalStates: ReadonlySet<DeliveryState> = new Set(finalDeliveryStates);

/** When a mail left or came to its end otherwise; null while it still waits for its slot. */
export function overAt({ state, sentAt, updatedAt }: Pick<Delivery, 'state' | 'sentAt' | 'updatedAt'>): number | null {
  return sentAt ?? (finalStates.has(state) ? updatedAt : null);
}
