import { locale } from '../../lib/locale.ts';
import { has, t } from '../../lib/messages/index.ts';

/** A reason is a code with words of its own, or a sentence already. */
export function reasonText(reason: string): string {
  for (const prefix of ['stop', 'why', 'suppression', 'answer'] as const) {
    const key = `${prefix}.${reason}`;
    if (has(key)) return t(key);
  }
  return reason;
}

const dayWords = new Intl.DateTimeFormat(locale.tag, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const monthWords = new Intl.DateTimeFormat(locale.tag, { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** A day, week or month by its first date: '3 Dec', 'Dec 2026'. */
export function stretchWords(from: string, unit: 'day' | 'week' | 'month'): string {
  return (unit === 'month' ? monthWords : dayWords).format(Date.parse(from));
}
