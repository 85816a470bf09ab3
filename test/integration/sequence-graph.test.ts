import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import { day, hour, minute } from '../../electron/engine/lib/clock.ts';
import { noNetwork } from '../../electron/engine/mailboxes/index.ts';
import { stepSchema, type Step } from '../../shared/schemas/sequence.ts';
import { fastClock, launchCampaign, realPorts, startEngine, testMailbox, until } from '../support/engine.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

async function open(factor = 1, dataDir = temporaryDir()) {
  const smtp = await startRecordingSmtp();
  const clock = fastClock(factor);
  const ports = () => ({ ...realPorts(dataDir, { clock }), network: { ...noNetwork, fetch } });
  let engine = await startEngine(ports());
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const mailbox = engine.services.mailboxes.create(testMailbox(smtp.port));
  return {
    smtp,
    clock,
    get engine() {
      return engine;
    },
    mailboxId: mailbox.id,
    /** Another run of the program on the same data. */
    async restart() {
      await engine.stop();
      engine = await startEngine(ports());
    },
    got: (who: string) => smtp.messages().flatMap((message) => (message.to.startsWith(who) ? [message.subject] : [])),
  };
}

const steps = (...list: unknown[]): Step[] => list.map((step) => stepSchema.parse(step));
const mail = (id: string, subject: string, next: string | null = null, more: object = {}) => ({
  id,
  type: 'email',
  variants: [{ subject, text: `Text of ${subject}` }],
  next,
  ...more,
});
const enrolmentOf = (engine: Engine, who: string) => engine.enrolmentList.list({ limit: 5, q: who }).items[0];
const eventsOf = (engine: Engine, contactId: string) =>
  engine.services.events.after(0, 500).flatMap((event) => (event.contactId === contactId ? [`${event.type}${event.reason === null ? '' : ` ${event.reason}`}`] : []));

test('people take the ways that their fields, tags and switches say, each mail once', async () => {
  const run = await open();
  const { contacts } = run.engine.services;
  await launchCampaign(run.engine, {
    recipients: ['anna@example.com', 'ben@example.com', 'carl@example.com'],
    mailboxIds: [run.mailboxId],
    steps: steps(
      { id: 'mark', type: 'action', action: { kind: 'add_tag', tag: 'seen' }, next: 'who' },
      { id: 'who', type: 'switch', field: 'first_name', cases: [{ id: 'a', match: 'contains', values: ['ANN'], next: 'vip' }], next: 'cond' },
      mail('vip', 'For Anna'),
      {
        id: 'cond',
        type: 'condition',
        branches: [
          {
            id: 'b',
            when: {
              tests: [
                { kind: 'tag', tag: 'seen' },
                { kind: 'field', field: 'first_name', value: 'ben' },
              ],
            },
            next: 'ben',
          },
        ],
        next: 'rest',
      },
      mail('ben', 'For Ben'),
      mail('rest', 'For the others', 'win'),
      { id: 'win', type: 'action', action: { kind: 'convert', goal: 'told' }, next: 'bye' },
      { id: 'bye', type: 'exit' },
    ),
  });
  await until(() => run.smtp.messages().length === 3, 'three mails left');
  await until(() => run.engine.enrolmentList.list({ limit: 5, state: 'finished' }).total === 3, 'everybody is through');
  expect([run.got('anna@'), run.got('ben@'), run.got('carl@')]).toEqual([['For Anna'], ['For Ben'], ['For the others']]);
  const carl = contacts.findByAddress('carl@example.com');
  expect(carl?.tags).toEqual(['seen']);
  expect(eventsOf(run.engine, carl?.id ?? '')).toEqual([
    'contact_created',
    'enrolled',
    'contact_updated',
    'acted add_tag',
    'branched next',
    'branched next',
    'planned',
    'sent',
    'converted told',
    'acted convert',
    'finished',
  ]);
});

test('a task holds its person through a restart; the next delay counts from when it is done', async () => {
  const run = await open();
  await launchCampaign(run.engine, {
    recipients: ['anna@example.com', 'ben@example.com'],
    mailboxIds: [run.mailboxId],
    steps: steps(
      mail('first', 'Hello', 'call'),
      { id: 'call', type: 'task', title: 'Call them', note: 'Ask about lunch', skipped: null, next: 'w' },
      { id: 'w', type: 'wait', duration: 'PT2H', next: 'second' },
      mail('second', 'After the call'),
    ),
  });
  await until(() => run.engine.services.tasks.list({ limit: 10, state: 'open' }).total === 2, 'both tasks are open');
  expect(run.engine.services.analytics.needsYou()).toEqual([expect.objectContaining({ kind: 'task', count: 2, detail: expect.stringContaining('Call them') as string })]);
  await run.restart();
  const tasks = run.engine.services.tasks.list({ limit: 10, state: 'open', q: 'anna' }).items;
  expect(tasks).toEqual([expect.objectContaining({ title: 'Call them', note: 'Ask about lunch', contactName: 'anna' })]);
  const before = run.clock.now();
  expect(run.engine.services.tasks.close(tasks[0]?.id ?? '', 'done').state).toBe('done');
  const next = run.engine.services.deliveries.list({ limit: 5, state: 'planned' }).items[0];
  expect((next?.slotAt ?? 0) - before).toBeGreaterThanOrEqual(2 * hour);
  expect((next?.slotAt ?? 0) - before).toBeLessThan(2 * hour + minute);
  expect(() => run.engine.services.tasks.close(tasks[0]?.id ?? '', 'done')).toThrow(/done already/);

  const bens = run.engine.services.tasks.list({ limit: 10, state: 'open' }).items[0];
  const later = run.clock.now() + day;
  expect(run.engine.services.tasks.snooze(bens?.id ?? '', later).dueAt).toBe(later);
  expect(run.engine.services.tasks.list({ limit: 10, state: 'open', due: true }).total).toBe(0);
  expect(run.engine.services.analytics.needsYou().filter(({ kind }) => kind === 'task')).toEqual([]);
  run.engine.services.tasks.close(bens?.id ?? '', 'skipped');
  expect(enrolmentOf(run.engine, 'ben')).toMatchObject({ state: 'finished' });
});

test('stopping a person closes the task; going on opens it again', async () => {
  const run = await open();
  await launchCampaign(run.engine, {
    recipients: ['anna@example.com'],
    mailboxIds: [run.mailboxId],
    steps: steps({ id: 'call', type: 'task', title: 'Call', next: 'm' }, mail('m', 'Hello')),
  });
  await until(() => run.engine.services.tasks.list({ limit: 5, state: 'open' }).total === 1, 'the task is open');
  const id = enrolmentOf(run.engine, 'anna')?.id ?? '';
  run.engine.enrolmentList.stop(id);
  expect(run.engine.services.tasks.list({ limit: 5, state: 'open' }).total).toBe(0);
  run.engine.enrolmentList.resume(id);
  const [task] = run.engine.services.tasks.list({ limit: 5, state: 'open' }).items;
  run.engine.services.tasks.close(task?.id ?? '', 'done');
  await until(() => run.got('anna@').length === 1, 'the mail left');
});

test('a mail for review waits for a person, keeps its slot, and leaves once it is approved', async () => {
  const run = await open();
  await launchCampaign(run.engine, {
    recipients: ['anna@example.com', 'ben@example.com'],
    mailboxIds: [run.mailboxId],
    steps: steps(mail('m', 'Please read me', null, { review: true })),
  });
  const waiting = () => run.engine.services.deliveries.list({ limit: 5, state: 'held', heldFor: 'approval' }).items;
  await until(() => waiting().length === 2, 'both wait');
  expect(run.engine.services.analytics.needsYou()).toEqual([expect.objectContaining({ kind: 'review', count: 2 })]);
  await run.restart();
  const anna = waiting().find(({ recipient }) => recipient.startsWith('anna'));
  // Pausing and resuming is no approval.
  run.engine.enrolmentList.pause(anna?.enrolmentId ?? '', null);
  run.engine.enrolmentList.resume(anna?.enrolmentId ?? '');
  expect(waiting()).toHaveLength(2);
  run.engine.services.deadLetters.edit(anna?.id ?? '', { recipient: 'anna@example.com', subject: 'Read and mended', text: 'Better', html: '' });
  await until(() => run.got('anna@').length === 1, 'the approved mail left');
  expect(run.got('anna@')).toEqual(['Read and mended']);
  expect(run.smtp.messages()).toHaveLength(1);
  expect(waiting()).toHaveLength(1);
});

test('a wait-until takes whoever changes at once, and the others when their time is over, also behind a restart', async () => {
  const run = await open(3600);
  await launchCampaign(run.engine, {
    recipients: ['anna@example.com', 'ben@example.com'],
    mailboxIds: [run.mailboxId],
    steps: steps(
      { id: 'f', type: 'wait_for', branches: [{ id: 'tagged', when: { tests: [{ kind: 'tag', tag: 'vip' }] }, within: 'PT6H', next: 'yes' }], next: 'no' },
      mail('yes', 'Welcome'),
      mail('no', 'Still there?'),
    ),
  });
  const anna = run.engine.services.contacts.findByAddress('anna@example.com');
  expect(enrolmentOf(run.engine, 'anna')).toMatchObject({ state: 'active', nextStepId: 'f' });
  await run.restart();
  const startedAt = run.clock.now();
  run.engine.services.contacts.update({ id: anna?.id ?? '', tags: ['vip'] });
  await until(() => run.got('anna@').length === 1, 'Anna was welcomed');
  expect(run.clock.now() - startedAt).toBeLessThan(6 * hour);
  await until(() => run.got('ben@').length === 1, 'Ben was asked', 30_000);
  expect([run.got('anna@'), run.got('ben@')]).toEqual([['Welcome'], ['Still there?']]);
  const sent = run.engine.services.deliveries.list({ limit: 5, q: 'ben@' }).items[0];
  expect((sent?.createdAt ?? 0) - (enrolmentOf(run.engine, 'ben')?.createdAt ?? 0)).toBeGreaterThanOrEqual(6 * hour);
}, 60_000);

test('pausing freezes what is left of a wait that is no mail', async () => {
  const run = await open();
  await launchCampaign(run.engine, {
    recipients: ['anna@example.com'],
    mailboxIds: [run.mailboxId],
    steps: steps(
      mail('a', 'Hello', 'w'),
      { id: 'w', type: 'wait', duration: 'PT5H', next: 'c' },
      { id: 'c', type: 'condition', branches: [{ id: 'x', when: { tests: [{ kind: 'tag', tag: 'vip' }] }, next: 'b' }], next: null },
      mail('b', 'Second'),
    ),
  });
  await until(() => enrolmentOf(run.engine, 'anna')?.nextStepId === 'c', 'Anna waits for the condition');
  const { id, nextAt } = enrolmentOf(run.engine, 'anna') ?? { id: '', nextAt: 0 };
  expect((nextAt ?? 0) - run.clock.now()).toBeGreaterThan(4.9 * hour);
  run.engine.enrolmentList.pause(id, null);
  run.engine.enrolmentList.resume(id);
  const after = enrolmentOf(run.engine, 'anna')?.nextAt ?? 0;
  expect(after).toBeGreaterThanOrEqual(nextAt ?? 0);
  expect(after - (nextAt ?? 0)).toBeLessThan(minute);
});

test('an action moves people to another sequence once, and its mails come from there', async () => {
  const run = await open();
  const other = run.engine.services.sequences.create({ name: 'Nurture', description: '', graph: { steps: steps(mail('n', 'From the other sequence')) } });
  run.engine.services.sequences.activate(other.id);
  // It leads back to itself, which nobody does twice.
  run.engine.services.sequences.update(other.id, {
    graph: { steps: steps(mail('n', 'From the other sequence', 'back'), { id: 'back', type: 'action', action: { kind: 'move_to', sequenceId: other.id }, next: null }) },
  });
  run.engine.services.sequences.activate(other.id);
  await launchCampaign(run.engine, {
    recipients: ['anna@example.com'],
    mailboxIds: [run.mailboxId],
    steps: steps(mail('a', 'First'), { id: 'go', type: 'action', action: { kind: 'move_to', sequenceId: other.id }, next: null }).map((step) =>
      step.id === 'a' ? { ...step, next: 'go' } : step,
    ) as Step[],
  });
  await until(() => run.engine.enrolmentList.list({ limit: 5, state: 'finished' }).total === 2, 'both enrolments are through');
  expect(run.got('anna@')).toEqual(['First', 'From the other sequence']);
});

test('a webhook is called with its key until it is accepted, and holds nobody up', async () => {
  const calls: { headers: IncomingHttpHeaders; body: unknown }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      calls.push({ headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString('utf8')) });
      response.writeHead(calls.length === 1 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const run = await open(600);
  await launchCampaign(run.engine, {
    recipients: ['anna@example.com'],
    mailboxIds: [run.mailboxId],
    steps: steps({ id: 'hook', type: 'action', action: { kind: 'webhook', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` }, next: 'm' }, mail('m', 'Hello')),
  });
  await until(() => run.got('anna@').length === 1, 'the mail did not wait for the other side');
  await until(() => calls.length === 2, 'it was called again');
  expect(calls[0]?.headers['idempotency-key']).toBe(calls[1]?.headers['idempotency-key']);
  expect(calls[1]?.body).toEqual(calls[0]?.body);
  expect(calls[1]?.body).toMatchObject({ type: 'sequence_step', stepId: 'hook', contact: { email: 'anna@example.com' } });
  expect(run.engine.services.webhooks.failed()).toEqual([]);
});

test('people finish on their version unless a person moves them: the preview says who goes where, nobody gets a mail twice', async () => {
  const run = await open();
  const { sequences, campaigns, migration, tasks, deliveries } = run.engine.services;
  const first = steps(
    mail('a', 'First', 'call'),
    { id: 'call', type: 'task', title: 'Call', next: 'w' },
    { id: 'w', type: 'wait', duration: 'P3D', next: 'b' },
    mail('b', 'Second'),
  );
  const campaignId = await launchCampaign(run.engine, { recipients: ['anna@example.com', 'ben@example.com', 'carl@example.com'], mailboxIds: [run.mailboxId], steps: first });
  const { sequenceId } = campaigns.get(campaignId);
  await until(() => tasks.list({ limit: 5, state: 'open' }).total === 3, 'everybody waits for the call');
  tasks.close(tasks.list({ limit: 5, state: 'open', q: 'anna' }).items[0]?.id ?? '', 'done');

  // The call goes, the second mail gets another text, and it comes at once.
  sequences.update(sequenceId, { graph: { steps: steps(mail('a', 'First, better', 'b'), mail('b', 'Second, better', 'c'), mail('c', 'Third')) } });
  sequences.activate(sequenceId);
  expect(sequences.versions.list(sequenceId).map(({ number, active, people }) => [number, active, people])).toEqual([
    [2, true, 0],
    [1, false, 3],
  ]);
  const preview = migration.preview(campaignId);
  expect(preview).toMatchObject({ toVersion: 2, people: 3, busy: 0 });
  expect(preview.groups.map(({ fromStep, toStep, people }) => [fromStep, toStep, people])).toEqual([
    ['2: Call', '2: Second, better', 2],
    ['4: Second', '2: Second, better', 1],
  ]);
  expect(tasks.list({ limit: 5, state: 'open' }).total).toBe(2);
  await migration.migrate(campaignId);
  expect(tasks.list({ limit: 5, state: 'open' }).total).toBe(0);
  // This mailbox has no inbox, so follow-ups stay planned: who waited for the call goes on now, Anna keeps her slot three days ahead.
  const planned = deliveries.list({ limit: 9, state: 'planned' }).items.map(({ recipient, stepId, slotAt }) => [recipient, stepId, slotAt > run.clock.now() + 2 * day]);
  expect(planned.sort()).toEqual([
    ['anna@example.com', 'b', true],
    ['ben@example.com', 'b', false],
    ['carl@example.com', 'b', false],
  ]);
  expect(run.smtp.messages()).toHaveLength(3);
  expect(sequences.versions.list(sequenceId).map(({ number, people }) => [number, people])).toEqual([
    [2, 3],
    [1, 0],
  ]);
  expect(migration.preview(campaignId).people).toBe(0);
  expect(await run.engine.services.analytics.stepNumbers(sequenceId)).toEqual([expect.objectContaining({ stepId: 'a', variantId: 'A', mailed: 3, replied: 0, rate: 0, low: 0 })]);
  sequences.update(sequenceId, { graph: sequences.versions.graph(sequenceId, sequences.versions.list(sequenceId)[1]?.id ?? '') });
  expect(sequences.versions.diff(sequenceId, null, null).map(({ stepId, change }) => [stepId, change])).toEqual([
    ['a', 'changed'],
    ['call', 'added'],
    ['w', 'added'],
    ['b', 'changed'],
    ['c', 'removed'],
  ]);
});
