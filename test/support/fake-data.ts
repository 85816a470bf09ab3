import { campaignRulesSchema, type Campaign, type Forecast } from '../../shared/schemas/campaign.ts';
import type { Contact } from '../../shared/schemas/contact.ts';
import type { Delivery } from '../../shared/schemas/delivery.ts';
import type { DomainEvent } from '../../shared/schemas/event.ts';
import { mailboxLimitsSchema, type Mailbox } from '../../shared/schemas/mailbox.ts';
import type { ReplyDetail } from '../../shared/schemas/reply.ts';
import type { Workspace } from '../../shared/schemas/settings.ts';
import { officeHours } from '../../shared/schemas/common.ts';

/** The moment that fake data turns around: Wednesday 14 October 2026, 09:30 UTC. */
export const fakeNow = Date.UTC(2026, 9, 14, 9, 30);
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

const people: readonly (readonly [string, string, string, string])[] = [
  ['Anna', 'Lindqvist', 'Birch & Vale', 'anna.lindqvist@birchvale.example.com'],
  ['Tomás', 'Herrera', 'Costa Ferries', 'tomas.herrera@costaferries.example.com'],
  ['Mirela', 'Popa', 'Danube Optics', 'mirela@danubeoptics.example.com'],
  ['Keiko', 'Tanabe', 'Harbour Print', 'k.tanabe@harbourprint.example.com'],
  ['Owen', 'Prys-Jones', 'Slate Quarry Tours', 'owen@slatequarry.example.com'],
  ['Fatou', 'Diallo', 'Saloum Textiles', 'fatou.diallo@saloum.example.com'],
  ['Jürgen', 'Weißenborn-Oberhausen', 'Weißenborn Maschinenbau GmbH & Co. KG', 'juergen.weissenborn-oberhausen@weissenborn-maschinenbau.example.com'],
  ['Priya', 'Raman', 'Monsoon Analytics', 'priya@monsoon.example.com'],
];

function person(index: number): readonly [string, string, string, string] {
  return people[index % people.length] ?? ['Sam', 'Sample', 'Example', 'sam@example.com'];
}

export function fakeContact(index: number, patch: Partial<Contact> = {}): Contact {
  const [firstName, lastName, company, email] = person(index);
  return {
    id: `contact-${index}`,
    email: index < people.length ? email : email.replace('@', `+${index}@`),
    firstName,
    lastName,
    company,
    title: index % 3 === 0 ? 'Head of Operations' : 'Owner',
    phone: '',
    website: '',
    city: '',
    country: '',
    timeZone: index % 2 === 0 ? 'Europe/Stockholm' : null,
    guessedZone: index % 4 === 1 ? 'Europe/Berlin' : null,
    zoneSource: index % 4 === 1 ? 'domain' : null,
    tags: index % 4 === 0 ? ['fair-2026'] : [],
    custom: {},
    check: null,
    status: index % 17 === 5 ? 'bounced' : index % 23 === 7 ? 'unsubscribed' : 'active',
    ownerId: null,
    source: 'fair.csv',
    consentSource: index % 4 === 0 ? 'Fair 2026, form on website' : '',
    consentAt: index % 4 === 0 ? fakeNow - 30 * day : null,
    lastSentAt: index % 2 === 0 ? fakeNow - index * hour : null,
    lastReplyAt: null,
    createdAt: fakeNow - 20 * day,
    updatedAt: fakeNow - 3 * day,
    ...patch,
  };
}

export function fakeMailbox(index: number, patch: Partial<Mailbox> = {}): Mailbox {
  const address = ['mara@studio.example.com', 'hello@studio.example.com', 'sales@studio.example.com'][index] ?? `box${index}@studio.example.com`;
  const server = { host: 'mail.example.com', user: address, auth: 'password', allowSelfSigned: false, hasPassword: true } as const;
  return {
    id: `mailbox-${index}`,
    name: address,
    fromName: 'Mara Holt',
    address,
    replyTo: null,
    signatureHtml: '<p>Mara Holt<br>Studio Example</p>',
    aliases: [],
    sendAs: null,
    absences: [],
    dkim: null,
    oauth: null,
    ramp: null,
    provider: null,
    messageIdPolicy: 'kept',
    limits: mailboxLimitsSchema.parse({}),
    calendar: { zone: 'Europe/Berlin', windows: officeHours, holidays: [] },
    smtp: { ...server, port: 465, security: 'tls' },
    imap: { ...server, port: 993, security: 'tls' },
    state: 'ready',
    stateReason: null,
    pausedUntil: null,
    sentCopy: 'provider',
    sentToday: 23,
    inboxCheckedAt: fakeNow - 40_000,
    lastTestAt: fakeNow - day,
    createdAt: fakeNow - 30 * day,
    updatedAt: fakeNow - day,
    ...patch,
  };
}

export function fakeDelivery(index: number, patch: Partial<Delivery> = {}): Delivery {
  const contact = fakeContact(index);
  return {
    id: `delivery-${index}`,
    kind: 'step',
    state: 'planned',
    why: { code: 'slot', until: fakeNow + (index + 1) * 7 * minute, detail: null },
    campaignId: 'campaign-0',
    campaignName: 'Autumn fair follow-up',
    enrolmentId: `enrolment-${index}`,
    contactId: contact.id,
    contactName: `${contact.firstName} ${contact.lastName}`,
    recipient: contact.email,
    mailboxId: 'mailbox-0',
    mailboxName: 'mara@studio.example.com',
    stepId: 'first',
    stepNumber: (index % 3) + 1,
    variantId: 'A',
    subject: index % 3 === 0 ? 'A question about your autumn programme' : 'Re: A question about your autumn programme',
    messageId: null,
    slotAt: fakeNow + (index + 1) * 7 * minute,
    attempts: 0,
    sentAt: null,
    finalReason: null,
    answerClass: null,
    unknown: null,
    answer: null,
    createdAt: fakeNow - day,
    updatedAt: fakeNow - hour,
    ...patch,
  };
}

/** One delivery of each shape that the activity list must explain. */
export function fakeDeliveries(): Delivery[] {
  const sent = (index: number): Partial<Delivery> => ({
    state: 'sent',
    why: null,
    sentAt: fakeNow - index * 11 * minute,
    slotAt: fakeNow - index * 11 * minute,
    attempts: 1,
    messageId: `<m${index}@studio.example.com>`,
    answer: '250 2.0.0 Ok: queued',
  });
  return [
    fakeDelivery(0),
    fakeDelivery(1, { why: { code: 'mailbox_hour', until: fakeNow + 24 * minute, detail: '20 of 20 mails this hour' } }),
    fakeDelivery(2, { state: 'held', why: { code: 'missing_field', until: null, detail: 'company' } }),
    fakeDelivery(3, {
      state: 'deferred',
      why: { code: 'retry', until: fakeNow + 12 * minute, detail: '451 4.7.1 Greylisted, come again' },
      answerClass: 'greylist',
      answer: '451 4.7.1 Greylisted, come again',
      attempts: 1,
    }),
    fakeDelivery(4, { state: 'unknown', why: { code: 'unknown_outcome', until: null, detail: 'The connection was lost after the text was sent' }, attempts: 1 }),
    fakeDelivery(5, { state: 'failed', why: null, answerClass: 'unknown_recipient', answer: '550 5.1.1 User unknown', finalReason: 'The address does not exist', attempts: 1 }),
    fakeDelivery(6, sent(1)),
    fakeDelivery(7, { state: 'cancelled', why: null, finalReason: 'replied' }),
    fakeDelivery(8, { why: { code: 'waking_hours', until: fakeNow + 9 * hour, detail: null } }),
    ...Array.from({ length: 31 }, (_, offset) => fakeDelivery(offset + 9, sent(offset + 2))),
  ];
}

export function fakeReply(index: number, patch: Partial<ReplyDetail> = {}): ReplyDetail {
  const contact = fakeContact(index);
  const receivedAt = fakeNow - index * 3 * hour - 12 * minute;
  const text =
    [
      'Thanks for writing, Thursday at ten would suit me well. Could you send the price list first?',
      'I am out of the office until 19 October. In urgent cases write to info@costaferries.example.com.',
      'Please remove me from your list.',
    ][index % 3] ?? '';
  return {
    id: `reply-${index}`,
    mailboxId: 'mailbox-0',
    mailboxName: 'mara@studio.example.com',
    contactId: contact.id,
    contactName: `${contact.firstName} ${contact.lastName}`,
    enrolmentId: `enrolment-${index}`,
    campaignId: 'campaign-0',
    campaignName: 'Autumn fair follow-up',
    deliveryId: `delivery-${index}`,
    fromAddress: contact.email,
    fromName: `${contact.firstName} ${contact.lastName}`,
    subject: 'Re: A question about your autumn programme',
    snippet: text,
    class: (['human', 'out_of_office', 'opt_out'] as const)[index % 3] ?? 'human',
    intent: index % 3 === 0 ? 'question' : null,
    confidence: index % 3 === 0 ? 0.7 : 0.98,
    source: index % 3 === 1 ? 'header' : 'pattern',
    matchedBy: 'in_reply_to',
    unread: index < 2,
    receivedAt,
    replyText: text,
    bounce: null,
    opinion: null,
    returnDate: index % 3 === 1 ? '2026-10-19' : null,
    delegate: null,
    language: null,
    snoozedUntil: null,
    done: false,
    conversation: [
      {
        id: `out-${index}`,
        direction: 'out',
        at: receivedAt - 2 * day,
        from: 'Mara Holt <mara@studio.example.com>',
        to: contact.email,
        subject: 'A question about your autumn programme',
        text: `Hello ${contact.firstName},\n\nwho at ${contact.company} looks after the printed programme?\n\nMara`,
        html: `<p>Hello ${contact.firstName},</p><p>who at <b>${contact.company}</b> looks after the printed programme?</p><p>Mara</p>`,
        class: null,
        state: 'sent',
      },
      {
        id: `reply-${index}`,
        direction: 'in',
        at: receivedAt,
        from: `${contact.firstName} ${contact.lastName} <${contact.email}>`,
        to: 'mara@studio.example.com',
        subject: 'Re: A question about your autumn programme',
        text,
        html: null,
        class: (['human', 'out_of_office', 'opt_out'] as const)[index % 3] ?? 'human',
        state: null,
      },
    ],
    ...patch,
  };
}

export function fakeEvent(id: number, patch: Partial<DomainEvent> = {}): DomainEvent {
  return {
    id,
    at: fakeNow - (20 - id) * minute,
    type: 'planned',
    actor: 'engine',
    profileId: null,
    reason: null,
    contactId: null,
    enrolmentId: null,
    deliveryId: null,
    campaignId: null,
    mailboxId: null,
    stepId: null,
    variantId: null,
    data: null,
    ...patch,
  };
}

export function fakeWorkspace(patch: Partial<Workspace> = {}): Workspace {
  return {
    instanceId: 'instance-0',
    version: '0.1.0',
    dataDir: '/home/mara/.local/share/homing',
    practice: false,
    now: fakeNow,
    timeLapse: 1,
    sendingPausedUntil: null,
    pausedReason: null,
    nextSendAt: fakeNow + 7 * minute,
    needsYou: 3,
    secrets: 'unlocked',
    secretsKeptBy: 'key-file',
    warnings: [],
    ...patch,
  };
}

export function fakeCampaign(index: number, patch: Partial<Campaign> = {}): Campaign {
  return {
    id: `campaign-${index}`,
    name: index === 0 ? 'Autumn fair follow-up' : `Campaign ${index}`,
    sequenceId: 'sequence-0',
    sequenceName: 'Three gentle mails',
    sequenceVersion: 1,
    status: 'running',
    statusReason: null,
    ownerId: null,
    audience: { listIds: [], contactIds: [], everyone: true },
    mailboxIds: ['mailbox-0'],
    rules: campaignRulesSchema.parse({ calendar: { zone: 'Europe/Berlin', windows: officeHours, holidays: [] } }),
    counts: {
      people: 180,
      mailed: 140,
      sent: 310,
      waiting: 96,
      failed: 2,
      replied: 9,
      bounced: 3,
      unsubscribed: 1,
      enrolments: { pending: 40, active: 118, paused: 2, held: 1, finished: 6, stopped: 13, failed: 0 },
    },
    nextSlotAt: fakeNow + 7 * minute,
    launchedAt: fakeNow - 6 * day,
    createdAt: fakeNow - 8 * day,
    updatedAt: fakeNow - hour,
    ...patch,
  };
}

/** Twelve working days of two mailboxes. */
export function fakeForecast(patch: Partial<Forecast> = {}): Forecast {
  const days = Array.from({ length: 16 }, (_, index) => new Date(fakeNow + index * day))
    .filter((date) => date.getUTCDay() % 6 !== 0)
    .flatMap((date, index) =>
      ['mailbox-0', 'mailbox-1'].map((mailboxId, box) => ({
        mailboxId,
        day: date.toISOString().slice(0, 10),
        first: Math.max(0, 40 - index * 4 - box * 6),
        followUps: index < 3 ? 0 : 30 - box * 5,
        limitedBy: index < 8 ? ('mailbox_day' as const) : null,
      })),
    );
  return {
    people: 400,
    first: days.reduce((sum, one) => sum + one.first, 0),
    followUps: days.reduce((sum, one) => sum + one.followUps, 0),
    lastAt: fakeNow + 15 * day,
    days,
    limits: [{ code: 'mailbox_day', days: 16 }],
    stuck: [{ code: 'no_allowed_time', people: 3 }],
    complete: true,
    ...patch,
  };
}
