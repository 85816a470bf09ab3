import { expect, test } from 'vitest';
import type { Review } from '../../../shared/schemas/review.ts';
import { until } from '../../support/engine.ts';
import { fallbackOf, good, mail, openPersonal as open, passage } from '../../support/personal.ts';

const first = <T>(list: readonly T[]): T => {
  const [item] = list;
  if (item === undefined) throw new Error('nothing is there');
  return item;
};

test('a block is written ahead from what is on file, waits for approval, and the approved mail leaves as it was read', async () => {
  const run = await open();
  const review = first(await run.written());
  expect(review.personal).toMatchObject({
    text: good,
    fallback: fallbackOf('Nordwind'),
    source: 'model',
    model: 'llama3.2:3b',
    promptVersion: 'personal.v1',
    note: null,
    findings: [],
    used: ['custom.fleet'],
  });
  expect(review.personal?.facts).toContainEqual({ name: 'custom.fleet', value: '40 electric vans' });
  expect(review.text).toContain(`Hello anna,\n\n${good}`);
  expect(review.delivery.why?.code).toBe('approval');
  expect(run.services.analytics.needsYou()).toEqual([expect.objectContaining({ kind: 'review', count: 1 })]);
  await run.restart();
  expect(run.left()).toEqual([]);
  run.reviews.approve(review.delivery.id, review.hash ?? '');
  await until(() => run.left().length === 1, 'the mail left');
  expect(run.left()[0]).toContain(good);
  expect(run.waiting()).toEqual([]);
});

test('what is no longer what was approved is held again: a changed person, a changed block', async () => {
  const run = await open({ steps: mail() });
  const review = first(await run.written());
  const { id } = review.delivery;
  run.services.contacts.update({ id: review.delivery.contactId ?? '', firstName: 'Annabel' });
  expect(() => run.reviews.approve(id, review.hash ?? '')).toThrow('reads otherwise');
  run.services.campaigns.pause(run.campaignId);
  run.reviews.approve(id, first(run.waiting()).hash ?? '');
  run.services.contacts.update({ id: review.delivery.contactId ?? '', firstName: 'Bella' });
  run.services.campaigns.resume(run.campaignId);
  await until(() => run.waiting().length === 1, 'it is held again');
  expect(first(run.waiting())).toMatchObject({ changed: true, delivery: { why: { code: 'approval', detail: 'It is no longer the mail that was approved.' } } });
  expect(run.left()).toEqual([]);
  run.reviews.approve(id, first(run.waiting()).hash ?? '');
  await until(() => run.left().length === 1, 'the mail left');
  expect(run.left()[0]).toContain('Hello Bella');
});

test('a text that the facts do not support is asked for once more; rejected twice, the fallback text stands there', async () => {
  const run = await open({ says: passage('Congratulations on your funding of 3 million, Peter!') });
  const review = first(await run.written());
  expect(run.host.chats()).toHaveLength(2);
  expect(review.personal).toMatchObject({ text: fallbackOf('Nordwind'), source: 'fallback', note: 'rejected', findings: [] });
  run.reviews.approve(review.delivery.id, review.hash ?? '');
  await until(() => run.left().length === 1, 'the mail left');
  expect(run.left()[0]).toContain(fallbackOf('Nordwind'));
});

test('nobody is asked about a person of whom only the name is on file', async () => {
  const run = await open({ contact: () => ({}), steps: mail({}, { fallback: 'I would like to know more about your work.' }) });
  expect(first(await run.written()).personal).toMatchObject({ note: 'no_facts', source: 'fallback' });
  expect(run.host.chats()).toEqual([]);
});

test('without a model the fallback text waits for approval; once there is one, it writes on request', async () => {
  const run = await open({ model: false });
  const review = first(run.waiting());
  expect(review.personal).toMatchObject({ state: 'waiting', text: fallbackOf('Nordwind'), source: 'fallback' });
  expect(run.reviews.write({})).toMatchObject({ state: 'no_model' });
  expect(await run.reviews.approveAll({ unwritten: 'wait' })).toMatchObject({ done: 0, left: 1 });
  run.addModel();
  expect(run.reviews.write({})).toMatchObject({ state: 'running', total: 1 });
  await run.written();
  await until(() => run.reviews.writing().state === 'done', 'the run is over');
});

test('without a model, all mails of a step leave with their fallback text once a person says so', async () => {
  const run = await open({ model: false, recipients: ['anna@example.com', 'ben@example.com'] });
  expect(await run.reviews.approveAll({ stepId: 'm', unwritten: 'fallback' })).toMatchObject({ done: 2, left: 0 });
  await until(() => run.left().length === 2, 'both left');
  expect(run.left().every((each) => each.includes(fallbackOf('Nordwind')))).toBe(true);
});

test('a mail in which a model wrote is not approved from a list that does not show its text', async () => {
  const run = await open();
  const { id } = first(await run.written()).delivery;
  expect(() => run.services.deliveries.retry(id)).toThrow('Approve it under Review');
  expect(await run.services.deadLetters.retryMany({ ids: [id] })).toMatchObject({ done: 0, left: 1 });
  expect(run.left()).toEqual([]);
});

test('a step may say that the fallback text leaves at the slot where nobody approved; the model’s words never do', async () => {
  const run = await open({ steps: mail({}, { unapproved: 'fallback' }) });
  await until(() => run.left().length === 1, 'the mail left');
  expect(run.left()[0]).toContain(fallbackOf('Nordwind'));
  expect(run.left()[0]).not.toContain(good);
});

test('a person edits with a warning, has one text written anew, and rejects another to the fallback text', async () => {
  const run = await open({ recipients: ['anna@example.com', 'ben@example.com'] });
  const both = await run.written(2);
  const [anna, ben] = both as [Review, Review];
  const edited = run.reviews.edit(anna.delivery.id, 'Glad that DHL is your customer since 2019.');
  expect(edited.personal).toMatchObject({ source: 'person', model: null });
  expect(new Set(edited.personal?.findings.map(({ code }) => code))).toEqual(new Set(['name', 'claim', 'number']));
  run.host.says(passage('What do your electric vans do between tours?'));
  const again = await run.reviews.regenerate(anna.delivery.id);
  expect(again.personal).toMatchObject({ text: 'What do your electric vans do between tours?', source: 'model' });
  expect(run.waiting().find(({ delivery }) => delivery.id === ben.delivery.id)?.hash).toBe(ben.hash);
  // What a new question does not better stays.
  run.host.says(passage('Write to me@evil.example'));
  expect((await run.reviews.regenerate(anna.delivery.id)).personal).toMatchObject({ text: 'What do your electric vans do between tours?', note: 'rejected' });
  run.reviews.edit(ben.delivery.id, 'Greetings to DHL.');
  expect(await run.reviews.approveAll({ stepId: 'm', unwritten: 'wait' })).toMatchObject({ done: 1, left: 1, reasons: [{ count: 1 }] });
  run.reviews.useFallback(ben.delivery.id);
  await until(() => run.left().length === 2, 'both left');
  expect(run.left().filter((each) => each.includes('between tours'))).toHaveLength(1);
  expect(run.left().filter((each) => each.includes(fallbackOf('Nordwind')))).toHaveLength(1);
  expect(run.left().join()).not.toContain('DHL');
});

test('writing is cancelled by a person and then waits for them; the feature can be switched off', async () => {
  const run = await open({ model: false, recipients: ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'] });
  run.host.fail('/api/chat', { kind: 'stalls' });
  run.addModel();
  run.reviews.write({});
  await until(() => run.host.chats().length > 0, 'a question');
  expect(await run.reviews.cancel()).toMatchObject({ state: 'cancelled', total: 4 });
  expect(run.waiting().every(({ personal }) => personal?.state === 'waiting')).toBe(true);
  run.services.settings.update({ assistOff: ['personal'] });
  expect(run.reviews.write({})).toMatchObject({ state: 'no_model' });
  run.services.settings.update({ assistOff: [] });
  run.reviews.write({});
  await run.written(4);
});
