import { Notification } from 'electron';
import type { DomainEvent } from '../../shared/schemas/event.ts';

const perMinute = 5;

/** What deserves to interrupt a person: null for everything else. */
export function noticeFor(event: Pick<DomainEvent, 'type' | 'reason'>): { title: string; body: string } | null {
  if (event.type === 'replied') return { title: 'A reply came in', body: 'The sequence has stopped for this person.' };
  if (event.type === 'mailbox_trouble') return { title: 'A mailbox needs you', body: event.reason ?? 'It cannot send at the moment.' };
  if (event.type === 'unknown') return { title: 'Did this mail leave?', body: 'A connection broke while a mail was being sent. Homing never sends it twice without asking.' };
  return null;
}

/** Shows desktop notifications, at most a handful a minute: after an hour offline many replies arrive at once. */
export function createNotices(onClick: () => void, now: () => number = Date.now): (events: readonly DomainEvent[]) => void {
  let shownAt: number[] = [];
  return (events) => {
    if (!Notification.isSupported()) return;
    for (const event of events) {
      const notice = noticeFor(event);
      if (notice === null) continue;
      const at = now();
      shownAt = shownAt.filter((time) => at - time < 60_000);
      if (shownAt.length >= perMinute) return;
      shownAt.push(at);
      const notification = new Notification(notice);
      notification.on('click', onClick);
      notification.show();
    }
  };
}
