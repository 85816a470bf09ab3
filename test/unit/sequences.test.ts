import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createComposer } from '../../electron/engine/composing/index.ts';
import { createFiles } from '../../electron/engine/files/index.ts';
import { createSequences, createTemplates, validateGraph } from '../../electron/engine/sequences/index.ts';
import type { AppError } from '../../shared/errors.ts';
import { graphSchema, sequenceInputSchema, type SequenceGraph } from '../../shared/schemas/sequence.ts';
import { openTestBase } from '../support/store.ts';

const page = { limit: 50 };

/** A graph as the API reads it. */
function graph(...steps: unknown[]): SequenceGraph {
  return graphSchema.parse({ steps });
}

const mail = (id: string, subject = 'Hello', text = 'Hi {{ first_name | default: "there" }}', more: object = {}) => ({ id, type: 'email', variants: [{ subject, text }], ...more });
const wait = (id: string, duration = 'P3D', more: object = {}) => ({ id, type: 'wait', duration, ...more });

function setUp() {
  const base = openTestBase();
  const composer = createComposer();
  const profile = () => ({ postalAddress: '1 Example Street', optOutLine: 'Reply “stop” to opt out.', attachmentsFolder: join(base.dataDir, 'people') });
  const files = createFiles(base);
  const suppressionOf = (email: string) => (email === 'gone@example.com' ? ('unsubscribed' as const) : null);
  return {
    ...base,
    files,
    sequences: createSequences({ ...base, composer, profile, files, suppressionOf, fetch: () => Promise.reject(new Error('No network in this test')) }),
    templates: createTemplates(base),
  };
}

type Base = ReturnType<typeof setUp>;

function addContact({ store, events, ids, clock }: Base, email: string, custom: Record<string, string>, firstName = ''): string {
  const id = ids.next();
  store.transaction((tx) => {
    tx.prepare(
      `insert into contacts (id, email, domain, first_name, last_name, company, title, phone, website, city, country, time_zone, tags, custom, status, source, created_at, updated_at)
       values (?, ?, 'example.com', ?, '', '', '', '', '', '', '', null, '[]', ?, 'active', '', ?, ?)`,
    ).run(id, email, firstName, JSON.stringify(custom), clock.now(), clock.now());
    events.append(tx, { type: 'contact_created', actor: 'person', contactId: id });
  });
  return id;
}

function addCampaign({ store, ids }: Base, sequenceId: string): void {
  store.transaction((tx) =>
    tx
      .prepare(
        `insert into campaigns (id, name, sequence_id, status, audience, mailbox_ids, rules, created_at, updated_at) values (?, 'Spring', ?, 'draft', '{}', '[]', '{}', 0, 0)`,
      )
      .run(ids.next(), sequenceId),
  );
}

function errorOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('nothing was thrown');
}

describe('sequences', () => {
  test('a draft is edited freely; what was activated never changes', () => {
    const { sequences, store, events } = setUp();
    const made = sequences.create(sequenceInputSchema.parse({ name: 'Intro', graph: graph(mail('a'), wait('w'), mail('b', '')) }));
    expect(made).toMatchObject({ status: 'draft', draftChanged: true, activeVersion: null, issues: [] });
    expect(made.draft.steps.map((step) => ('next' in step ? step.next : 'exit'))).toEqual(['w', 'b', null]);

    const active = sequences.activate(made.id);
    expect(active).toMatchObject({ status: 'active', draftChanged: false, activeVersion: 1 });
    expect(sequences.activate(made.id).activeVersionId).toBe(active.activeVersionId);

    const edited = sequences.update(made.id, { graph: graph(mail('a', 'Changed')) });
    expect(edited).toMatchObject({ draftChanged: true, activeVersion: 1, activeVersionId: active.activeVersionId });
    expect(sequences.update(made.id, { graph: active.draft }).draftChanged).toBe(false);
    sequences.update(made.id, { graph: graph(mail('a', 'Changed')) });
    expect(sequences.activate(made.id).activeVersion).toBe(2);
    const kept = store.prepareRead('select graph from sequence_versions where id = ?').get(active.activeVersionId) as { graph: string };
    expect(JSON.parse(kept.graph)).toEqual(active.draft);
    expect(events.after(0, 20).map(({ type, data }) => [type, data?.['number'] ?? data?.['change']])).toEqual([
      ['sequence_changed', 'created'],
      ['sequence_activated', 1],
      ['sequence_changed', 'updated'],
      ['sequence_changed', 'updated'],
      ['sequence_changed', 'updated'],
      ['sequence_activated', 2],
    ]);
  });

  test('what blocks activation is told by field', () => {
    const { sequences } = setUp();
    const { id } = sequences.create(sequenceInputSchema.parse({ name: 'x', graph: graph(wait('w'), mail('a', '', 'Hi {{ first_name')) }));
    const error = errorOf(() => sequences.activate(id));
    expect(error.code).toBe('validation');
    expect(error.data.fields).toEqual({
      'graph.steps.1.variants.0.subject': expect.stringContaining('needs a subject') as string,
      'graph.steps.1.variants.0.text': expect.stringMatching(/not closed \(line 1, column 4\)/) as string,
    });
    expect(sequences.get(id).status).toBe('draft');
  });

  test('a sequence that a campaign uses cannot be deleted', () => {
    const base = setUp();
    const used = base.sequences.create(sequenceInputSchema.parse({ name: 'used' }));
    const free = base.sequences.create(sequenceInputSchema.parse({ name: 'free', graph: graph(mail('a')) }));
    base.sequences.activate(free.id);
    addCampaign(base, used.id);
    expect(errorOf(() => base.sequences.remove(used.id))).toMatchObject({ code: 'in_use', message: expect.stringContaining('Spring') as string });
    base.sequences.remove(free.id);
    expect(base.sequences.list(page).items.map(({ name }) => name)).toEqual(['used']);
    expect(errorOf(() => base.sequences.remove(free.id)).code).toBe('not_found');
  });

  test('a copy has the draft of its original and no version', () => {
    const { sequences } = setUp();
    const original = sequences.create(sequenceInputSchema.parse({ name: 'Intro', graph: graph(mail('a')) }));
    sequences.activate(original.id);
    expect(sequences.duplicate(original.id)).toMatchObject({ name: 'Intro (copy)', status: 'draft', draft: original.draft, activeVersion: null });
  });

  test('the list pages without gaps or repeats, sorts and searches', () => {
    const { sequences, clock } = setUp();
    for (const name of ['b', 'A', 'c', 'ad_d']) {
      clock.advance(1000);
      sequences.create(sequenceInputSchema.parse({ name }));
    }
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const found = sequences.list({ limit: 3, sort: 'name', ...(cursor === undefined ? {} : { cursor }) });
      names.push(...found.items.map(({ name }) => name));
      expect(found.total).toBe(4);
      cursor = found.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(['A', 'ad_d', 'b', 'c']);
    expect(sequences.list(page).items[0]?.name).toBe('ad_d');
    expect(sequences.list({ ...page, q: 'd_' }).items.map(({ name }) => name)).toEqual(['ad_d']);
    expect(errorOf(() => sequences.list({ ...page, sort: 'colour' })).code).toBe('bad_request');
    expect(errorOf(() => sequences.list({ ...page, cursor: 'x' })).code).toBe('bad_request');
  });

  test('merge tags follow the custom fields that contacts have', () => {
    const base = setUp();
    const check = () => base.sequences.check(graph(mail('a', 'Hi', 'Hi {{ custom.plan }}'))).map(({ code, blocking }) => [code, blocking]);
    expect(check()).toEqual([['unknown_tag', false]]);
    addContact(base, 'a@example.com', { plan: 'pro', 'shoe size': '9' });
    expect(check()).toEqual([]);
    expect(base.sequences.mergeTags().map(({ tag }) => tag)).toEqual(expect.arrayContaining(['first_name', 'sender.signature', 'custom.plan', 'custom["shoe size"]']));
  });
});

describe('validation', () => {
  const composer = createComposer();
  const check = (value: SequenceGraph) => validateGraph(value, composer, null).map(({ code, blocking, stepId }) => `${code}${blocking ? '!' : ''} ${stepId ?? '-'}`);

  test.each([
    ['nothing', graph(), ['empty! -']],
    ['only a wait', graph(wait('w')), ['no_email! -', 'wait_at_end w']],
    ['an e-mail that no way reaches', graph(wait('w', 'P1D', { next: 'x' }), { id: 'x', type: 'exit' }, mail('a')), ['unreachable a', 'no_email! -']],
    ['the same id twice', graph(mail('a'), mail('a')), ['duplicate_id! a', 'loop! a']],
    ['an edge to nowhere', graph(mail('a', 'x', 'y', { next: 'zz' })), ['dangling_next! a']],
    ['a loop', graph(mail('a'), wait('w', 'P1D', { next: 'a' })), ['loop! a']],
    ['a step that is never run', graph(mail('a', 'x', 'y', { next: null }), mail('b', 'x')), ['unreachable b']],
    ['no time to wait', graph(mail('a'), wait('w', 'PT0S'), mail('b', '')), ['zero_wait! w']],
    ['a first mail without a subject', graph(mail('a', ' ')), ['no_subject! a']],
    ['no text', graph({ id: 'a', type: 'email', variants: [{ subject: 'x', html: '<p>&nbsp;</p><br>' }] }), ['empty_body! a']],
    [
      'no active arm',
      graph({
        id: 'a',
        type: 'email',
        variants: [
          { subject: 'x', text: 'y', active: false },
          { id: 'B', subject: 'x', text: 'y', weight: 0 },
        ],
      }),
      ['no_active_variant! a'],
    ],
    [
      'two arms with one name',
      graph({
        id: 'a',
        type: 'email',
        variants: [
          { subject: 'x', text: 'y' },
          { subject: 'x', text: 'y' },
        ],
      }),
      ['duplicate_variant! a'],
    ],
    ['a tag that cannot exist', graph(mail('a', 'x', '{{ contact.nmae }}')), ['unknown_tag! a']],
    ['an arm that inherits subject and text', graph({ id: 'a', type: 'email', variants: [{ subject: 'x', text: 'y' }, { id: 'B' }] }), []],
    ['an image as the only content', graph({ id: 'a', type: 'email', variants: [{ subject: 'x', html: '<img src="cid:x">' }] }), []],
    ['three mails with a wait before each follow-up', graph(mail('a'), wait('w', 'P3D', { businessDays: true }), mail('b', ''), wait('v'), mail('c', 'New')), []],
  ])('%s', (_, value, expected) => {
    expect(check(value)).toEqual(expected);
  });
});

describe('preview', () => {
  const variant = { id: 'A', weight: 1, active: true, subject: 'For {{ company }}', html: '', text: 'Hi {{ first_name }}, {{ custom.plan }}' };

  test('shows a sample person everything, and a real one what is missing', async () => {
    const base = setUp();
    const id = addContact(base, 'ann@example.com', { plan: '' }, 'Ann');
    const sample = await base.sequences.preview({ variant, isFirst: true, previousSubject: null, contactId: null, mailboxId: null });
    expect(sample).toMatchObject({ subject: 'For Analytical Engines', to: 'ada@example.com', missing: [], issues: [], sameThread: false });
    expect(sample.text).toBe('Hi Ada, [plan]\n\nReply “stop” to opt out.');
    const real = await base.sequences.preview({ variant, isFirst: true, previousSubject: null, contactId: id, mailboxId: null });
    expect(real.missing).toEqual(['company', 'custom.plan']);
    expect(real.to).toBe('ann@example.com');
  });

  test('a follow-up without a subject continues the thread; a first mail without one is told', async () => {
    const { sequences } = setUp();
    const input = { variant: { ...variant, subject: '' }, isFirst: false, previousSubject: 'Lunch', contactId: null, mailboxId: null };
    expect(await sequences.preview(input)).toMatchObject({ subject: 'Re: Lunch', sameThread: true });
    const first = await sequences.preview({ ...input, isFirst: true });
    expect(first.issues.map(({ code }) => code)).toContain('no_subject');
    expect(first.text).toContain('Hi Ada');
  });

  test('broken Liquid is an issue, an unknown contact an error', async () => {
    const { sequences } = setUp();
    const broken = await sequences.preview({ variant: { ...variant, text: '{% if x %}' }, isFirst: true, previousSubject: null, contactId: null, mailboxId: null });
    expect(broken.issues).toEqual([expect.objectContaining({ code: 'template_error', field: 'text', blocking: true })]);
    await expect(sequences.preview({ variant, isFirst: true, previousSubject: null, contactId: 'nobody', mailboxId: null })).rejects.toMatchObject({ code: 'not_found' });
    await expect(sequences.preview({ variant, isFirst: true, previousSubject: null, contactId: null, mailboxId: 'none' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('names the files that a person would get, and what is missing', async () => {
    const base = setUp();
    const folder = join(base.dataDir, 'people');
    mkdirSync(folder);
    writeFileSync(join(folder, 'ann.pdf'), 'for Ann');
    const ann = addContact(base, 'ann@example.com', { offer_file: 'ann.pdf' });
    const bert = addContact(base, 'bert@example.com', { offer_file: '' });
    const { id } = await base.files.store(new File(['terms'], 'Terms.txt', { type: 'text/plain' }));
    const attachments = [
      { kind: 'file' as const, fileId: id },
      { kind: 'path' as const, path: '{{ custom.offer_file }}' },
    ];
    const shown = async (contactId: string) =>
      (await base.sequences.preview({ variant, attachments, isFirst: true, previousSubject: null, contactId, mailboxId: null })).attachments;
    expect(await shown(ann)).toEqual([
      { name: 'Terms.txt', path: null, size: 5, problem: null },
      { name: 'ann.pdf', path: 'ann.pdf', size: 7, problem: null },
    ]);
    expect((await shown(bert))[1]).toMatchObject({ size: null, problem: expect.stringContaining('has no value for this person') as string });
  });

  test('an attached file that is gone, or a path that is no template, forbids activation', () => {
    const { sequences } = setUp();
    const attachments = [
      { kind: 'file', fileId: 'gone' },
      { kind: 'path', path: '{{ first_name' },
    ];
    expect(sequences.check(graph(mail('a', 'Hello', 'Hi', { attachments })))).toEqual([
      expect.objectContaining({ stepId: 'a', field: 'attachments', code: 'missing_file', blocking: true }),
      expect.objectContaining({ stepId: 'a', field: 'attachments', code: 'template_error', blocking: true }),
    ]);
  });
});

test('templates are kept, changed, found and deleted', () => {
  const { templates, events } = setUp();
  const made = templates.create({ kind: 'mail', name: 'Thanks', subject: 'Thank you', html: '<p>x</p>', text: '' });
  expect(templates.update(made.id, { subject: 'Many thanks' })).toMatchObject({ name: 'Thanks', subject: 'Many thanks', html: '<p>x</p>' });
  expect(templates.list({ ...page, q: 'many' }).items).toHaveLength(1);
  const snippet = templates.create({ kind: 'snippet', name: 'two-times', subject: '', html: '<p>Tuesday or Thursday?</p>', text: '' });
  expect(templates.list({ ...page, kind: 'snippet' })).toMatchObject({ total: 1, items: [{ id: snippet.id }] });
  expect(templates.list({ ...page, kind: 'mail' })).toMatchObject({ total: 1, items: [{ id: made.id }] });
  templates.remove(snippet.id);
  templates.remove(made.id);
  expect(templates.list(page).items).toEqual([]);
  expect(errorOf(() => templates.get(made.id)).code).toBe('not_found');
  expect(errorOf(() => templates.remove(made.id)).code).toBe('not_found');
  expect(events.after(0, 10).map(({ type, data }) => [type, data?.['change']])).toEqual([
    ['template_changed', 'created'],
    ['template_changed', 'updated'],
    ['template_changed', 'created'],
    ['template_changed', 'removed'],
    ['template_changed', 'removed'],
  ]);
});
