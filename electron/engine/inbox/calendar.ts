import ICAL from 'ical.js';

/** A calendar part (RFC 5545, RFC 5546). */
export interface Calendar {
  /** Upper case, for example `REPLY`; empty when nothing names it. */
  readonly method: string;
  readonly attendees: readonly {
    /** Lower case. */
    readonly address: string;
    /** PARTSTAT, upper case, for example `ACCEPTED`; empty when absent. */
    readonly participation: string;
  }[];
}

/** Reads a calendar; `headerMethod` is the one of its Content-Type, for a text that names none or cannot be read. */
export function readCalendar(content: string, headerMethod: string): Calendar {
  const calendar = parse(content);
  return { method: (calendar?.method || headerMethod).toUpperCase(), attendees: calendar?.attendees ?? [] };
}

function parse(content: string): Calendar | null {
  try {
    const calendar = new ICAL.Component(ICAL.parse(content) as unknown[]);
    const event = calendar.getFirstSubcomponent('vevent');
    return {
      method: textOf(calendar.getFirstPropertyValue('method')),
      attendees: (event?.getAllProperties('attendee') ?? []).map((attendee) => ({
        address: textOf(attendee.getFirstValue())
          .toLowerCase()
          .replace(/^mailto:/, ''),
        participation: textOf(attendee.getFirstParameter('partstat')).toUpperCase(),
      })),
    };
  } catch {
    // A stranger's file, and one cut off is noticed only on the look inside: what cannot be read says nothing.
    return null;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
