import type { AnswerClass } from '../../../shared/schemas/delivery.ts';
import type { Reply, ReplyClass, ReplyIntent } from '../../../shared/schemas/reply.ts';
import { readAutoReply } from './auto-reply.ts';
import { readBounce, type Bounce, type BounceRecipient } from './bounce.ts';
import { readDelegate } from './delegate.ts';
import { readIntent } from './intent.ts';
import { detectLanguage } from '../lib/language.ts';
import type { InboundMail } from './mail.ts';
import { readMeeting } from './meeting.ts';
import { wantsOut } from './opt-out.ts';
import { readReplyText } from './reply-text.ts';
import { readComplaint, type ReturnedMessage } from './report.ts';
import { readReturnDate } from './return-date.ts';

export interface Classified {
  readonly class: ReplyClass;
  readonly confidence: number;
  readonly source: Reply['source'];
  /** What the person wrote, without quotes. */
  readonly replyText: string;
  /** Of a person's answer, when its words or its calendar part show it. */
  readonly intent: ReplyIntent | null;
  /** ISO 639-1 code of `replyText`, null when it says too little. */
  readonly language: string | null;
  /** Whom the message names instead of its sender: a referral's colleague, an absent person's stand-in. */
  readonly delegate: { readonly name: string; readonly address: string } | null;
  /** `YYYY-MM-DD`, only of an absence. */
  readonly returnDate: string | null;
  readonly bounce: Bounce | null;
  /** The message that a bounce or complaint returns. */
  readonly returned: ReturnedMessage | null;
  /** Address a complaint names. */
  readonly complainant: string | null;
}

const bounceRank: Record<ReplyClass & `${string}`, number> = {
  hard_bounce: 4,
  block_bounce: 3,
  soft_bounce: 2,
  delayed_notice: 1,
  human: 0,
  out_of_office: 0,
  auto_acknowledgement: 0,
  opt_out: 0,
  complaint: 0,
  own_copy: 0,
  unrelated: 0,
};

/** The class of one recipient's fate. A delayed notice changes nothing final, whatever its code says. */
export function bounceClass(recipient: BounceRecipient): ReplyClass {
  if (recipient.delayed) return 'delayed_notice';
  switch (recipient.kind) {
    case 'hard':
      return 'hard_bounce';
    case 'block':
      return 'block_bounce';
    case 'soft':
      return 'soft_bounce';
    case 'none':
      return 'auto_acknowledgement';
  }
}

/** The recipient whose fate is told to a person: the one we wrote to, else the worst. */
export function decisiveRecipient(bounce: Bounce, writtenTo: string | null): BounceRecipient | null {
  const own = writtenTo === null ? undefined : bounce.recipients.find(({ address, originalAddress }) => address === writtenTo || originalAddress === writtenTo);
  if (own !== undefined) return own;
  return [...bounce.recipients].sort((a, b) => bounceRank[bounceClass(b)] - bounceRank[bounceClass(a)])[0] ?? null;
}

export interface StoredBounce {
  readonly status: string | null;
  readonly class: AnswerClass | null;
  readonly recipient: string | null;
  readonly diagnostic: string | null;
}

export function storedBounce(recipient: BounceRecipient): StoredBounce {
  return {
    status: recipient.status,
    class: recipient.class,
    recipient: recipient.address === '' ? null : recipient.address,
    diagnostic: recipient.diagnostic === '' ? null : recipient.diagnostic.slice(0, 2000),
  };
}

/**
 * Decides what an inbound message is, strongest evidence first: machine-readable reports, our signed opt-out token,
 * headers of automatic mail, words, and a person as the default. Pure; `tokenDeliveryId` is what the caller's check of the
 * token in subject or address found.
 */
export function classify(mail: InboundMail, tokenDeliveryId: string | null): Classified {
  const replyText = readReplyText(mail);
  const base = { replyText, intent: null, language: detectLanguage(replyText), delegate: null, returnDate: null, bounce: null, returned: null, complainant: null };
  const complaint = readComplaint(mail);
  if (complaint !== null) return { ...base, class: 'complaint', confidence: 1, source: 'structure', returned: complaint.returned, complainant: complaint.recipient };
  const bounce = readBounce(mail);
  if (bounce !== null) {
    const decisive = decisiveRecipient(bounce, null);
    const name = decisive === null ? 'soft_bounce' : bounceClass(decisive);
    return { ...base, class: name, confidence: bounce.structured ? 0.98 : 0.8, source: bounce.structured ? 'structure' : 'pattern', bounce, returned: bounce.returned };
  }
  if (tokenDeliveryId !== null) return { ...base, class: 'opt_out', confidence: 1, source: 'header' };
  const auto = readAutoReply(mail, replyText);
  if (auto !== null) {
    const note = replyText === '' ? mail.text : replyText;
    const stated = mail.date === null ? null : readReturnDate(`${mail.subject} . ${note}`, mail.date, mail.zoneOffsetMin);
    // An automatic answer with a day of return is a note of absence in whatever language; a ticket's date is none.
    const isAway = auto.kind === 'out_of_office' || (stated !== null && auto.source !== 'pattern' && !auto.acknowledges);
    const absence = isAway ? ({ class: 'out_of_office', returnDate: stated, delegate: readDelegate(mail, note) } as const) : {};
    return { ...base, class: auto.kind, confidence: auto.confidence, source: auto.source, ...absence };
  }
  if (wantsOut(replyText, mail.subject)) return { ...base, class: 'opt_out', confidence: 0.9, source: 'pattern' };
  return { ...base, class: 'human', ...readHuman(mail, replyText, base.language) };
}

/** What a person says: a calendar part is certain, words are likely. */
function readHuman(mail: InboundMail, replyText: string, language: string | null): Pick<Classified, 'intent' | 'confidence' | 'source' | 'delegate'> {
  const meeting = readMeeting(mail);
  const read = meeting ?? readIntent(replyText, language);
  if (read === null) return { intent: null, confidence: 0.8, source: 'default', delegate: null };
  return { ...read, source: meeting === null ? 'pattern' : 'structure', delegate: read.intent === 'referral' ? readDelegate(mail, replyText) : null };
}
