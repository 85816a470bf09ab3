import { expect, onTestFinished, test } from 'vitest';
import { campaignInputSchema } from '../../shared/schemas/campaign.ts';
import { contactInputSchema } from '../../shared/schemas/contact.ts';
import { stepSchema } from '../../shared/schemas/sequence.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { anyTime, realPorts, startEngine, testMailbox, until } from '../support/engine.ts';
import { temporaryDir } from '../support/store.ts';

test('what DNS says of addresses stands in the checklist of a campaign, forbids nothing, and asks no mail server', async () => {
  const dns = await startDnsServer({ 'firm.example.com': { MX: ['10 mx.example.com'] }, 'null.example.com': { MX: ['0 .'] } });
  const engine = await startEngine({ ...realPorts(temporaryDir()), network: undefined });
  onTestFinished(() => engine.stop());
  const { contacts, sequences, campaigns, mailboxes, settings } = engine.services;
  settings.update({ dnsServers: [dns.address] });
  for (const email of ['anna@firm.example.com', 'ben@null.example.com', 'cid@gone.example.com', 'dora@gone.example.com']) contacts.create(contactInputSchema.parse({ email }));
  contacts.suppressions.create({ value: 'dora@gone.example.com', reason: 'by_hand', note: '' });
  const sequence = sequences.create({
    name: 'S',
    description: '',
    graph: { steps: [stepSchema.parse({ id: 'mail', type: 'email', variants: [{ subject: 'Hello', text: 'Hello' }], next: null })] },
  });
  sequences.activate(sequence.id);
  const mailbox = mailboxes.create(testMailbox(9));
  const { id } = campaigns.create(campaignInputSchema.parse({ name: 'C', sequenceId: sequence.id, audience: { everyone: true }, mailboxIds: [mailbox.id], rules: anyTime }));
  expect(campaigns.preflight(id).items.map(({ code }) => code)).not.toContain('undeliverable');

  const check = contacts.bulk.start({ target: { query: {} }, action: { kind: 'check_addresses' } });
  await until(() => contacts.bulk.get({ id: check.id }).state === 'finished', 'the addresses are checked');
  expect(contacts.findByAddress('anna@firm.example.com')?.check?.verdict).toBe('good');
  const preflight = campaigns.preflight(id);
  // Who is suppressed gets no mail anyway.
  expect(preflight.items.find(({ code }) => code === 'undeliverable')).toMatchObject({ blocking: false, ok: false, count: 2 });
  expect(preflight).toMatchObject({ ok: true, people: 3 });
  // The mail server's own address is not even looked up.
  expect(dns.asked.filter((question) => question.endsWith(' mx.example.com'))).toEqual([]);
});
