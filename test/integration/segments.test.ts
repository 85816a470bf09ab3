import { expect, onTestFinished, test } from 'vitest';
import { campaignInputSchema } from '../../shared/schemas/campaign.ts';
import { contactInputSchema } from '../../shared/schemas/contact.ts';
import { segmentInputSchema } from '../../shared/schemas/segment.ts';
import { stepSchema } from '../../shared/schemas/sequence.ts';
import { anyTime, realPorts, startEngine, testMailbox, until } from '../support/engine.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

test('a segment is the audience of a campaign, and decides a way inside it', async () => {
  const smtp = await startRecordingSmtp();
  const engine = await startEngine(realPorts(temporaryDir()));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const { contacts, sequences, campaigns, mailboxes } = engine.services;
  const add = (email: string, more: object) => contacts.create(contactInputSchema.parse({ email, ...more }));
  add('anna@example.com', { city: 'Bremen', tags: ['vip'] });
  add('ben@example.com', { city: 'Bremen' });
  add('cid@example.com', { city: 'Paris', tags: ['vip'] });
  const segment = (name: string, rule: object) => contacts.segments.create(segmentInputSchema.parse({ name, filter: { rules: [rule] } }));
  const bremen = segment('Bremen', { kind: 'text', field: 'city', op: 'equals', values: ['bremen'] });
  const vip = segment('VIP', { kind: 'tag', tags: ['VIP'] });

  const mail = (id: string, subject: string) => ({ id, type: 'email', variants: [{ subject, text: subject }], next: null });
  const sequence = sequences.create({
    name: 'S',
    description: '',
    graph: {
      steps: [
        { id: 'who', type: 'condition', branches: [{ id: 'v', when: { tests: [{ kind: 'segment', segmentId: vip.id }] }, next: 'vip' }], next: 'others' },
        mail('vip', 'For you'),
        mail('others', 'For all'),
      ].map((step) => stepSchema.parse(step)),
    },
  });
  expect(sequence.issues.filter(({ blocking }) => blocking)).toEqual([]);
  sequences.activate(sequence.id);
  const mailbox = mailboxes.create(testMailbox(smtp.port));
  const campaign = (segmentIds: string[]) =>
    campaigns.create(campaignInputSchema.parse({ name: 'C', sequenceId: sequence.id, audience: { segmentIds }, mailboxIds: [mailbox.id], rules: anyTime }));
  expect(() => campaign(['gone'])).toThrow(/segments does not exist/);
  const { id } = campaign([bremen.id]);
  expect(campaigns.preflight(id)).toMatchObject({ people: 2 });
  await campaigns.launch(id);
  // Who fits later is not enrolled: the audience is that of the launch.
  add('dora@example.com', { city: 'Bremen' });
  await until(() => smtp.messages().length === 2, 'both mails are sent');
  expect(
    smtp
      .messages()
      .map(({ to, subject }) => [to, subject])
      .sort(),
  ).toEqual([
    ['anna@example.com', 'For you'],
    ['ben@example.com', 'For all'],
  ]);

  contacts.segments.remove({ id: vip.id });
  expect(sequences.get(sequence.id).issues.map(({ code }) => code)).toContain('no_such_segment');
});
