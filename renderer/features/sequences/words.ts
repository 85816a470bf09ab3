import { t } from '../../lib/messages/index.ts';
import { parseDuration, type DurationParts } from './model/duration.ts';
import { dayOf, type TimelinePoint } from './model/graph.ts';

/** The sentence that a wait means. */
export function waitSentence(iso: string, businessDays: boolean): string {
  const parts = parseDuration(iso);
  if (!parts) return t('sequences.isoInvalid');
  const said = partNames(parts, businessDays);
  if (said.length === 0) return t('sequences.wait.none');
  const length = said.length === 1 ? String(said[0]) : t('sequences.and', { first: said.slice(0, -1).join(', '), last: String(said.at(-1)) });
  if (businessDays) return t('sequences.wait.workdays', { length });
  return t(parts.hours + parts.minutes + parts.seconds === 0 ? 'sequences.wait.days' : 'sequences.wait.exact', { length });
}

/** A short name of a wait, for its closed card. */
export function waitName(iso: string, businessDays: boolean): string {
  const parts = parseDuration(iso);
  if (!parts) return iso;
  return partNames(parts, businessDays).join(' ') || t('sequences.wait.noneName');
}

function partNames(parts: DurationParts, businessDays: boolean): string[] {
  const said: string[] = [];
  if (parts.weeks > 0) said.push(t('sequences.part.weeks', { count: parts.weeks }));
  if (parts.days > 0) said.push(t(businessDays ? 'sequences.part.workdays' : 'sequences.part.days', { count: parts.days }));
  if (parts.hours > 0) said.push(t('sequences.part.hours', { count: parts.hours }));
  if (parts.minutes > 0) said.push(t('sequences.part.minutes', { count: parts.minutes }));
  if (parts.seconds > 0) said.push(t('sequences.part.seconds', { count: parts.seconds }));
  return said;
}

/** `Day 3`, `Day 3–5` or `4 h`: where a mail stands on the timeline. */
export function pointName(point: TimelinePoint): string {
  const { from, to, rest } = dayOf(point);
  if (from !== to) return t('sequences.point.days', { from, to });
  if (from === 0 && rest > 0) return rest < 120 ? t('sequences.point.minutes', { count: rest }) : t('sequences.point.hours', { count: Math.round(rest / 60) });
  return t('sequences.point.day', { day: from });
}

/** How long a sequence runs from its first to its last mail, and how many mails it has. */
export function stepsSummary(points: readonly TimelinePoint[]): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return t('sequences.noMail');
  if (points.length === 1) return t('sequences.oneMail');
  const minutes = last.maxMinutes - first.maxMinutes;
  if (minutes === 0) return t('sequences.mails', { count: points.length });
  const days = Math.round(minutes / 1440);
  const span =
    days >= 1
      ? t('sequences.part.days', { count: days })
      : minutes >= 60
        ? t('sequences.part.hours', { count: Math.round(minutes / 60) })
        : t('sequences.part.minutes', { count: Math.round(minutes) });
  return t('sequences.mailsOver', { count: points.length, span });
}
