import type { Calendar } from './calendar.ts';
import type { InboundMail } from './mail.ts';
import type { IntentReading } from './intent.ts';

const answers: Readonly<Record<string, IntentReading>> = {
  ACCEPTED: { intent: 'meeting', confidence: 0.98 },
  TENTATIVE: { intent: 'meeting', confidence: 0.85 },
  DECLINED: { intent: 'negative', confidence: 0.9 },
  DELEGATED: { intent: 'referral', confidence: 0.9 },
};

/**
 * What a calendar part says (RFC 5546): an answer to our invitation by the sender's participation, an invitation or a
 * counter-proposal of theirs is a meeting, a cancellation is not. Null without a calendar that says one of these.
 */
export function readMeeting(mail: InboundMail): IntentReading | null {
  for (const { calendar } of mail.parts) {
    if (calendar === null) continue;
    const { method } = calendar;
    if (method === 'REPLY') return answers[participation(calendar, mail.from.address)] ?? { intent: 'neutral', confidence: 0.9 };
    if (method === 'CANCEL' || method === 'DECLINECOUNTER') return { intent: 'negative', confidence: 0.8 };
    if (method === 'REQUEST' || method === 'COUNTER' || method === 'PUBLISH' || method === 'ADD') return { intent: 'meeting', confidence: method === 'PUBLISH' ? 0.8 : 0.95 };
  }
  return null;
}

/** Of the sender, else of the first attendee. */
function participation({ attendees }: Calendar, sender: string): string {
  return (attendees.find(({ address }) => address === sender) ?? attendees[0])?.participation ?? '';
}
