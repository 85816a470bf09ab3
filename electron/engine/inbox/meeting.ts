import ICAL from 'ical.js';
import type { InboundMail } from './mail.ts';
import type { IntentReading } from './intent.ts';

const answers: Readonly<Record<string, IntentReading>> = {
  ACCEPTED: { intent: 'meeting', confidence: 0.98 },
  TENTATIVE: { intent: 'meeting', confidence: 0.85 },
  DECLINED: { intent: 'negative', confidence: 0.9 },
  DELEGATED: { intent: 'referral', confidence: 0.9 },
};

/**
 * What a calendar part says (RFC 5545, RFC 5546): an answer to our invitation by the sender's participation, an invitation
 * or a counter-proposal of theirs is a meeting, a cancellation is not. Null without a readable calendar.
 */
export function readMeeting(mail: InboundMail): IntentReading | null {
  for (const part of mail.parts) {
    if (part.mimeType !== 'text/calendar' && part.mimeType !== 'application/ics') continue;
    const calendar = parse(part.content);
    const event = calendar?.getFirstSubcomponent('vevent') ?? null;
    const method = (textOf(calendar?.getFirstPropertyValue('method')) || (part.method ?? '')).toUpperCase();
    if (method === 'REPLY') return answers[participation(event, mail.from.address)] ?? { intent: 'neutral', confidence: 0.9 };
    if (method === 'CANCEL' || method === 'DECLINECOUNTER') return { intent: 'negative', confidence: 0.8 };
    if (method === 'REQUEST' || method === 'COUNTER' || method === 'PUBLISH' || method === 'ADD') return { intent: 'meeting', confidence: method === 'PUBLISH' ? 0.8 : 0.95 };
  }
  return null;
}

function parse(content: string): ICAL.Component | null {
  try {
    return new ICAL.Component(ICAL.parse(content) as unknown[]);
  } catch {
    // A stranger's file: what cannot be read says nothing.
    return null;
  }
}

/** PARTSTAT of the sender, else of the only attendee. */
function participation(event: ICAL.Component | null, sender: string): string {
  const attendees = event?.getAllProperties('attendee') ?? [];
  const own =
    attendees.find(
      (attendee) =>
        textOf(attendee.getFirstValue())
          .toLowerCase()
          .replace(/^mailto:/, '') === sender,
    ) ?? attendees[0];
  return textOf(own?.getFirstParameter('partstat')).toUpperCase();
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
