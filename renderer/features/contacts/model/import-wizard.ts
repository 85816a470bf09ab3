import { momentOfDay } from './consent.ts';
import type { ContactField, DedupeMode, ImportInspection, ImportMapping, ImportRun } from '../../../../shared/schemas/contact.ts';

/** The way through an import: choose → map → options → dry run → import → report. Pure; the view does the calls. */
export type WizardStage = 'file' | 'mapping' | 'options' | 'check' | 'import' | 'report';
export const wizardStages: readonly WizardStage[] = ['file', 'mapping', 'options', 'check', 'import', 'report'];

export type ListChoice = { readonly kind: 'none' } | { readonly kind: 'existing'; readonly id: string | null } | { readonly kind: 'new'; readonly name: string };

export interface WizardState {
  readonly stage: WizardStage;
  readonly inspection: ImportInspection | null;
  /** Where the file lies on the computer of the engine; null = it was uploaded. */
  readonly path: string | null;
  readonly mapping: ImportMapping;
  readonly mode: DedupeMode;
  readonly list: ListChoice;
  readonly tags: readonly string[];
  /** Where and when (`YYYY-MM-DD`) these people agreed, where their rows do not say it. */
  readonly consent: { readonly source: string; readonly date: string };
  /** Mistyped domains that are to be written as they were meant. */
  readonly corrections: Readonly<Record<string, string>>;
  readonly dryRun: ImportRun | null;
  readonly run: ImportRun | null;
  /** Something is on its way; buttons wait. */
  readonly busy: boolean;
  readonly error: string | null;
}

export type WizardAction =
  | { readonly type: 'busy' }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'inspected'; readonly inspection: ImportInspection; readonly path: string | null }
  | { readonly type: 'map'; readonly column: number; readonly target: string }
  | { readonly type: 'mode'; readonly mode: DedupeMode }
  | { readonly type: 'list'; readonly list: ListChoice }
  | { readonly type: 'tags'; readonly tags: readonly string[] }
  | { readonly type: 'consent'; readonly consent: WizardState['consent'] }
  | { readonly type: 'correct'; readonly domain: string; readonly meant: string | null }
  | { readonly type: 'go'; readonly stage: WizardStage }
  | { readonly type: 'dry-run'; readonly run: ImportRun }
  | { readonly type: 'run'; readonly run: ImportRun }
  | { readonly type: 'restart' };

export function startWizard(): WizardState {
  return {
    stage: 'file',
    inspection: null,
    path: null,
    mapping: {},
    mode: 'skip',
    list: { kind: 'none' },
    tags: [],
    consent: { source: '', date: '' },
    corrections: {},
    dryRun: null,
    run: null,
    busy: false,
    error: null,
  };
}

export function reduceWizard(state: WizardState, action: WizardAction): WizardState {
  switch (action.type) {
    case 'busy':
      return { ...state, busy: true, error: null };
    case 'error':
      return { ...state, busy: false, error: action.message };
    case 'inspected':
      return {
        ...startWizard(),
        mode: state.mode,
        list: state.list,
        tags: state.tags,
        consent: state.consent,
        stage: 'mapping',
        inspection: action.inspection,
        path: action.path,
        mapping: completeMapping(action.inspection),
      };
    // Whatever changes what the import would do makes an earlier dry run worthless.
    case 'map':
      return { ...state, mapping: assign(state.mapping, action.column, action.target), dryRun: null, error: null };
    case 'mode':
      return { ...state, mode: action.mode, dryRun: null };
    case 'list':
      return { ...state, list: action.list, dryRun: null };
    case 'tags':
      return { ...state, tags: action.tags, dryRun: null };
    case 'consent':
      return { ...state, consent: action.consent, dryRun: null };
    case 'correct': {
      const { [action.domain]: _before, ...others } = state.corrections;
      return { ...state, corrections: action.meant === null ? others : { ...others, [action.domain]: action.meant } };
    }
    case 'go':
      return canGo(state, action.stage) ? { ...state, stage: action.stage, error: null } : state;
    case 'dry-run':
      return { ...state, stage: 'check', dryRun: action.run, busy: action.run.state === 'running', error: null };
    case 'run':
      return { ...state, run: action.run, stage: action.run.state === 'running' ? 'import' : 'report', busy: action.run.state === 'running', error: null };
    case 'restart':
      return startWizard();
  }
}

/** Every column has a place in the mapping; one without a guess is a custom field of its own name. */
function completeMapping(inspection: ImportInspection): ImportMapping {
  const mapping: ImportMapping = {};
  for (const column of inspection.columns) {
    const guess = inspection.mapping[String(column.index)];
    mapping[String(column.index)] = guess ?? (customName(column.name) === '' ? 'ignore' : `custom:${customName(column.name)}`);
  }
  return mapping;
}

/** A standard field stands in one column only: taking it frees the column that had it. */
function assign(mapping: ImportMapping, column: number, target: string): ImportMapping {
  const next: ImportMapping = { ...mapping };
  if (target !== 'ignore') {
    for (const [other, value] of Object.entries(next)) if (value === target && other !== String(column)) next[other] = 'ignore';
  }
  next[String(column)] = target as ImportMapping[string];
  return next;
}

/** The name of a custom field, from whatever a header says: lower snake case, at most 80 characters. */
export function customName(header: string): string {
  return header
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 80);
}

export type MappingProblem = 'no_email' | 'custom_name' | 'same_custom';

/** What keeps a mapping from being used, with the columns at fault. */
export function mappingProblems(mapping: ImportMapping): { problem: MappingProblem; columns: number[] }[] {
  const found: { problem: MappingProblem; columns: number[] }[] = [];
  const entries = Object.entries(mapping).map(([column, target]) => ({ column: Number(column), target: String(target) }));
  if (!entries.some(({ target }) => target === 'email')) found.push({ problem: 'no_email', columns: [] });
  const unnamed = entries.filter(({ target }) => target.startsWith('custom:') && target.slice(7).trim() === '');
  if (unnamed.length > 0) found.push({ problem: 'custom_name', columns: unnamed.map(({ column }) => column) });
  const byName = Map.groupBy(
    entries.filter(({ target }) => target.startsWith('custom:') && target.length > 7),
    ({ target }) => target,
  );
  const twice = [...byName.values()].filter((group) => group.length > 1).flat();
  if (twice.length > 0) found.push({ problem: 'same_custom', columns: twice.map(({ column }) => column) });
  return found;
}

export function listChoiceReady(list: ListChoice): boolean {
  return list.kind === 'none' || (list.kind === 'existing' ? list.id !== null : list.name.trim() !== '');
}

/** Whether a stage may be entered now. Nothing is imported without a finished dry run of the same settings. */
export function canGo(state: WizardState, stage: WizardStage): boolean {
  const mapped = state.inspection !== null && mappingProblems(state.mapping).length === 0;
  switch (stage) {
    case 'file':
      return state.run === null;
    case 'mapping':
      return state.inspection !== null && state.run === null;
    case 'options':
      return mapped && state.run === null;
    case 'check':
      return mapped && listChoiceReady(state.list) && state.run === null;
    case 'import':
      return state.dryRun?.state === 'finished' && importable(state.dryRun) > 0;
    case 'report':
      return state.run !== null && state.run.state !== 'running';
  }
}

/** People an import would write or touch. */
export function importable(run: ImportRun): number {
  return run.created + run.updated + run.unchanged;
}

export interface ImportRequest {
  uploadId: string;
  sheet?: string;
  mapping: ImportMapping;
  mode: DedupeMode;
  dryRun: boolean;
  listId?: string;
  listName?: string;
  tags?: string[];
  consent?: { source: string; at: number | null };
  corrections?: Record<string, string>;
}

export type WatchRequest = Omit<ImportRequest, 'uploadId' | 'dryRun' | 'corrections'> & { path: string };

/** The call that the state means; null while no file was inspected. */
export function importRequest(state: WizardState, dryRun: boolean): ImportRequest | null {
  if (!state.inspection) return null;
  const request: ImportRequest = { uploadId: state.inspection.uploadId, mapping: state.mapping, mode: state.mode, dryRun };
  if (state.inspection.sheet !== null) request.sheet = state.inspection.sheet;
  if (state.list.kind === 'existing' && state.list.id !== null) request.listId = state.list.id;
  if (state.list.kind === 'new' && state.list.name.trim() !== '') request.listName = state.list.name.trim();
  if (state.consent.source.trim() !== '') request.consent = { source: state.consent.source.trim(), at: momentOfDay(state.consent.date) };
  if (state.tags.length > 0) request.tags = [...state.tags];
  // A dry run shows the file as it is, so that every slip stays there to be ticked.
  if (!dryRun && Object.keys(state.corrections).length > 0) request.corrections = { ...state.corrections };
  return request;
}

/** The call that has the file of a finished import watched; null for an upload. */
export function watchRequest(state: WizardState): WatchRequest | null {
  const request = importRequest(state, false);
  if (request === null || state.path === null) return null;
  const { uploadId: _upload, dryRun: _dry, corrections: _corrections, ...plan } = request;
  return { ...plan, path: state.path };
}

/** Part of the file that was read, 0 to 100. */
export function importPercent(run: ImportRun): number {
  if (run.state === 'finished') return 100;
  if (run.bytesTotal === 0) return 0;
  return Math.min(100, (run.bytesRead / run.bytesTotal) * 100);
}

/** Standard fields in the order in which they are offered. */
export const mappableFields: readonly ContactField[] = [
  'email',
  'first_name',
  'last_name',
  'full_name',
  'company',
  'title',
  'phone',
  'website',
  'city',
  'country',
  'time_zone',
  'tags',
  'consent_source',
  'consent_at',
];
