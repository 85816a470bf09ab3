import type { Delivery } from '../../../../shared/schemas/delivery.ts';
import type { DomainEvent } from '../../../../shared/schemas/event.ts';
import type { Reply } from '../../../../shared/schemas/reply.ts';

export type TimelineEntry =
  | { readonly kind: 'event'; readonly id: string; readonly at: number; readonly event: DomainEvent; readonly delivery: Delivery | null }
  | { readonly kind: 'delivery'; readonly id: string; readonly at: number; readonly delivery: Delivery }
  | { readonly kind: 'reply'; readonly id: string; readonly at: number; readonly reply: Reply };

/** Facts that say nothing to a person beside the mail or reply they belong to. */
const silent: ReadonlySet<string> = new Set(['planned', 'slot_moved', 'replied', 'auto_replied']);

/**
 * One person's story, newest first: facts, mails that still wait, and what came in. A mail that has left is told by
 * its fact, so that nothing is shown twice.
 */
export function contactTimeline(events: readonly DomainEvent[], deliveries: readonly Delivery[], replies: readonly Reply[]): TimelineEntry[] {
  const byId = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const told = new Set<string>();
  const entries: TimelineEntry[] = [];
  for (const event of events) {
    if (silent.has(event.type)) continue;
    if (event.deliveryId !== null) told.add(event.deliveryId);
    entries.push({ kind: 'event', id: `event-${event.id}`, at: event.at, event, delivery: event.deliveryId === null ? null : (byId.get(event.deliveryId) ?? null) });
  }
  for (const delivery of deliveries) {
    if (delivery.why === null && told.has(delivery.id)) continue;
    entries.push({ kind: 'delivery', id: `delivery-${delivery.id}`, at: delivery.sentAt ?? delivery.slotAt, delivery });
  }
  for (const reply of replies) entries.push({ kind: 'reply', id: `reply-${reply.id}`, at: reply.receivedAt, reply });
  return entries.sort((a, b) => b.at - a.at || b.id.localeCompare(a.id));
}

export const timelineKinds = ['all', 'mails', 'replies', 'changes'] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** Whether an entry is of a kind: a mail of ours, what came in, or a change of what is on file. */
export function isOfKind(entry: TimelineEntry, kind: TimelineKind): boolean {
  if (kind === 'all') return true;
  if (entry.kind === 'reply') return kind === 'replies';
  const isMail = entry.kind === 'delivery' || entry.event.deliveryId !== null;
  return kind === (isMail ? 'mails' : 'changes');
}
