import { createAutoPause } from '../../electron/engine/campaigns/index.ts';
import { createContacts } from '../../electron/engine/contacts/index.ts';
import { createDomainTrouble, createMessageIdLearner } from '../../electron/engine/delivery/index.ts';
import { createInbox, type InboxDeps, type OutgoingReply } from '../../electron/engine/inbox/index.ts';
import { createMailboxes, openImapSession, openSmtpSession, type Mailboxes } from '../../electron/engine/mailboxes/index.ts';
import { createEnrolments } from '../../electron/engine/sequences/index.ts';
import type { MailTransports } from '../../electron/engine/ports.ts';
import type { Tx } from '../../electron/engine/store/index.ts';
import { mailboxInputSchema } from '../../shared/schemas/mailbox.ts';
import { retryPolicySchema } from '../../shared/schemas/settings.ts';
import { plainSecrets } from './secrets.ts';
import { openTestBase, type TestBase } from './store.ts';

export const unsubscribeKey = 'a test key';

export interface InboxBench extends TestBase {
  readonly mailboxes: Mailboxes;
  readonly inbox: ReturnType<typeof createInbox>;
  readonly mailboxId: string;
  readonly queued: OutgoingReply[];
  readonly restarted: string[];
  readonly evidence: string[];
  /** A contact with a running enrolment whose first mail was sent, and whose second is planned. */
  addSent(email: string, options?: { sentAt?: number; state?: 'sent' | 'unknown' }): { contactId: string; enrolmentId: string; deliveryId: string; messageId: string };
  enrolment(id: string): { state: string; reason: string | null; pausedUntil: number | null };
  contact(id: string): { status: string; softBounces: number; lastReplyAt: number | null };
  eventTypes(): string[];
}

/** A real store with contacts, enrolments, a mailbox and the inbox over the given transports. */
export function openInboxBench(
  options: { transports?: MailTransports; imap?: { port: number; user: string; password: string } | null; deps?: Partial<InboxDeps>; address?: string; base?: TestBase } = {},
): InboxBench {
  const base = options.base ?? openTestBase();
  const { store, clock } = base;
  const transports = options.transports ?? { openSmtp: openSmtpSession, openInbox: openImapSession };
  const enrolments = createEnrolments(base);
  const contacts = createContacts({
    ...base,
    onSuppressed(tx, { contactIds }) {
      for (const id of contactIds) enrolments.stopContact(tx, id, 'suppressed', 'engine');
    },
  });
  const mailboxes = createMailboxes({ ...base, vault: plainSecrets(store), transports });
  const imap = options.imap === undefined ? { port: 993, user: 'me', password: 'x' } : options.imap;
  const { id: mailboxId } = mailboxes.create(
    mailboxInputSchema.parse({
      name: 'Me',
      address: options.address ?? 'me@example.com',
      smtp: { host: '127.0.0.1', port: 25, security: 'none' },
      imap: imap === null ? null : { host: '127.0.0.1', security: 'none', ...imap },
      calendar: { zone: 'Europe/Berlin', windows: [] },
    }),
  );
  const queued: OutgoingReply[] = [];
  const restarted: string[] = [];
  const evidence: string[] = [];
  const inbox = createInbox({
    ...base,
    mailboxes,
    contacts,
    transports,
    assist: { complete: async () => ({ kind: 'none', reason: 'no_provider', tried: [] }), mayAnswer: () => false },
    unsubscribeKey: () => unsubscribeKey,
    hooks: {
      stop: enrolments.stop,
      pause: enrolments.pause,
      checkRates: createAutoPause(base).check,
      noteRemoteTrouble: createDomainTrouble({ ...base, retryPolicy: () => retryPolicySchema.parse({}) }).note,
      restart(tx: Tx, enrolmentId: string) {
        restarted.push(enrolmentId);
        tx.prepare(`update enrolments set state = 'active', reason = null, paused_until = null where id = ?`).run(enrolmentId);
      },
      learnMessageId: createMessageIdLearner(base),
      evidence: (_tx: Tx, found) => evidence.push(`${found.source}:${found.deliveryId}`),
      queueReply(_tx: Tx, message: OutgoingReply) {
        const known = queued.findIndex((each) => each.uniqueKey === message.uniqueKey);
        if (known === -1) queued.push(message);
        return `queued-${known === -1 ? queued.length - 1 : known}`;
      },
      render: () => ({ subject: 'Hello', text: 'Our first mail', html: '<p>Our first mail</p>' }),
    },
    ...options.deps,
  });

  store.transaction((tx) => {
    tx.prepare(`insert into sequences (id, name, description, draft, created_at, updated_at) values ('s', 's', '', '{}', 0, 0)`).run();
    tx.prepare(`insert into sequence_versions (id, sequence_id, number, graph, created_at) values ('v', 's', 1, '{}', 0)`).run();
    tx.prepare(
      `insert into campaigns (id, name, sequence_id, status, audience, mailbox_ids, rules, created_at, updated_at) values ('c', 'Spring', 's', 'running', '{}', '[]', '{}', 0, 0)`,
    ).run();
  });

  function addSent(email: string, { sentAt = clock.now() - 60_000, state = 'sent' }: { sentAt?: number; state?: 'sent' | 'unknown' } = {}) {
    const contactId = contacts.create({
      email,
      firstName: 'Anna',
      lastName: 'Berg',
      company: '',
      title: '',
      phone: '',
      website: '',
      city: '',
      country: '',
      timeZone: null,
      tags: [],
      custom: {},
    }).id;
    const enrolmentId = base.ids.next();
    const deliveryId = base.ids.next();
    const messageId = `<${base.ids.next()}@example.com>`;
    const now = clock.now();
    store.transaction((tx) => {
      tx.prepare(
        `insert into enrolments (id, campaign_id, contact_id, sequence_version_id, mailbox_id, state, step_id, next_step_id, "references", variants, sent_count, created_at, updated_at) values (?, 'c', ?, 'v', ?, 'active', 's1', 's2', '[]', '{}', 1, ?, ?)`,
      ).run(enrolmentId, contactId, mailboxId, now, now);
      const insert = `insert into deliveries (id, kind, unique_key, state, priority, campaign_id, enrolment_id, contact_id, mailbox_id, recipient, recipient_domain, step_id, slot_at, why, message_id, subject, sending_at, sent_at, created_at, updated_at) values (?, 'step', ?, ?, 1, 'c', ?, ?, ?, ?, 'example.org', ?, ?, 'slot', ?, ?, ?, ?, ?, ?)`;
      tx.prepare(insert).run(
        deliveryId,
        `${enrolmentId}:s1`,
        state,
        enrolmentId,
        contactId,
        mailboxId,
        email,
        's1',
        sentAt,
        messageId,
        'Hello',
        sentAt,
        state === 'sent' ? sentAt : null,
        now,
        now,
      );
      tx.prepare(insert).run(base.ids.next(), `${enrolmentId}:s2`, 'planned', enrolmentId, contactId, mailboxId, email, 's2', now + 86_400_000, null, null, null, null, now, now);
    });
    return { contactId, enrolmentId, deliveryId, messageId };
  }

  return {
    ...base,
    mailboxes,
    inbox,
    mailboxId,
    queued,
    restarted,
    evidence,
    addSent,
    enrolment: (id) => store.prepareRead('select state, reason, paused_until as pausedUntil from enrolments where id = ?').get(id) as ReturnType<InboxBench['enrolment']>,
    contact: (id) =>
      store.prepareRead('select status, soft_bounces as softBounces, last_reply_at as lastReplyAt from contacts where id = ?').get(id) as ReturnType<InboxBench['contact']>,
    eventTypes: () => base.events.after(0, 1000).map(({ type }) => type),
  };
}

/** Waits for a state, for what happens over a real connection. */
export async function until(condition: () => boolean, what: string, limitMs = 10_000): Promise<number> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > limitMs) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - startedAt;
}
