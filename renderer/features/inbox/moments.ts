import { t } from '../../lib/messages/index.ts';

const day = 86_400_000;

/** Moments that a person means by a word, in the clock of this computer: mornings are 8 o'clock. */
export function snoozeChoices(now: number): readonly { readonly key: string; readonly label: string; readonly at: number }[] {
  const morning = (days: number): number => new Date(new Date(now + days * day).setHours(8, 0, 0, 0)).getTime();
  const weekday = new Date(now).getDay();
  const untilMonday = ((8 - weekday) % 7) + (weekday === 1 ? 7 : 0);
  return [
    { key: 'later', label: t('inbox.snooze.later'), at: now + 3 * 3_600_000 },
    { key: 'tomorrow', label: t('inbox.snooze.tomorrow'), at: morning(1) },
    { key: 'days', label: t('inbox.snooze.days'), at: morning(3) },
    { key: 'week', label: t('inbox.snooze.week'), at: morning(untilMonday) },
    { key: 'month', label: t('inbox.snooze.month'), at: morning(30) },
  ];
}

/** After how many days a sequence may go on. */
export const resumeDays = [7, 14, 30, 60, 90] as const;

export function daysFrom(now: number, days: number): number {
  return now + days * day;
}
