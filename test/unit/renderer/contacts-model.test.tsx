import { describe, expect, it } from 'vitest';
import {
  canGo,
  customName,
  importPercent,
  importRequest,
  mappingProblems,
  reduceWizard,
  startWizard,
  type WizardAction,
  type WizardState,
} from '../../../renderer/features/contacts/model/import-wizard.ts';
import {
  compared,
  comparisonOf,
  comparisonsFor,
  completed,
  groupWith,
  hasIncomplete,
  matchOf,
  newGroup,
  noRules,
  ruleAbout,
  sameFilter,
  subjectOf,
} from '../../../renderer/features/contacts/model/segment-rules.ts';
import type { SegmentFilter, SegmentLeaf } from '../../../shared/schemas/segment.ts';
import { contactTimeline } from '../../../renderer/features/contacts/model/timeline.ts';
import { importMappingSchema, type ImportInspection, type ImportRun } from '../../../shared/schemas/contact.ts';
import type { Delivery } from '../../../shared/schemas/delivery.ts';
import type { DomainEvent, EventType } from '../../../shared/schemas/event.ts';
import type { Reply } from '../../../shared/schemas/reply.ts';

const inspection: ImportInspection = {
  uploadId: 'up-1',
  fileName: 'people.csv',
  bytes: 1000,
  format: 'csv',
  encoding: 'utf-8',
  sheets: [],
  sheet: null,
  delimiter: ';',
  headerLine: 1,
  columns: [
    { index: 0, name: 'E-Mail', samples: ['anna@example.com'] },
    { index: 1, name: 'Vorname', samples: ['Anna'] },
    { index: 2, name: 'Kunden Nr.', samples: ['17'] },
    { index: 3, name: '', samples: [''] },
  ],
  mapping: { '0': 'email', '1': 'first_name' },
};

function runOf(fields: Partial<ImportRun>): ImportRun {
  return {
    id: 'run-1',
    fileName: 'people.csv',
    dryRun: false,
    mode: 'skip',
    state: 'finished',
    bytesTotal: 1000,
    bytesRead: 1000,
    rows: 10,
    created: 8,
    updated: 0,
    unchanged: 1,
    duplicates: 0,
    rejected: 1,
    suppressed: 0,
    rejectedSample: [],
    addresses: null,
    notes: [],
    error: null,
    startedAt: 1,
    finishedAt: 2,
    ...fields,
  };
}

function play(...actions: WizardAction[]): WizardState {
  return actions.reduce(reduceWizard, startWizard());
}

describe('import wizard', () => {
  it('proposes a custom field for a column without a guess and ignores one without a name', () => {
    const state = play({ type: 'inspected', inspection, path: null });
    expect(state.stage).toBe('mapping');
    expect(state.mapping).toEqual({ '0': 'email', '1': 'first_name', '2': 'custom:kunden_nr', '3': 'ignore' });
    expect(importMappingSchema.safeParse(state.mapping).success).toBe(true);
  });

  it('gives a standard field to one column only', () => {
    const state = play({ type: 'inspected', inspection, path: null }, { type: 'map', column: 2, target: 'email' });
    expect(state.mapping).toMatchObject({ '0': 'ignore', '2': 'email' });
  });

  it('does not go on without an address column, an unnamed or a doubled custom field', () => {
    const noEmail = play({ type: 'inspected', inspection, path: null }, { type: 'map', column: 0, target: 'ignore' }, { type: 'go', stage: 'options' });
    expect(noEmail.stage).toBe('mapping');
    expect(mappingProblems(noEmail.mapping)).toEqual([{ problem: 'no_email', columns: [] }]);
    expect(mappingProblems({ '0': 'email', '1': 'custom: ' as 'custom:x' })).toEqual([{ problem: 'custom_name', columns: [1] }]);
    expect(play({ type: 'inspected', inspection, path: null }, { type: 'go', stage: 'options' }).stage).toBe('options');
  });

  it('imports only after a finished dry run of the same settings', () => {
    const checked = play({ type: 'inspected', inspection, path: null }, { type: 'go', stage: 'options' }, { type: 'dry-run', run: runOf({ dryRun: true }) });
    expect(checked.stage).toBe('check');
    expect(canGo(checked, 'import')).toBe(true);
    expect(canGo(reduceWizard(checked, { type: 'mode', mode: 'overwrite' }), 'import')).toBe(false);
    expect(canGo(reduceWizard(checked, { type: 'tags', tags: ['x'] }), 'import')).toBe(false);
    const nothing = reduceWizard(checked, { type: 'dry-run', run: runOf({ dryRun: true, created: 0, unchanged: 0 }) });
    expect(canGo(nothing, 'import')).toBe(false);
  });

  it('shows the report when a run ends, also a cancelled one, and cannot go back to import it twice', () => {
    const base = play({ type: 'inspected', inspection, path: null }, { type: 'dry-run', run: runOf({ dryRun: true }) });
    const running = reduceWizard(base, { type: 'run', run: runOf({ state: 'running', bytesRead: 250 }) });
    expect(running).toMatchObject({ stage: 'import', busy: true });
    expect(importPercent(runOf({ state: 'running', bytesRead: 250 }))).toBe(25);
    const done = reduceWizard(running, { type: 'run', run: runOf({ state: 'cancelled' }) });
    expect(done).toMatchObject({ stage: 'report', busy: false });
    expect(['file', 'mapping', 'options', 'check'].map((stage) => canGo(done, stage as 'file'))).toEqual([false, false, false, false]);
    expect(reduceWizard(done, { type: 'restart' })).toEqual(startWizard());
  });

  it('asks for a list only where one was chosen', () => {
    const base = play({ type: 'inspected', inspection, path: null }, { type: 'go', stage: 'options' });
    expect(importRequest(base, true)).toEqual({ uploadId: 'up-1', mapping: base.mapping, mode: 'skip', dryRun: true });
    const unnamed = reduceWizard(base, { type: 'list', list: { kind: 'new', name: '  ' } });
    expect(canGo(unnamed, 'check')).toBe(false);
    const named = reduceWizard(reduceWizard(unnamed, { type: 'list', list: { kind: 'new', name: ' Spring ' } }), { type: 'tags', tags: ['fair'] });
    expect(importRequest(named, false)).toMatchObject({ listName: 'Spring', tags: ['fair'], dryRun: false });
    expect(canGo(named, 'check')).toBe(true);
  });

  it('keeps an error beside what was entered', () => {
    const state = play({ type: 'inspected', inspection, path: null }, { type: 'busy' }, { type: 'error', message: 'No connection' });
    expect(state).toMatchObject({ busy: false, error: 'No connection', stage: 'mapping' });
  });

  it('names custom fields', () => {
    expect(customName('  Kunden-Nr. (alt) ')).toBe('kunden_nr_alt');
    expect(customName('Straße')).toBe('straße');
    expect(customName('会社')).toBe('会社');
    expect(customName('!!')).toBe('');
  });
});

describe('rules of a filter', () => {
  const definitions = [{ name: 'seats', type: 'number' as const, choices: [] }];

  it('offer comparisons that fit the field, and keep a value where it still has a meaning', () => {
    const seats = ruleAbout('field:custom.seats', definitions);
    expect(seats).toMatchObject({ kind: 'number', op: 'at_least' });
    expect(comparisonsFor(seats, definitions)).toContain('number:at_most');
    const company = { ...ruleAbout('field:company', definitions), values: ['Acme'] } as SegmentLeaf;
    expect(compared(company, 'text:contains:not')).toMatchObject({ op: 'contains', values: ['Acme'], not: true });
    expect(comparisonsFor(ruleAbout('field:created_at', definitions), definitions)).not.toContain('text:is_empty');
    for (const subject of ['tag', 'list', 'status', 'event:replied', 'field:company', 'field:custom.seats', 'field:last_sent_at'] as const) {
      const rule = ruleAbout(subject, definitions);
      expect(subjectOf(rule)).toBe(subject);
      for (const comparison of comparisonsFor(rule, definitions)) expect(comparisonOf(compared(rule, comparison))).toBe(comparison);
    }
  });

  it('count for nothing while they lack a value, and so does a group of such rules', () => {
    const filter: SegmentFilter = { ...noRules, rules: [newGroup(), { kind: 'tag', tags: ['vip'], not: false }, ruleAbout('field:company', [])] };
    expect(completed(filter).rules).toEqual([{ kind: 'tag', tags: ['vip'], not: false }]);
    expect(hasIncomplete(filter)).toBe(true);
    expect(hasIncomplete(completed(filter))).toBe(false);
  });

  it('read a group as all, at least one, none or not all', () => {
    for (const match of ['all', 'any', 'none', 'not_all'] as const) expect(matchOf(groupWith(newGroup(), match))).toBe(match);
    expect(sameFilter({ version: 1, match: 'all', rules: [] }, { rules: [], match: 'all', version: 1 })).toBe(true);
  });
});

describe('timeline of a contact', () => {
  const event = (id: number, type: EventType, at: number, deliveryId: string | null = null): DomainEvent => ({
    id,
    at,
    type,
    actor: 'engine',
    profileId: null,
    reason: null,
    contactId: 'c',
    enrolmentId: null,
    deliveryId,
    campaignId: null,
    mailboxId: null,
    stepId: null,
    variantId: null,
    data: null,
  });
  const delivery = (id: string, fields: Partial<Delivery>): Delivery => ({
    id,
    kind: 'step',
    state: 'planned',
    why: null,
    campaignId: null,
    campaignName: null,
    enrolmentId: null,
    contactId: 'c',
    contactName: '',
    recipient: 'a@example.com',
    mailboxId: null,
    mailboxName: null,
    stepId: 's',
    stepNumber: 1,
    variantId: 'A',
    subject: 'Hi',
    messageId: null,
    slotAt: 0,
    attempts: 0,
    sentAt: null,
    finalReason: null,
    answerClass: null,
    unknown: null,
    answer: null,
    createdAt: 0,
    updatedAt: 0,
    ...fields,
  });

  it('tells each mail and reply once, newest first, and leaves out the planner’s noise', () => {
    const reply = { id: 'r1', receivedAt: 250 } as Reply;
    const entries = contactTimeline(
      [event(1, 'enrolled', 100), event(2, 'planned', 101, 'd1'), event(3, 'sent', 200, 'd1'), event(4, 'replied', 250)],
      [delivery('d1', { state: 'sent', sentAt: 200 }), delivery('d2', { slotAt: 900, why: { code: 'slot', until: 900, detail: null } })],
      [reply],
    );
    expect(entries.map((entry) => entry.id)).toEqual(['delivery-d2', 'reply-r1', 'event-3', 'event-1']);
    expect(entries[2]).toMatchObject({ kind: 'event', delivery: { id: 'd1' } });
  });
});
