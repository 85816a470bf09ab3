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
  const event = calendar?.getFirstSubcomponent('vevent') ?? null;
  return {
    method: (textOf(calendar?.getFirstPropertyValue('method')) || headerMethod).toUpperCase(),
    attendees: (event?.getAllProperties('attendee') ?? []).map((attendee) => ({
      address: textOf(attendee.getFirstValue())
        .toLowerCase()
        .replace(/^mailto:/, ''),
      participation: textOf(attendee.getFirstParameter('partstat')).toUpperCase(),
    })),
  };
}

function parse(content: string): ICAL.Component | null {
  try {
    return new ICAL.Component(ICAL.parse(content) as unknown[]);
  } catch {
    // A stranger's file: what cannot be read says nothing.
    return null;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
