import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createContacts } from '../../electron/engine/contacts/index.ts';
import { createEnrolments, livingStates } from '../../electron/engine/sequences/index.ts';
import { enrolmentStates, type EnrolmentState } from '../../shared/schemas/enrolment.ts';
import { contactInputSchema } from '../../shared/schemas/contact.ts';
import { openTestBase } from '../support/store.ts';

const campaigns = ['c1', 'c2', 'c3'];
const isLiving = (state: string) => livingStates.some((living) => living === state);

interface Life {
  readonly enrolments: readonly { readonly campaignId: string; readonly state: EnrolmentState; readonly sent: number }[];
  readonly replies: number;
  readonly inList: boolean;
  readonly suppressed: boolean;
  readonly phone: string;
  readonly plan: string;
}

const life: fc.Arbitrary<Life> = fc.record({
  // At most one living enrolment of a person in a campaign, as the store demands.
  enrolments: fc.uniqueArray(fc.record({ campaignId: fc.constantFrom(...campaigns), state: fc.constantFrom(...enrolmentStates), sent: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 5,
    selector: ({ campaignId, state }) => (isLiving(state) ? campaignId : `${campaignId} ${state}`),
  }),
  replies: fc.integer({ min: 0, max: 3 }),
  inList: fc.boolean(),
  suppressed: fc.boolean(),
  phone: fc.constantFrom('', '1', '2'),
  plan: fc.constantFrom('', 'a', 'b'),
});

/** A store with the two people and what they went through. */
function world(lives: readonly [Life, Life]) {
  const base = openTestBase();
  const { store } = base;
  const enrolments = createEnrolments(base);
  const contacts = createContacts({
    ...base,
    onSuppressed: (tx, { contactIds }) => contactIds.forEach((id) => enrolments.stopContact(tx, id, 'suppressed', 'engine')),
    onDoubled: (tx, ids) => ids.forEach((id) => enrolments.stop(tx, id, 'merged', 'person')),
    onRemoved: (tx, ids) => ids.forEach((id) => enrolments.stopContact(tx, id, 'by_hand', 'person')),
  });
  onTestFinished(() => contacts.stop());
  const run = (sql: string, ...values: unknown[]) => store.transaction((tx) => tx.prepare(sql).run(...values));
  const all = <T>(sql: string) => store.prepareRead(sql).all() as T[];
  run(`insert into sequences (id, name, description, draft, created_at, updated_at) values ('s', 'S', '', '{"steps":[]}', 1, 1)`);
  run(`insert into sequence_versions (id, sequence_id, number, graph, created_at) values ('v', 's', 1, '{"steps":[]}', 1)`);
  for (const id of campaigns) insertCampaign(id);
  run(`insert into lists (id, name, created_at, updated_at) values ('l', 'L', 1, 1)`);
  const ids = lives.map((each, person) => {
    const { id } = contacts.create(contactInputSchema.parse({ email: `p${person}@example.com`, phone: each.phone, custom: each.plan === '' ? {} : { plan: each.plan } }));
    each.enrolments.forEach(({ campaignId, state, sent }, index) => {
      const enrolmentId = `e${person}${index}`;
      run(
        `insert into enrolments (id, campaign_id, contact_id, sequence_version_id, state, "references", variants, sent_count, created_at, updated_at) values (?, ?, ?, 'v', ?, '[]', '{}', ?, 1, 1)`,
        ...[enrolmentId, campaignId, id, state, sent],
      );
      const states = [...Array.from({ length: sent }, () => 'sent'), ...(isLiving(state) ? ['planned'] : [])];
      states.forEach((delivery, step) =>
        run(
          `insert into deliveries (id, kind, unique_key, state, priority, campaign_id, enrolment_id, contact_id, recipient, recipient_domain, slot_at, why, message_id, sent_at, created_at, updated_at)
           values (?, 'step', ?, ?, 1, ?, ?, ?, ?, 'example.com', 1, 'ready', ?, ?, 1, 1)`,
          ...[
            `${enrolmentId}-${step}`,
            `${enrolmentId}:${step}`,
            delivery,
            campaignId,
            enrolmentId,
            id,
            `p${person}@example.com`,
            ...(delivery === 'sent' ? [`<${enrolmentId}-${step}@x>`, 1] : [null, null]),
          ],
        ),
      );
    });
    for (let reply = 0; reply < each.replies; reply += 1)
      run(
        `insert into replies (id, mailbox_id, folder, uid, uid_validity, message_id, "references", contact_id, from_address, from_name, to_address, subject, text, reply_text, class, confidence_permille, source, matched_by, unread, conversation_key, received_at, created_at)
         values (?, 'm', 'INBOX', ?, '1', ?, '[]', ?, '', '', '', '', '', '', 'human', 900, 'rules', 'thread', 1, ?, 1, 1)`,
        ...[`r${person}${reply}`, person * 10 + reply, `<${person}${reply}@x>`, id, `${id}:m`],
      );
    if (each.inList) run(`insert into list_members (list_id, contact_id, added_at) values ('l', ?, 1)`, id);
    if (each.suppressed) contacts.suppressions.create({ value: `p${person}@example.com`, reason: 'unsubscribed', note: '' });
    return id;
  });
  return { contacts, all, kept: ids[0] ?? '', other: ids[1] ?? '' };

  function insertCampaign(id: string): void {
    run(
      `insert into campaigns (id, name, sequence_id, status, audience, mailbox_ids, rules, created_at, updated_at) values (?, ?, 's', 'running', '{"listIds":[],"contactIds":[],"everyone":false}', '[]', '{}', 1, 1)`,
      ...[id, id],
    );
  }
}

test('merging two people loses nothing, mails nobody twice, and a suppression of either holds', () => {
  fc.assert(
    fc.property(fc.tuple(life, life), fc.boolean(), (lives, takePhone) => {
      const { contacts, all, kept, other } = world(lives);
      const count = (table: string) => all<{ n: number }>(`select count(*) as n from ${table}`)[0]?.n;
      const before = ['enrolments', 'deliveries', 'replies'].map(count);
      const sentBefore = all<{ n: number }>(`select count(*) as n from deliveries where state = 'sent'`)[0]?.n;
      const foreseen = contacts.merge.preview({ id: kept, otherId: other, take: [] });
      const merged = contacts.merge.merge({ id: kept, otherId: other, take: takePhone ? ['phone'] : [] });

      expect(['enrolments', 'deliveries', 'replies'].map(count)).toEqual(before);
      expect(all<{ n: number }>(`select count(*) as n from deliveries where state = 'sent'`)[0]?.n).toBe(sentBefore);
      for (const table of ['enrolments', 'deliveries', 'replies', 'list_members', 'contact_aliases', 'events'])
        expect(all(`select contact_id from ${table} where contact_id = '${other}'`), table).toEqual([]);

      const rows = all<{ campaignId: string; state: string; sent: number; reason: string | null }>(
        'select campaign_id as campaignId, state, sent_count as sent, reason from enrolments',
      );
      for (const campaignId of campaigns) expect(rows.filter((row) => row.campaignId === campaignId && isLiving(row.state)).length).toBeLessThanOrEqual(1);
      // Nothing waits for an enrolment that is over.
      expect(
        all(`select d.id from deliveries d join enrolments e on e.id = d.enrolment_id where d.state = 'planned' and e.state not in ('pending','active','paused','held')`),
      ).toEqual([]);
      // Who had mails in a campaign on one side gets no second first mail there.
      lives.forEach((own, side) => {
        for (const { campaignId } of own.enrolments.filter(({ state, sent }) => !isLiving(state) && sent > 0)) {
          const hadToEnd = lives[1 - side]?.enrolments.some((each) => each.campaignId === campaignId && isLiving(each.state));
          const stays = own.enrolments.some((each) => each.campaignId === campaignId && isLiving(each.state));
          if (hadToEnd === true && !stays) expect(rows.some((row) => row.campaignId === campaignId && isLiving(row.state))).toBe(false);
        }
      });

      const suppressed = lives.some((each) => each.suppressed);
      expect(merged.status).toBe(suppressed ? 'unsubscribed' : 'active');
      expect(foreseen.suppressed).toBe(suppressed ? 'unsubscribed' : null);
      for (const email of ['p0@example.com', 'p1@example.com']) expect(contacts.isSuppressed(null, email)).toBe(suppressed ? 'unsubscribed' : null);
      if (suppressed) expect(rows.some(({ state }) => isLiving(state))).toBe(false);
      else
        expect(new Set(rows.filter(({ reason }) => reason === 'merged').map(({ campaignId }) => campaignId))).toEqual(new Set(foreseen.stops.map(({ campaignId }) => campaignId)));

      const [one, two] = lives;
      expect(merged.phone).toBe(takePhone ? two.phone : one.phone || two.phone);
      expect(merged.custom['plan'] ?? '').toBe(one.plan || two.plan);
      expect(contacts.get({ id: kept })).toMatchObject({ otherAddresses: ['p1@example.com'], lists: lives.some(({ inList }) => inList) ? [{ name: 'L' }] : [] });
    }),
    { numRuns: 40 },
  );
}, 120_000);
