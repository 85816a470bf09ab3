import { createRouterClient, implement, ORPCError } from '@orpc/server';
import { recommendModels } from '../../electron/engine/assist/recommend.ts';
import { readSequenceFile } from '../../electron/engine/sequences/exchange.ts';
import { readGallery } from '../../electron/engine/sequences/gallery.ts';
import { contract } from '../../shared/contract/index.ts';
import { errorCodes, type ErrorCode, type ErrorData } from '../../shared/errors.ts';
import type { AnalyticsBreakdown, OutcomeRates } from '../../shared/schemas/analytics.ts';
import type { AssistUsage, Model, Provider, Pull } from '../../shared/schemas/assist.ts';
import type { ServerCandidate } from '../../shared/schemas/discovery.ts';
import type { DomainHealth } from '../../shared/schemas/domain-health.ts';
import type { Campaign, Stranded, VersionMove } from '../../shared/schemas/campaign.ts';
import type { Page, PageQuery } from '../../shared/schemas/common.ts';
import type { Contact, ContactList, ImportRun, Suppression } from '../../shared/schemas/contact.ts';
import type { Delivery } from '../../shared/schemas/delivery.ts';
import type { MailFile } from '../../shared/schemas/file.ts';
import type { Enrolment } from '../../shared/schemas/enrolment.ts';
import type { DomainEvent, LiveMessage } from '../../shared/schemas/event.ts';
import type { Mailbox, MailboxInput, MailboxTest, ServerSettings } from '../../shared/schemas/mailbox.ts';
import { conversationScopes, type ConversationScope, type ReplyDetail } from '../../shared/schemas/reply.ts';
import type { BulkChange } from '../../shared/schemas/bulk.ts';
import type { PersonalText, Review, Writing } from '../../shared/schemas/review.ts';
import type { Segment } from '../../shared/schemas/segment.ts';
import type { GraphIssue, Sequence, SequenceVersion, StepChange, Template, VariantNumbers } from '../../shared/schemas/sequence.ts';
import type { ReplyDraft, ThreadBrief } from '../../shared/schemas/thread.ts';
import type { Task } from '../../shared/schemas/task.ts';
import { launchOwnerId, type Profile } from '../../shared/schemas/team.ts';
import { settingsSchema, type NeedsYouItem, type Settings, type Workspace } from '../../shared/schemas/settings.ts';
import { day, fakeCampaign, fakeContact, fakeDeliveries, fakeDelivery, fakeEvent, fakeForecast, fakeMailbox, fakeNow, fakeReply, fakeWorkspace, hour } from './fake-data.ts';

const launchOwner: Profile = { id: launchOwnerId, name: 'Owner', role: 'owner', createdAt: null };

/** Everything that the fake engine knows; tests change it freely before or during a test. */
export interface FakeState {
  workspace: Workspace;
  settings: Settings;
  mailboxes: Mailbox[];
  contacts: Contact[];
  lists: ContactList[];
  segments: Segment[];
  bulkChanges: BulkChange[];
  suppressions: Suppression[];
  imports: ImportRun[];
  sequences: Sequence[];
  templates: Template[];
  files: MailFile[];
  campaigns: Campaign[];
  enrolments: Enrolment[];
  tasks: Task[];
  /** Personal blocks by the id of their delivery. */
  personal: Record<string, PersonalText>;
  versions: SequenceVersion[];
  changes: StepChange[];
  numbers: VariantNumbers[];
  migration: VersionMove;
  stranded: Stranded;
  deliveries: Delivery[];
  replies: ReplyDetail[];
  brief: ThreadBrief;
  replyDraft: ReplyDraft;
  events: DomainEvent[];
  needsYou: NeedsYouItem[];
  breakdown: AnalyticsBreakdown;
  providers: Provider[];
  models: Model[];
  pulls: Pull[];
  usage: AssistUsage;
  mailboxTest: MailboxTest;
  discovered: ServerCandidate[];
  domainHealth: DomainHealth;
  issues: GraphIssue[];
  /** Names of procedures (`mailboxes.list`) that fail, with what. */
  failing: Record<string, { code: ErrorCode; message: string; data?: ErrorData }>;
  /** Names of procedures that never answer. */
  hanging: Set<string>;
  /** Every call: name and input. */
  calls: { name: string; input: unknown }[];
}

function nothingSent(): AnalyticsBreakdown {
  const none = { count: 0, of: 0, rate: null, low: null, high: null };
  const totals: OutcomeRates = { sent: 0, replied: none, positive: none, bounced: none, unsubscribed: none };
  return { people: 0, totals, campaigns: [], steps: [], mailboxes: [], providers: [] };
}

export function emptyState(): FakeState {
  return {
    workspace: fakeWorkspace({ needsYou: 0, nextSendAt: null, secrets: 'empty' }),
    settings: settingsSchema.parse({}),
    mailboxes: [],
    contacts: [],
    lists: [],
    segments: [],
    bulkChanges: [],
    suppressions: [],
    imports: [],
    sequences: [],
    templates: [],
    files: [],
    campaigns: [],
    enrolments: [],
    tasks: [],
    personal: {},
    versions: [],
    changes: [],
    numbers: [],
    migration: { toVersion: 1, people: 0, busy: 0, groups: [] },
    stranded: { mailboxes: [], targets: [], busy: 0 },
    deliveries: [],
    replies: [],
    brief: { summary: null, asks: [], action: 'answer', reason: null, source: 'rules', model: null, note: null },
    replyDraft: { text: 'Hi,\n\nthank you. ({n})', source: 'rules', model: null, note: 'no_model' },
    events: [],
    needsYou: [],
    breakdown: nothingSent(),
    providers: [],
    models: [],
    pulls: [],
    usage: { days: 30, rows: [], withoutModel: {}, cache: { entries: 0, bytes: 0, memoryHits: 0, storeHits: 0, misses: 0 } },
    mailboxTest: passedTest(),
    discovered: [],
    domainHealth: { domain: 'studio.example.com', checkedAt: fakeNow, stale: false, managed: false, checks: [] },
    issues: [],
    failing: {},
    hanging: new Set(),
    calls: [],
  };
}

function passedTest(): MailboxTest {
  return {
    ok: true,
    smtp: { ok: true, stage: 'done', message: 'Connected and logged in', durationMs: 212 },
    imap: { ok: true, stage: 'done', message: 'Connected, logged in and opened the inbox', durationMs: 340 },
    roundTrip: null,
    sentCopy: 'provider',
  };
}

/** A workspace in the middle of its work. */
export function busyState(): FakeState {
  const deliveries = fakeDeliveries();
  return {
    ...emptyState(),
    workspace: fakeWorkspace(),
    settings: {
      ...settingsSchema.parse({}),
      postalAddress: 'Studio Example, Elm Row 4, Bristol',
      optOutLine: 'Reply “no thanks” and I will not write again.',
      firstRunDone: true,
    },
    mailboxes: [
      fakeMailbox(0),
      fakeMailbox(1, { state: 'needs_login', stateReason: '535 5.7.8 Error: authentication failed', sentToday: 0 }),
      fakeMailbox(2, { state: 'paused', stateReason: null, pausedUntil: fakeNow + 3 * hour, sentToday: 80, sentCopy: 'append' }),
    ],
    contacts: Array.from({ length: 180 }, (_, index) => fakeContact(index)),
    lists: [{ id: 'list-0', name: 'Autumn fair', contacts: 180, createdAt: fakeNow - 20 * day, updatedAt: fakeNow - 3 * day }],
    campaigns: [fakeCampaign(0), fakeCampaign(1, { status: 'draft', launchedAt: null, nextSlotAt: null })],
    deliveries,
    replies: Array.from({ length: 9 }, (_, index) => fakeReply(index)),
    events: deliveries.flatMap((delivery, index) => [
      fakeEvent(index * 2 + 1, { at: delivery.createdAt, type: 'planned', deliveryId: delivery.id, reason: 'next step' }),
      fakeEvent(index * 2 + 2, {
        at: delivery.updatedAt,
        type: delivery.state === 'sent' ? 'sent' : delivery.state === 'failed' ? 'failed' : 'slot_moved',
        actor: delivery.state === 'sent' ? 'server' : 'engine',
        deliveryId: delivery.id,
        reason: delivery.answer,
      }),
    ]),
    needsYou: [
      {
        id: 'needs-1',
        kind: 'unknown_outcome',
        title: 'Did this mail arrive?',
        detail: 'The connection was lost after the text was sent to owen@slatequarry.example.com.',
        at: fakeNow - hour,
        count: 1,
        deliveryId: 'delivery-4',
        mailboxId: 'mailbox-0',
        campaignId: 'campaign-0',
        replyId: null,
      },
      {
        id: 'needs-2',
        kind: 'mailbox',
        title: 'hello@studio.example.com needs a new login',
        detail: '535 5.7.8 Error: authentication failed',
        at: fakeNow - 2 * hour,
        count: 1,
        deliveryId: null,
        mailboxId: 'mailbox-1',
        campaignId: null,
        replyId: null,
      },
      {
        id: 'needs-3',
        kind: 'held',
        title: 'A merge tag has no value for 1 person',
        detail: 'company',
        at: fakeNow - 3 * hour,
        count: 1,
        deliveryId: 'delivery-2',
        mailboxId: null,
        campaignId: 'campaign-0',
        replyId: null,
      },
    ],
  };
}

function fail(code: ErrorCode, message: string, data: ErrorData = {}): never {
  throw new ORPCError(code, { defined: true, status: errorCodes[code].status, message, data });
}

function page<T>(items: readonly T[], query: PageQuery & { offset?: number | undefined }): Page<T> {
  const start = query.offset ?? Number(query.cursor ?? 0);
  const end = start + query.limit;
  return { items: items.slice(start, end), nextCursor: end < items.length ? String(end) : null, total: items.length };
}

function pick<T extends { id: string }>(items: T[], id: string): T {
  return items.find((item) => item.id === id) ?? fail('not_found', 'There is no such row.');
}

function change<T extends { id: string }>(items: T[], id: string, patch: Partial<T>): T {
  const next = { ...pick(items, id), ...patch };
  items.splice(
    items.findIndex((item) => item.id === id),
    1,
    next,
  );
  return next;
}

function drop(items: { id: string }[], id: string): { id: string; deleted: true } {
  pick(items, id);
  items.splice(
    items.findIndex((item) => item.id === id),
    1,
  );
  return { id, deleted: true };
}

function defined<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([key, value]) => value !== undefined && key !== 'id')) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** A stand-in for the engine's scopes: one message is one conversation. */
function inScope(reply: ReplyDetail, scope: ConversationScope): boolean {
  const classes: Partial<Record<ConversationScope, readonly string[]>> = {
    replies: ['human'],
    automatic: ['out_of_office', 'auto_acknowledgement', 'delayed_notice'],
    bounces: ['hard_bounce', 'soft_bounce', 'block_bounce'],
    opt_outs: ['opt_out', 'complaint'],
  };
  if (scope === 'all') return true;
  if (scope === 'unread') return reply.unread;
  if (scope === 'snoozed') return reply.snoozedUntil !== null;
  if (scope === 'needs_reply') return reply.class === 'human' && !reply.done && reply.snoozedUntil === null && reply.intent !== 'negative';
  return classes[scope]?.includes(reply.class) === true;
}

function stored(server: MailboxInput['smtp']): ServerSettings {
  const { password, ...rest } = server;
  return { ...rest, hasPassword: password !== undefined };
}

/** An engine in memory that answers the whole contract: for component tests and for looking at screens without sending. */
export function createFakeEngine(state: FakeState = busyState()) {
  const listeners = new Set<(message: LiveMessage) => void>();
  const announce = (message: LiveMessage) => {
    for (const listener of listeners) listener(message);
  };
  const unused = (): never => fail('wrong_state', 'The fake engine does not do this.');
  let ids = 0;
  const newId = () => `new-${(ids += 1)}`;
  const times = { createdAt: fakeNow, updatedAt: fakeNow };

  const os = implement(contract).use(async ({ next, path }, input) => {
    const name = path.join('.');
    state.calls.push({ name, input });
    const failure = state.failing[name];
    if (failure) fail(failure.code, failure.message, failure.data);
    if (state.hanging.has(name)) await new Promise(() => undefined);
    return next();
  });

  const findContacts = (input: PageQuery & { status?: string | undefined }) =>
    page(
      state.contacts.filter((contact) => (!input.status || contact.status === input.status) && (!input.q || contact.email.includes(input.q))),
      input,
    );
  const changeProvider = (id: string, patch: Partial<Provider>): Provider => {
    const provider = { ...pick(state.providers, id), ...patch };
    state.providers = state.providers.map((each) => (each.id === id ? provider : each));
    return provider;
  };
  const idleWriting: Writing = { id: null, state: 'idle', done: 0, total: 0 };
  const reviewOf = (delivery: Delivery): Review => ({
    ...{ delivery, subject: delivery.subject ?? '', text: 'Hello Anna', hash: 'a'.repeat(64), changed: false, personal: state.personal[delivery.id] ?? null },
  });
  const waitingReviews = () => state.deliveries.filter(({ state: at, why }) => at === 'held' && why?.code === 'approval').map(reviewOf);
  const approved = (id: string) => change(state.deliveries, id, { state: 'planned', why: { code: 'slot', until: fakeNow, detail: null } });
  const rewritten = (id: string, values: Partial<PersonalText>): Review => {
    const before = state.personal[id];
    if (before !== undefined) state.personal[id] = { ...before, ...values, state: 'written' };
    return reviewOf(pick(state.deliveries, id));
  };
  const noSide = {
    mails: [],
    typical: { words: 0, wordsPerSentence: 0, subjectLength: 0, links: 0, questions: 0, aboutYou: null, bulkPhrases: 0 },
    calls: { question: 0, link: 0, none: 0 },
    offers: [],
    gapsDays: [],
    keywords: [],
  };
  const router = os.router({
    comparison: {
      mails: os.comparison.mails.handler(() => ({ items: [] })),
      add: os.comparison.add.handler(() => fail('not_found', 'There is no such mail.')),
      remove: os.comparison.remove.handler(() => fail('not_found', 'There is no such mail.')),
      compare: os.comparison.compare.handler(() => ({ theirs: noSide, ours: noSide, differences: [] })),
      read: os.comparison.read.handler(() => ({ reading: null, model: null, note: 'no_model' as const })),
    },
    assist: {
      providers: os.assist.providers.handler(() => ({ items: state.providers })),
      createProvider: os.assist.createProvider.handler(({ input: { key, ...input } }) => {
        const local = input.url.includes('127.0.0.1');
        const health = { state: local ? 'unknown' : 'needs_consent', detail: '', version: null, checkedAt: null, restingUntil: null } as const;
        const provider = { ...input, id: newId(), hasKey: key !== undefined && key !== '', local, consentAt: null, health };
        state.providers = [...state.providers, provider];
        return provider;
      }),
      updateProvider: os.assist.updateProvider.handler(({ input: { id, key: _key, ...patch } }) =>
        changeProvider(id, Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))),
      ),
      removeProvider: os.assist.removeProvider.handler(({ input }) => {
        state.providers = state.providers.filter(({ id }) => id !== input.id);
        return { id: input.id, deleted: true };
      }),
      orderProviders: os.assist.orderProviders.handler(({ input }) => {
        state.providers = input.ids.map((id) => pick(state.providers, id));
        return { items: state.providers };
      }),
      consent: os.assist.consent.handler(({ input }) => {
        const { health } = pick(state.providers, input.id);
        return changeProvider(input.id, { consentAt: input.agreed ? fakeNow : null, health: { ...health, state: input.agreed ? 'unknown' : 'needs_consent' } });
      }),
      checkProvider: os.assist.checkProvider.handler(({ input }) => pick(state.providers, input.id)),
      testProvider: os.assist.testProvider.handler(() => ({
        ...{ ok: true, model: 'llama3.2:3b', totalMs: 2300, firstTokenMs: 400, tokensPerSecond: 31.5, structured: true, detail: '' },
      })),
      models: os.assist.models.handler(() => ({ items: state.models })),
      removeModel: os.assist.removeModel.handler(({ input }) => {
        state.models = state.models.filter(({ name }) => name !== input.model);
        return { items: state.models };
      }),
      pull: os.assist.pull.handler(({ input }) => {
        const pull: Pull = { id: newId(), providerId: input.id, model: input.model, state: 'running', doneBytes: 0, totalBytes: 0, detail: '', startedAt: fakeNow };
        state.pulls = [pull, ...state.pulls];
        return pull;
      }),
      pulls: os.assist.pulls.handler(() => ({ items: state.pulls })),
      cancelPull: os.assist.cancelPull.handler(({ input }) => {
        state.pulls = state.pulls.map((pull) => (pull.id === input.id ? { ...pull, state: 'cancelled' as const } : pull));
        return pick(state.pulls, input.id);
      }),
      recommendation: os.assist.recommendation.handler(() => recommendModels(16 * 1024 ** 3)),
      rewrite: os.assist.rewrite.handler(async function* ({ input }) {
        yield { kind: 'partial' as const, value: input.text.slice(0, 10) };
        yield { kind: 'done' as const, value: { text: `${input.how}: ${input.text}`, source: 'model' as const, model: 'llama3.2:3b', note: null } };
      }),
      draftSequence: os.assist.draftSequence.handler(async function* ({ input }) {
        yield { kind: 'partial' as const, value: 1 };
        const graph = {
          steps: [{ id: 'mail-1', type: 'email' as const, variants: [{ id: 'A', subject: input.offer, html: '', text: input.goal, weight: 1, active: true }], next: null }],
        };
        yield {
          kind: 'done' as const,
          value: { name: input.offer, graph, source: 'rules' as const, model: null, note: 'no_model' as const, rhythm: null, findings: [] },
        };
      }),
      subjectIdeas: os.assist.subjectIdeas.handler(() => ({
        ideas: [{ subject: 'A question', reason: 'Short', source: 'rules' as const }],
        model: null,
        note: 'no_model' as const,
      })),
      usage: os.assist.usage.handler(() => state.usage),
      clearCache: os.assist.clearCache.handler(() => ({ cleared: true as const })),
    },
    mailboxes: {
      list: os.mailboxes.list.handler(({ input }) => page(state.mailboxes, input)),
      get: os.mailboxes.get.handler(({ input }) => pick(state.mailboxes, input.id)),
      create: os.mailboxes.create.handler(({ input }) => {
        const mailbox = fakeMailbox(state.mailboxes.length, {
          ...input,
          id: newId(),
          smtp: stored(input.smtp),
          imap: input.imap ? stored(input.imap) : null,
          state: 'untested',
          sentToday: 0,
          lastTestAt: null,
          inboxCheckedAt: null,
          ...times,
        });
        state.mailboxes.push(mailbox);
        return mailbox;
      }),
      update: os.mailboxes.update.handler(({ input }) => {
        const { smtp, imap, limits, ...patch } = defined(input);
        const kept = state.mailboxes.find((each) => each.id === input.id)?.limits;
        const merged = limits === undefined || kept === undefined ? {} : { limits: { ...kept, ...defined(limits) } };
        return change(state.mailboxes, input.id, { ...patch, ...merged, ...(smtp ? { smtp: stored(smtp) } : {}), ...(imap ? { imap: stored(imap) } : {}) });
      }),
      remove: os.mailboxes.remove.handler(({ input }) => drop(state.mailboxes, input.id)),
      test: os.mailboxes.test.handler(() => state.mailboxTest),
      testSettings: os.mailboxes.testSettings.handler(() => state.mailboxTest),
      pause: os.mailboxes.pause.handler(({ input }) => change(state.mailboxes, input.id, { state: 'paused', pausedUntil: input.until })),
      resume: os.mailboxes.resume.handler(({ input }) => change(state.mailboxes, input.id, { state: 'ready', pausedUntil: null })),
      checkInbox: os.mailboxes.checkInbox.handler(() => ({ found: 0, checkedAt: fakeNow })),
      discover: os.mailboxes.discover.handler(({ input }) => ({ address: input.address, candidates: state.discovered })),
      health: os.mailboxes.health.handler(() => state.domainHealth),
      checkHealth: os.mailboxes.checkHealth.handler(() => state.domainHealth),
      dkimRecord: os.mailboxes.dkimRecord.handler(({ input }) => {
        const { dkim } = pick(state.mailboxes, input.id);
        return dkim === null ? null : { type: 'TXT' as const, name: `${dkim.selector}._domainkey.${dkim.domain}`, value: 'v=DKIM1; k=rsa; p=AAAA' };
      }),
      startSignIn: os.mailboxes.startSignIn.handler(unused),
      getSignIn: os.mailboxes.getSignIn.handler(unused),
      cancelSignIn: os.mailboxes.cancelSignIn.handler(unused),
      signOut: os.mailboxes.signOut.handler(({ input }) => change(state.mailboxes, input.id, { oauth: null })),
    },
    subscribers: {
      list: os.subscribers.list.handler(({ input }) => findContacts(input)),
      query: os.subscribers.query.handler(({ input }) => findContacts(input)),
      create: os.subscribers.create.handler(({ input }) => {
        const contact = fakeContact(0, { ...input, consentSource: input.consentSource ?? '', consentAt: input.consentAt ?? null, id: newId(), source: 'by hand', ...times });
        state.contacts.push(contact);
        return contact;
      }),
      get: os.subscribers.get.handler(({ input }) => ({ ...pick(state.contacts, input.id), lists: state.lists.map(({ id, name }) => ({ id, name })), otherAddresses: [] })),
      duplicates: os.subscribers.duplicates.handler(() => ({ items: [], total: 0 })),
      dismissDuplicate: os.subscribers.dismissDuplicate.handler(unused),
      previewMerge: os.subscribers.previewMerge.handler(unused),
      merge: os.subscribers.merge.handler(unused),
      update: os.subscribers.update.handler(({ input }) => change(state.contacts, input.id, defined(input))),
      remove: os.subscribers.remove.handler(({ input }) => drop(state.contacts, input.id)),
      removeMany: os.subscribers.removeMany.handler(({ input }) => {
        for (const id of input.ids) drop(state.contacts, id);
        return { deleted: input.ids.length };
      }),
      export: os.subscribers.export.handler(({ input }) => new File([JSON.stringify(state.contacts.find(({ id }) => id === input.id))], 'person.json')),
      erase: os.subscribers.erase.handler(({ input }) => {
        for (const id of input.ids) drop(state.contacts, id);
        return { erased: input.ids.length };
      }),
      fields: os.subscribers.fields.handler(() => ({ custom: ['machine'], tags: ['fair-2026'], definitions: [] })),
      defineField: os.subscribers.defineField.handler(({ input }) => ({ ...input, misfits: 0 })),
      forgetField: os.subscribers.forgetField.handler(({ input }) => ({ id: input.name, deleted: true as const })),
      bulk: os.subscribers.bulk.handler(({ input }) => {
        const ids = 'ids' in input.target ? input.target.ids : state.contacts.map(({ id }) => id);
        if (input.action.kind === 'delete') state.contacts = state.contacts.filter(({ id }) => !ids.includes(id));
        const change = {
          id: newId(),
          action: input.action,
          state: 'finished' as const,
          total: ids.length,
          done: ids.length,
          changed: ids.length,
          error: null,
          createdAt: fakeNow,
          finishedAt: fakeNow,
        };
        state.bulkChanges.push(change);
        return change;
      }),
      getBulk: os.subscribers.getBulk.handler(({ input }) => pick(state.bulkChanges, input.id)),
      cancelBulk: os.subscribers.cancelBulk.handler(({ input }) => pick(state.bulkChanges, input.id)),
      undoBulk: os.subscribers.undoBulk.handler(({ input }) => change(state.bulkChanges, input.id, { state: 'undone' })),
      inspectImport: os.subscribers.inspectImport.handler(unused),
      import: os.subscribers.import.handler(unused),
      imports: os.subscribers.imports.handler(({ input }) => page(state.imports, input)),
      getImport: os.subscribers.getImport.handler(({ input }) => pick(state.imports, input.id)),
      cancelImport: os.subscribers.cancelImport.handler(({ input }) => change(state.imports, input.id, { state: 'cancelled' })),
      inspectPath: os.subscribers.inspectPath.handler(unused),
      watchedFiles: os.subscribers.watchedFiles.handler(() => ({ items: [] })),
      watchFile: os.subscribers.watchFile.handler(unused),
      runWatchedFile: os.subscribers.runWatchedFile.handler(unused),
      unwatchFile: os.subscribers.unwatchFile.handler(unused),
      rejectedRows: os.subscribers.rejectedRows.handler(() => new File(['line,reason\r\n'], 'rejected.csv', { type: 'text/csv' })),
    },
    segments: {
      list: os.segments.list.handler(() => ({ items: state.segments })),
      create: os.segments.create.handler(({ input }) => {
        const segment = { id: newId(), ...input, ...times };
        state.segments.push(segment);
        return segment;
      }),
      get: os.segments.get.handler(({ input }) => pick(state.segments, input.id)),
      update: os.segments.update.handler(({ input }) => change(state.segments, input.id, defined(input))),
      remove: os.segments.remove.handler(({ input }) => drop(state.segments, input.id)),
      count: os.segments.count.handler(() => ({ count: state.contacts.length })),
      countFilter: os.segments.countFilter.handler(() => ({ count: state.contacts.length })),
    },
    lists: {
      list: os.lists.list.handler(({ input }) => page(state.lists, input)),
      create: os.lists.create.handler(({ input }) => {
        const list = { id: newId(), name: input.name, contacts: input.contactIds?.length ?? 0, ...times };
        state.lists.push(list);
        return list;
      }),
      get: os.lists.get.handler(({ input }) => pick(state.lists, input.id)),
      update: os.lists.update.handler(({ input }) => change(state.lists, input.id, { name: input.name })),
      remove: os.lists.remove.handler(({ input }) => drop(state.lists, input.id)),
      addContacts: os.lists.addContacts.handler(({ input }) => change(state.lists, input.id, { contacts: pick(state.lists, input.id).contacts + input.contactIds.length })),
      removeContacts: os.lists.removeContacts.handler(({ input }) => change(state.lists, input.id, { contacts: pick(state.lists, input.id).contacts - input.contactIds.length })),
    },
    suppressions: {
      list: os.suppressions.list.handler(({ input }) => page(state.suppressions, input)),
      create: os.suppressions.create.handler(({ input }) => {
        const suppression: Suppression = {
          id: newId(),
          kind: input.value.includes('@') ? 'address' : 'domain',
          value: input.value,
          reason: input.reason,
          note: input.note,
          createdAt: fakeNow,
        };
        state.suppressions.push(suppression);
        return suppression;
      }),
      remove: os.suppressions.remove.handler(({ input }) => drop(state.suppressions, input.id)),
    },
    files: {
      list: os.files.list.handler(({ input }) => page(state.files, input)),
      upload: os.files.upload.handler(({ input }) => {
        const file: MailFile = { id: newId(), name: input.file.name, mediaType: input.file.type, size: input.file.size, sha256: '', createdAt: fakeNow };
        state.files.push(file);
        return file;
      }),
      get: os.files.get.handler(({ input }) => pick(state.files, input.id)),
      content: os.files.content.handler(({ input }) => new File(['x'], pick(state.files, input.id).name)),
      remove: os.files.remove.handler(({ input }) => drop(state.files, input.id)),
    },
    templates: {
      list: os.templates.list.handler(({ input }) =>
        page(
          state.templates.filter(({ kind }) => input.kind === undefined || kind === input.kind),
          input,
        ),
      ),
      create: os.templates.create.handler(({ input }) => {
        const template = { id: newId(), ...input, ...times };
        state.templates.push(template);
        return template;
      }),
      get: os.templates.get.handler(({ input }) => pick(state.templates, input.id)),
      update: os.templates.update.handler(({ input }) => change(state.templates, input.id, defined(input))),
      remove: os.templates.remove.handler(({ input }) => drop(state.templates, input.id)),
    },
    sequences: {
      list: os.sequences.list.handler(({ input }) => page(state.sequences, input)),
      create: os.sequences.create.handler(({ input }) => {
        const sequence: Sequence = {
          id: newId(),
          name: input.name,
          description: input.description,
          status: 'draft',
          draft: input.graph,
          draftChanged: true,
          activeVersion: null,
          activeVersionId: null,
          issues: [],
          ...times,
        };
        state.sequences.push(sequence);
        return sequence;
      }),
      get: os.sequences.get.handler(({ input }) => pick(state.sequences, input.id)),
      update: os.sequences.update.handler(({ input }) => {
        const { graph, ...patch } = defined(input);
        return change(state.sequences, input.id, { ...patch, ...(graph ? { draft: graph, draftChanged: true } : {}) });
      }),
      remove: os.sequences.remove.handler(({ input }) => drop(state.sequences, input.id)),
      activate: os.sequences.activate.handler(({ input }) => {
        const version = (pick(state.sequences, input.id).activeVersion ?? 0) + 1;
        return change(state.sequences, input.id, { status: 'active', draftChanged: false, activeVersion: version, activeVersionId: `version-${version}` });
      }),
      duplicate: os.sequences.duplicate.handler(({ input }) => {
        const copy = { ...pick(state.sequences, input.id), id: newId() };
        state.sequences.push(copy);
        return copy;
      }),
      preview: os.sequences.preview.handler(({ input }) => ({
        subject: input.variant.subject,
        html: input.variant.html,
        text: input.variant.text,
        from: 'Mara Holt <mara@studio.example.com>',
        to: 'anna.lindqvist@birchvale.example.com',
        headers: [],
        sameThread: !input.isFirst && input.variant.subject === '',
        suppressed: null,
        missing: [],
        attachments: (input.attachments ?? []).map((attachment) => {
          const file = attachment.kind === 'file' ? state.files.find(({ id }) => id === attachment.fileId) : undefined;
          const path = attachment.kind === 'path' ? attachment.path : null;
          return { name: file?.name ?? path, path, size: file?.size ?? null, problem: file === undefined ? 'The file was not found.' : null };
        }),
        issues: [],
      })),
      check: os.sequences.check.handler(() => ({ issues: state.issues })),
      previewPeople: os.sequences.previewPeople.handler(() => ({ items: [] })),
      checkLinks: os.sequences.checkLinks.handler(({ input }) => ({ items: input.urls.map((url) => ({ url, to: null, problem: null })) })),
      mergeTags: os.sequences.mergeTags.handler(() => ({ tags: [{ tag: '{{ first_name }}', label: 'First name', example: 'Anna' }] })),
      versions: os.sequences.versions.handler(() => ({ items: state.versions })),
      diff: os.sequences.diff.handler(() => ({ changes: state.changes })),
      restore: os.sequences.restore.handler(({ input }) => pick(state.sequences, input.id)),
      export: os.sequences.export.handler(() => new File(['format: homing-sequence-1'], 'sequence.yaml')),
      import: os.sequences.import.handler(({ input }) => {
        const { name, description, steps } = readSequenceFile(input.text);
        const made = {
          id: newId(),
          name,
          description,
          status: 'draft' as const,
          draft: { steps },
          draftChanged: true,
          activeVersion: null,
          activeVersionId: null,
          issues: [],
          ...times,
        };
        state.sequences.push(made);
        return made;
      }),
      fileSchema: os.sequences.fileSchema.handler(() => ({})),
      gallery: os.sequences.gallery.handler(() => ({ items: readGallery() })),
      numbers: os.sequences.numbers.handler(() => ({ items: state.numbers })),
      recommendations: os.sequences.recommendations.handler(() => ({ items: [], undecided: [] })),
      testSend: os.sequences.testSend.handler(({ input }) => {
        state.deliveries.push(fakeDelivery(0, { id: 'delivery-test', kind: 'test', state: 'sent', why: null, recipient: input.to, sentAt: fakeNow, answer: '250 queued' }));
        return { deliveryId: 'delivery-test' };
      }),
    },
    campaigns: {
      list: os.campaigns.list.handler(({ input }) =>
        page(
          state.campaigns.filter((campaign) => !input.status || campaign.status === input.status),
          input,
        ),
      ),
      create: os.campaigns.create.handler(({ input }) => {
        const campaign = fakeCampaign(state.campaigns.length, { ...input, id: newId(), status: 'draft', launchedAt: null, nextSlotAt: null, ...times });
        state.campaigns.push(campaign);
        return campaign;
      }),
      get: os.campaigns.get.handler(({ input }) => pick(state.campaigns, input.id)),
      update: os.campaigns.update.handler(({ input }) =>
        change(state.campaigns, input.id, { ...defined({ ...input, rules: undefined }), rules: { ...pick(state.campaigns, input.id).rules, ...defined(input.rules ?? {}) } }),
      ),
      remove: os.campaigns.remove.handler(({ input }) => drop(state.campaigns, input.id)),
      preflight: os.campaigns.preflight.handler(() => ({ ok: true, items: [], people: state.contacts.length, leftOut: [], firstSlotAt: fakeNow + hour })),
      forecast: os.campaigns.forecast.handler(() => fakeForecast()),
      launch: os.campaigns.launch.handler(({ input }) => change(state.campaigns, input.id, { status: 'running', launchedAt: fakeNow })),
      pause: os.campaigns.pause.handler(({ input }) => change(state.campaigns, input.id, { status: 'paused' })),
      resume: os.campaigns.resume.handler(({ input }) => change(state.campaigns, input.id, { status: 'running' })),
      stop: os.campaigns.stop.handler(({ input }) => change(state.campaigns, input.id, { status: 'stopped' })),
      migration: os.campaigns.migration.handler(() => state.migration),
      migrate: os.campaigns.migrate.handler(() => state.migration),
      stranded: os.campaigns.stranded.handler(() => state.stranded),
      moveMailbox: os.campaigns.moveMailbox.handler(({ input }) => {
        const moved = state.stranded.mailboxes.filter(({ mailboxId }) => input.from.includes(mailboxId));
        state.stranded = { ...state.stranded, mailboxes: state.stranded.mailboxes.filter((mailbox) => !moved.includes(mailbox)) };
        return { moveId: 'move-1', people: moved.reduce((sum, { firstMails, followUps }) => sum + firstMails + followUps, 0), stayed: 0 };
      }),
      undoMove: os.campaigns.undoMove.handler(() => ({ people: 2, stayed: 1 })),
      enrol: os.campaigns.enrol.handler(({ input }) => ({ enrolled: input.contactIds.length, leftOut: 0 })),
    },
    enrolments: {
      list: os.enrolments.list.handler(({ input }) => page(state.enrolments, input)),
      get: os.enrolments.get.handler(({ input }) => pick(state.enrolments, input.id)),
      stop: os.enrolments.stop.handler(({ input }) => change(state.enrolments, input.id, { state: 'stopped', reason: 'by_hand' })),
      pause: os.enrolments.pause.handler(({ input }) => change(state.enrolments, input.id, { state: 'paused', pausedUntil: input.until })),
      resume: os.enrolments.resume.handler(({ input }) => change(state.enrolments, input.id, { state: 'active', pausedUntil: null })),
    },
    tasks: {
      list: os.tasks.list.handler(({ input }) =>
        page(
          state.tasks.filter((task) => task.state === input.state && (input.due === undefined || task.dueAt <= fakeNow === input.due)),
          input,
        ),
      ),
      done: os.tasks.done.handler(({ input }) => change(state.tasks, input.id, { state: 'done' })),
      skip: os.tasks.skip.handler(({ input }) => change(state.tasks, input.id, { state: 'skipped' })),
      snooze: os.tasks.snooze.handler(({ input }) => change(state.tasks, input.id, { dueAt: input.until })),
    },
    reviews: {
      list: os.reviews.list.handler(({ input }) => {
        const items = waitingReviews();
        const groups = items.slice(0, 1).map(({ delivery }) => ({
          ...{ campaignId: delivery.campaignId ?? '', campaignName: delivery.campaignName ?? '', stepId: delivery.stepId ?? '', stepNumber: 1 },
          ...{ count: items.length, waiting: items.filter(({ personal }) => personal?.state === 'waiting').length },
        }));
        return { items: items.slice(0, input.limit), total: items.length, groups };
      }),
      approve: os.reviews.approve.handler(({ input }) => approved(input.id)),
      approveAll: os.reviews.approveAll.handler(() => {
        const items = waitingReviews();
        for (const { delivery } of items) approved(delivery.id);
        return { done: items.length, left: 0, reasons: [] };
      }),
      edit: os.reviews.edit.handler(({ input }) => rewritten(input.id, { text: input.text, source: 'person' })),
      regenerate: os.reviews.regenerate.handler(({ input }) => rewritten(input.id, { text: 'Another text', source: 'model' })),
      useFallback: os.reviews.useFallback.handler(({ input }) => approved(input.id)),
      writing: os.reviews.writing.handler(() => idleWriting),
      write: os.reviews.write.handler(() => idleWriting),
      cancel: os.reviews.cancel.handler(() => idleWriting),
    },
    webhooks: {
      failed: os.webhooks.failed.handler(() => ({ items: [] })),
      retry: os.webhooks.retry.handler(({ input }) => ({ id: input.id })),
    },
    deliveries: {
      list: os.deliveries.list.handler(({ input }) => {
        const states = input.state === undefined ? null : [input.state].flat();
        return page(
          state.deliveries.filter(
            (delivery) =>
              (!states || states.includes(delivery.state)) &&
              (!input.kind || delivery.kind === input.kind) &&
              (!input.heldFor || (delivery.state === 'held' && delivery.why?.code === input.heldFor)) &&
              (!input.campaignId || delivery.campaignId === input.campaignId) &&
              (!input.q || delivery.recipient.includes(input.q)),
          ),
          input,
        );
      }),
      get: os.deliveries.get.handler(({ input }) => pick(state.deliveries, input.id)),
      retry: os.deliveries.retry.handler(({ input }) => change(state.deliveries, input.id, { state: 'planned', why: { code: 'slot', until: fakeNow, detail: null } })),
      drop: os.deliveries.drop.handler(({ input }) => change(state.deliveries, input.id, { state: 'cancelled', why: null, finalReason: 'by_hand' })),
      text: os.deliveries.text.handler(({ input }) => {
        const { recipient, subject } = pick(state.deliveries, input.id);
        return { recipient, subject: subject ?? '', text: 'Hello Anna', html: '' };
      }),
      edit: os.deliveries.edit.handler(({ input: { id, recipient, subject } }) =>
        change(state.deliveries, id, { state: 'planned', recipient, subject, why: { code: 'slot', until: fakeNow, detail: null } }),
      ),
      retryMany: os.deliveries.retryMany.handler(({ input }) => {
        const chosen = state.deliveries.filter((each) => ('ids' in input ? input.ids.includes(each.id) : each.state === 'failed'));
        for (const { id } of chosen) change(state.deliveries, id, { state: 'planned', why: { code: 'slot', until: fakeNow, detail: null } });
        return { done: chosen.length, left: 0, reasons: [] };
      }),
      dropMany: os.deliveries.dropMany.handler(({ input }) => {
        const chosen = state.deliveries.filter((each) => ('ids' in input ? input.ids.includes(each.id) : each.state === 'failed'));
        for (const { id } of chosen) change(state.deliveries, id, { state: 'cancelled', why: null, finalReason: 'by_hand' });
        return { done: chosen.length, left: 0, reasons: [] };
      }),
      resolve: os.deliveries.resolve.handler(({ input }) =>
        change(state.deliveries, input.id, { state: input.outcome === 'sent' ? 'sent' : input.outcome === 'cancel' ? 'cancelled' : 'planned', why: null }),
      ),
    },
    replies: {
      list: os.replies.list.handler(({ input }) => {
        const classes = input.class === undefined ? null : [input.class].flat();
        const matching = state.replies.filter(
          (reply) => (!classes || classes.includes(reply.class)) && (input.unread === undefined || reply.unread === input.unread) && (!input.q || reply.snippet.includes(input.q)),
        );
        return { ...page(matching, input), unread: state.replies.filter((reply) => reply.unread).length };
      }),
      get: os.replies.get.handler(({ input }) => pick(state.replies, input.id)),
      update: os.replies.update.handler(({ input }) =>
        change(state.replies, input.id, { ...defined(input), ...(input.class ? { source: 'person' as const, confidence: 1 } : {}) }),
      ),
      respond: os.replies.respond.handler(({ input }) => {
        const answer = fakeDelivery(0, { id: newId(), kind: 'reply', state: 'planned', slotAt: fakeNow + input.undoSeconds * 1000 });
        state.deliveries.push(answer);
        return { deliveryId: answer.id, slotAt: answer.slotAt };
      }),
      brief: os.replies.brief.handler(({ input }) => ({ ...state.brief, ...(input.think ? {} : { summary: null, reason: null, source: 'rules' as const, model: null }) })),
      draft: os.replies.draft.handler(({ input }) => ({ ...state.replyDraft, text: state.replyDraft.text.replace('{n}', String(input.variation)) })),
      snooze: os.replies.snooze.handler(({ input }) => change(state.replies, input.id, { snoozedUntil: input.until })),
      done: os.replies.done.handler(({ input }) => change(state.replies, input.id, { done: input.done, snoozedUntil: null })),
      conversations: os.replies.conversations.handler(({ input }) => {
        const found = (scope: ConversationScope) => state.replies.filter((reply) => inScope(reply, scope) && (!input.q || reply.snippet.includes(input.q)));
        const conversations = found(input.scope).map((latest) => ({
          key: latest.id,
          latest,
          messages: 1,
          unread: latest.unread ? 1 : 0,
          needsReply: inScope(latest, 'needs_reply'),
          snoozedUntil: latest.snoozedUntil,
        }));
        const counts = Object.fromEntries(conversationScopes.map((scope) => [scope, found(scope).length])) as Record<ConversationScope, number>;
        return { ...page(conversations, input), counts };
      }),
    },
    events: {
      list: os.events.list.handler(({ input }) => page(state.events.filter((event) => !input.deliveryId || event.deliveryId === input.deliveryId).toReversed(), input)),
      live: os.events.live.handler(async function* ({ signal }) {
        const queue: LiveMessage[] = [{ kind: 'heartbeat', at: fakeNow, cursor: state.events.length }];
        let wake: () => void = () => undefined;
        const listener = (message: LiveMessage) => {
          queue.push(message);
          wake();
        };
        listeners.add(listener);
        try {
          while (!signal?.aborted) {
            const message = queue.shift();
            if (message) yield message;
            else
              await new Promise<void>((resolve) => {
                wake = resolve;
                signal?.addEventListener('abort', () => resolve(), { once: true });
              });
          }
        } finally {
          listeners.delete(listener);
        }
      }),
    },
    settings: {
      get: os.settings.get.handler(() => state.settings),
      update: os.settings.update.handler(({ input }) => (state.settings = { ...state.settings, ...defined(input) })),
    },
    workspace: {
      get: os.workspace.get.handler(() => state.workspace),
      dashboard: os.workspace.dashboard.handler(() => dashboard(state)),
      needsYou: os.workspace.needsYou.handler(() => ({ items: state.needsYou })),
      pauseSending: os.workspace.pauseSending.handler(({ input }) => (state.workspace = { ...state.workspace, sendingPausedUntil: input.until ?? 8_640_000_000_000_000 })),
      resumeSending: os.workspace.resumeSending.handler(() => (state.workspace = { ...state.workspace, sendingPausedUntil: null })),
      unlock: os.workspace.unlock.handler(({ input }) => {
        if (input.passphrase !== 'correct horse battery') fail('validation', 'That is not the passphrase.', { fields: { passphrase: 'That is not the passphrase.' } });
        return (state.workspace = { ...state.workspace, secrets: 'unlocked' });
      }),
      setPassphrase: os.workspace.setPassphrase.handler(() => (state.workspace = { ...state.workspace, secretsKeptBy: 'passphrase' })),
      openPractice: os.workspace.openPractice.handler(() => ({ url: null })),
      setTimeLapse: os.workspace.setTimeLapse.handler(({ input }) => (state.workspace = { ...state.workspace, timeLapse: input.factor })),
    },
    analytics: {
      trend: os.analytics.trend.handler(() => ({
        zone: 'UTC',
        unit: 'day' as const,
        series: [{ day: '2026-03-02', sent: 4, replied: 1, bounced: 0, unsubscribed: 0 }],
        replyHours: Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0)),
      })),
      breakdown: os.analytics.breakdown.handler(() => state.breakdown),
      copyAdvice: os.analytics.copyAdvice.handler(() => ({ figures: { words: 1, lix: 20, questions: 0, links: 0, aboutYou: null, call: 'none' as const }, advice: [] })),
      workedBefore: os.analytics.workedBefore.handler(() => ({ items: [], mails: 0, least: 20, own: [], model: null, note: null })),
      table: os.analytics.table.handler(({ input }) => new File(['table\r\n'], `${input.table}.csv`, { type: 'text/csv' })),
    },
    team: {
      me: os.team.me.handler(() => launchOwner),
      list: os.team.list.handler(() => ({ items: [launchOwner] })),
      add: os.team.add.handler(({ input }) => ({ profile: { id: newId(), createdAt: fakeNow, ...input }, token: 'T'.repeat(43) })),
      update: os.team.update.handler(({ input }) => ({ ...launchOwner, ...defined(input) })),
      renewToken: os.team.renewToken.handler(() => ({ profile: launchOwner, token: 'T'.repeat(43) })),
      remove: os.team.remove.handler(({ input }) => ({ id: input.id, deleted: true as const })),
    },
    reports: {
      deliveries: os.reports.deliveries.handler(() => new File(['recipient,state\r\n'], 'deliveries.csv', { type: 'text/csv' })),
      replies: os.reports.replies.handler(() => new File(['from,class\r\n'], 'replies.csv', { type: 'text/csv' })),
      campaign: os.reports.campaign.handler(() => new File(['email,state\r\n'], 'campaign.csv', { type: 'text/csv' })),
    },
  });

  return { state, router, client: createRouterClient(router), announce };
}

function dashboard(state: FakeState) {
  const busy = state.deliveries.length > 0;
  return {
    today: busy ? { sent: 31, replied: 2, bounced: 1, unsubscribed: 0 } : { sent: 0, replied: 0, bounced: 0, unsubscribed: 0 },
    totals: { contacts: state.contacts.length, mailed: busy ? 140 : 0, sent: busy ? 310 : 0, replied: busy ? 9 : 0, bounced: busy ? 3 : 0, unsubscribed: busy ? 1 : 0 },
    series: Array.from({ length: 30 }, (_, index) => ({
      day: new Date(fakeNow - (29 - index) * day).toISOString().slice(0, 10),
      sent: busy ? ([0, 34, 41, 38, 29, 44, 0][index % 7] ?? 0) : 0,
      replied: busy ? ([0, 1, 3, 2, 0, 4, 1][index % 7] ?? 0) : 0,
      bounced: busy && index % 9 === 4 ? 1 : 0,
      unsubscribed: 0,
    })),
    zone: 'Europe/Berlin',
    nextSends: state.deliveries.filter((delivery) => delivery.state === 'planned').slice(0, 8),
    waiting: state.deliveries.filter((delivery) => ['planned', 'held', 'deferred', 'unknown'].includes(delivery.state)).length,
    runningCampaigns: state.campaigns.filter((campaign) => campaign.status === 'running').length,
    needsYou: state.needsYou.slice(0, 8),
  };
}
