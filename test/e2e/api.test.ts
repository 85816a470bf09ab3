import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../shared/schemas/campaign.ts';
import { alwaysOpen, type Page } from '../../shared/schemas/common.ts';
import type { ImportRun } from '../../shared/schemas/contact.ts';
import type { Delivery } from '../../shared/schemas/delivery.ts';
import type { Enrolment } from '../../shared/schemas/enrolment.ts';
import type { Mailbox } from '../../shared/schemas/mailbox.ts';
import type { Reply } from '../../shared/schemas/reply.ts';
import type { Sequence } from '../../shared/schemas/sequence.ts';
import { startApp, until, type App } from '../support/app.ts';

const people = {
  silent: 'sam+silent@example.com',
  replies: 'rita+replies@example.com',
  bounces: 'bob+bounces@example.com',
  greylists: 'gia+greylists@example.com',
  away: 'amy+away@example.com',
};

describe('the main job, through REST with a bearer token', () => {
  let app: App;
  let campaign: Campaign;
  let listId: string;
  let sequence: Sequence;

  beforeAll(async () => {
    app = await startApp({ practice: true });
  });
  afterAll(async () => {
    expect(await app?.stop()).toBe(0);
  });

  it('answers nothing without the token', async () => {
    for (const path of ['/campaigns', '/reports/deliveries.csv', '/events/live']) {
      const bare = await fetch(`${app.url}/api/v1${path}`);
      const wrong = await fetch(`${app.url}/api/v1${path}`, { headers: { authorization: 'Bearer wrong' } });
      expect([bare.status, wrong.status]).toEqual([401, 401]);
    }
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
  });

  it('imports a CSV file sent as a form', async () => {
    const csv = ['email,first_name,company', ...Object.values(people).map((email) => `${email},${email.split('+')[0]},Acme`), 'broken,X,Y'].join('\n');
    const form = new FormData();
    form.set('file', new File([csv], 'people.csv', { type: 'text/csv' }));
    form.set('listName', 'From the API');
    form.set('mode', 'fill_empty');
    const response = await app.fetch('/subscribers/import', { method: 'POST', body: form });
    expect(response.status).toBe(202);
    const started = (await response.json()) as ImportRun;
    const run = await until(
      'the import is over',
      () => app.api<ImportRun>('GET', `/subscribers/imports/${started.id}`),
      (each) => each.state !== 'running',
      15_000,
    );
    expect(run).toMatchObject({ state: 'finished', created: 5, rejected: 1 });
    expect(await (await app.fetch(`/subscribers/imports/${started.id}/rejected.csv`)).text()).toContain('broken');
    const lists = await app.api<Page<{ id: string; name: string; contacts: number }>>('GET', '/lists');
    const list = lists.items.find((each) => each.name === 'From the API');
    expect(list?.contacts).toBe(5);
    listId = list?.id ?? '';
  });

  it('refuses a sequence that cannot be sent, and names the fields', async () => {
    const response = await app.fetch('/email-sequences', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', graph: { steps: [{ id: 'w', type: 'wait', duration: 'P1M' }] } }),
    });
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'validation', fields: expect.any(Object) });
    const broken = await app.api<Sequence>('POST', '/email-sequences', {
      name: 'Broken',
      graph: { steps: [{ id: 'a', type: 'email', variants: [{ subject: '{{ nonsense', text: 'x' }] }] },
    });
    expect(broken.issues.some((issue) => issue.blocking)).toBe(true);
    expect((await app.fetch(`/email-sequences/${broken.id}/activate`, { method: 'POST' })).status).toBe(422);
  });

  it('creates and activates a sequence of three steps', async () => {
    const mail = (id: string, subject: string, text: string) => ({ id, type: 'email', variants: [{ subject, text }] });
    const created = await app.api<Sequence>('POST', '/email-sequences', {
      name: 'API sequence',
      graph: {
        steps: [
          mail('one', 'Hello {{ first_name }}', 'First'),
          { id: 'w1', type: 'wait', duration: 'PT12H' },
          mail('two', '', 'Second'),
          { id: 'w2', type: 'wait', duration: 'P1D' },
          mail('three', '', 'Third'),
        ],
      },
    });
    sequence = await app.api<Sequence>('POST', `/email-sequences/${created.id}/activate`);
    expect(sequence).toMatchObject({ status: 'active', activeVersion: 1 });
    expect(app.left().filter((sent) => sent.to.endsWith('@example.com') && sent.subject.startsWith('Hello'))).toEqual([]);
  });

  it('launches a campaign only when asked to', async () => {
    const { items } = await app.api<Page<Mailbox>>('GET', '/mailboxes');
    campaign = await app.api<Campaign>('POST', '/campaigns', {
      name: 'API campaign',
      sequenceId: sequence.id,
      audience: { listIds: [listId] },
      mailboxIds: items.map((mailbox) => mailbox.id),
      rules: { calendar: { zone: 'UTC', windows: alwaysOpen }, wakingHours: null },
    });
    expect(await app.api('GET', `/campaigns/${campaign.id}/preflight`)).toMatchObject({ ok: true, people: 5 });
    expect((await app.api<Page<Delivery>>('GET', `/deliveries?campaignId=${campaign.id}`)).total).toBe(0);
    expect(await app.api('POST', `/campaigns/${campaign.id}/launch`)).toMatchObject({ status: 'running' });
    expect((await app.fetch(`/campaigns/${campaign.id}/launch`, { method: 'POST' })).status).toBe(409);
  });

  it('tells live when the reply comes', async () => {
    const stop = AbortSignal.timeout(60_000);
    const response = await app.fetch('/events/live?after=0', { signal: stop });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    let text = '';
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    while (!text.includes('"type":"replied"')) {
      const { value, done } = await reader.read();
      if (done) throw new Error('The stream ended');
      text += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
    expect(text).toContain('"kind":"heartbeat"');
    expect(text).toContain('"type":"campaign_launched"');
  }, 70_000);

  it('brings everybody to an end: thread, stop, suppression, second try, pause', async () => {
    const enrolments = () => app.api<Page<Enrolment>>('GET', `/enrolments?campaignId=${campaign.id}`);
    await until(
      'only the one who is away is left',
      enrolments,
      ({ items }) => items.filter((each) => !['finished', 'stopped'].includes(each.state)).every((each) => each.contactEmail === people.away && each.state === 'paused'),
      60_000,
    );
    // A day in a second, so that nobody has to wait for the end of the absence.
    expect(await app.api('POST', '/workspace/time-lapse', { factor: 86_400 })).toMatchObject({ timeLapse: 86_400 });
    const done = await until('everybody is through', enrolments, ({ items }) => items.every((each) => ['finished', 'stopped'].includes(each.state)), 60_000);
    const state = (email: string) => done.items.find((each) => each.contactEmail === email);
    expect(state(people.silent)?.state).toBe('finished');
    expect(state(people.greylists)?.state).toBe('finished');
    expect(state(people.replies)).toMatchObject({ state: 'stopped', reason: 'replied' });
    expect(state(people.bounces)).toMatchObject({ state: 'stopped', reason: 'bounced' });
    // Away: paused until the return date, then on to the end.
    expect(state(people.away)?.state).toBe('finished');
    const to = (email: string) => app.left().filter((mail) => mail.to === email);
    for (const email of [people.silent, people.greylists, people.away]) {
      const mails = to(email);
      expect(
        mails.map((mail) => mail.subject),
        email,
      ).toEqual([`Hello ${email.split('+')[0]}`, `Re: Hello ${email.split('+')[0]}`, `Re: Hello ${email.split('+')[0]}`]);
      expect(mails[2]?.references).toBe(`${mails[0]?.messageId} ${mails[1]?.messageId}`);
    }
    expect(to(people.replies)).toHaveLength(1);
    expect(to(people.bounces)).toHaveLength(0);
    const replies = await app.api<Page<Reply>>('GET', `/replies?campaignId=${campaign.id}`);
    expect(replies.items.map((reply) => [reply.fromAddress, reply.class]).sort()).toEqual([
      [people.away, 'out_of_office'],
      [people.replies, 'human'],
    ]);
    const suppressions = await app.api<Page<{ value: string; reason: string }>>('GET', '/suppressions');
    expect(suppressions.items).toMatchObject([{ value: people.bounces, reason: 'hard_bounce' }]);
  }, 130_000);

  it('answers a reply in its thread, and the same draft only once', async () => {
    const replies = await app.api<Page<Reply>>('GET', `/replies?campaignId=${campaign.id}&class=human`);
    const reply = replies.items[0];
    const before = app.left().length;
    const answer = { text: 'Thank you, Rita. Thursday suits me.', draftId: 'draft-1' };
    const first = await app.api<{ deliveryId: string }>('POST', `/replies/${reply?.id}/respond`, answer);
    const second = await app.api<{ deliveryId: string }>('POST', `/replies/${reply?.id}/respond`, answer);
    expect(second.deliveryId).toBe(first.deliveryId);
    await until(
      'the answer left',
      () => app.api<Delivery>('GET', `/deliveries/${first.deliveryId}`),
      (delivery) => delivery.state === 'sent',
      20_000,
    );
    const left = app.left().slice(before);
    expect(left).toHaveLength(1);
    expect(left[0]).toMatchObject({ to: people.replies, subject: 'Re: Hello rita' });
    expect(left[0]?.references).toContain(left[0]?.inReplyTo);
  });

  it('reports as CSV', async () => {
    const response = await app.fetch(`/reports/campaigns/${campaign.id}/people.csv`);
    expect(response.headers.get('content-type')).toContain('text/csv');
    const lines = (await response.text()).trimEnd().split('\r\n');
    expect(lines).toHaveLength(6);
    expect(lines.find((line) => line.startsWith(people.greylists))).toContain(',finished,,Practice mailbox,3,');
    const deliveries = (await (await app.fetch(`/reports/deliveries.csv?campaignId=${campaign.id}`)).text()).trimEnd().split('\r\n');
    expect(deliveries.filter((line) => line.includes(',sent,'))).toHaveLength(10);
    expect(await (await app.fetch('/reports/replies.csv')).text()).toContain('out_of_office');
  });

  it('counts what happened', async () => {
    expect((await app.api<Campaign>('GET', `/campaigns/${campaign.id}`)).counts).toMatchObject({ people: 5, mailed: 4, sent: 10, replied: 1, bounced: 1, unsubscribed: 0 });
    expect(await app.api('GET', '/dashboard')).toMatchObject({ totals: { mailed: 4, sent: 10, replied: 1, bounced: 1 } });
    const events = await app.api<Page<{ type: string }>>('GET', `/events?campaignId=${campaign.id}&type=sent&limit=500`);
    expect(events.total).toBe(10);
  });
});
