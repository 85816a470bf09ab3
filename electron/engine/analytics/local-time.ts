import { localDay, ownZone } from '../lib/zone.ts';

export { localDay, ownZone };

const formats = new Map<string, Intl.DateTimeFormat>();

/** Wall-clock time in a zone as `YYYY-MM-DD HH:MM:SS`, which spreadsheets read as a time. */
export function localTime(zone: string, at: number): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
    formats.set(zone, format);
  }
  return format.format(at);
}
