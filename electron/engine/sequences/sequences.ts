import { LRUCache } from 'lru-cache';
import copyWords from '../../../resources/copy-words.json' with { type: 'json' };
import { lintCopy } from '../../../shared/copy-lint.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { GraphIssue, LinkAnswer, Preview, PreviewPerson, Sequence, SequenceGraph, SequenceInput, SequencePatch, Starter, Variant } from '../../../shared/schemas/sequence.ts';
import type { Tx } from '../store/index.ts';
import { createCustomFields } from './custom-fields.ts';
import type { SequencesDeps } from './deps.ts';
import { firstEmails, normaliseGraph, reachableEmails } from '../../../shared/graph.ts';
import { checkLinks } from './link-check.ts';
import { listPage } from './listing.ts';
import { previewPeople } from './preview-people.ts';
import { createPreview, type PreviewInput } from './preview.ts';
import { createVersions, type Versions } from './versions.ts';
import { validateGraph, type KnownThings } from './validate.ts';

interface SequenceRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly draft: string;
  readonly activeVersionId: string | null;
  readonly activeVersion: number | null;
  readonly activeGraph: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const columns = `id, name, description, draft, active_version_id as activeVersionId,
  (select v.number from sequence_versions v where v.id = active_version_id) as activeVersion,
  (select v.graph from sequence_versions v where v.id = active_version_id) as activeGraph,
  created_at as createdAt, updated_at as updatedAt`;

export interface Sequences {
  list(query: PageQuery): Page<Sequence>;
  get(id: string): Sequence;
  create(input: SequenceInput): Sequence;
  /** A graph is written to the draft; versions that were activated never change. */
  update(id: string, patch: SequencePatch): Sequence;
  /** Throws AppError in_use while a campaign uses it. */
  remove(id: string): void;
  /**
   * Makes the draft the active version, under the next number; unchanged since the last activation = nothing happens.
   * Sends nothing. Throws AppError validation, with the blocking issues by field.
   */
  activate(id: string): Sequence;
  duplicate(id: string): Sequence;
  readonly versions: Versions;
  /** The draft as a file that `import` reads back. */
  file(id: string, format: 'yaml' | 'json'): Promise<File>;
  /** A new sequence from a file, YAML or JSON. Throws AppError validation with what is wrong in it. */
  import(text: string): Promise<Sequence>;
  /** The published JSON Schema of the file. */
  fileSchema(): Promise<Record<string, unknown>>;
  /** The sequences that come with the app. */
  gallery(): Promise<Starter[]>;
  check(graph: SequenceGraph): GraphIssue[];
  preview(input: PreviewInput): Promise<Preview>;
  /** Whether web addresses answer, asked from this computer. Never throws. */
  checkLinks(urls: readonly string[]): Promise<LinkAnswer[]>;
  /** People worth seeing a mail for. */
  previewPeople(variant: Pick<Variant, 'subject' | 'html' | 'text'>): PreviewPerson[];
  mergeTags(): { tag: string; label: string; example: string }[];
  /** How many notes a careful reader would make on the mails of a graph (`shared/copy-lint.ts`). */
  copyNotes(graph: SequenceGraph): number;
  /** Fields without which mails by this graph would be held: standard ones by name, custom ones as `custom.x`. */
  requiredFields(graph: SequenceGraph): string[];
}

export function createSequences(deps: SequencesDeps): Sequences {
  const { store, events, clock, ids, composer } = deps;
  const customFields = createCustomFields(deps);
  const checked = new LRUCache<string, GraphIssue[]>({ max: 200, maxSize: 10_000_000, sizeCalculation: (_, key) => key.length + 100 });

  function issuesOf(draft: string): GraphIssue[] {
    const fields = customFields();
    const key = `${fields.join('\u0000')}\u0001${draft}`;
    let issues = checked.get(key);
    if (issues === undefined) {
      const graph = JSON.parse(draft) as SequenceGraph;
      issues = validateGraph(graph, composer, fields, knownOf(graph));
      // What names other records may become right or wrong without a change of its own.
      if (!namesOthers(graph)) checked.set(key, issues);
    }
    return issues;
  }

  function knownOf(graph: SequenceGraph): KnownThings | null {
    if (!namesOthers(graph)) return null;
    const idsOf = (sql: string) => new Set((store.prepareRead(sql).all() as { id: string }[]).map(({ id }) => id));
    return {
      listIds: idsOf('select id from lists'),
      segmentIds: idsOf('select id from segments'),
      activeSequenceIds: idsOf('select id from sequences where active_version_id is not null'),
      hasFile: deps.files.has,
    };
  }

  function present(row: SequenceRow): Sequence {
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      status: row.activeVersionId === null ? 'draft' : 'active',
      draft: JSON.parse(row.draft) as SequenceGraph,
      draftChanged: row.activeGraph !== row.draft,
      activeVersion: row.activeVersion,
      activeVersionId: row.activeVersionId,
      issues: issuesOf(row.draft),
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    };
  }

  function rowIn(tx: Tx, id: string): SequenceRow {
    const row = tx.prepare(`select ${columns} from sequences where id = ?`).get(id) as SequenceRow | undefined;
    if (row === undefined) throw gone();
    return row;
  }

  function insert(input: { name: string; description: string; draft: string }): string {
    const id = ids.next();
    const at = clock.now();
    store.transaction((tx) => {
      tx.prepare('insert into sequences (id, name, description, draft, active_version_id, created_at, updated_at) values (?, ?, ?, ?, null, ?, ?)').run(
        id,
        input.name,
        input.description,
        input.draft,
        at,
        at,
      );
      changed(tx, id, 'created');
    });
    return id;
  }

  function changed(tx: Tx, sequenceId: string, change: 'created' | 'updated' | 'removed'): void {
    events.append(tx, { type: 'sequence_changed', actor: 'person', data: { sequenceId, change } });
  }

  function get(id: string): Sequence {
    const row = store.prepareRead(`select ${columns} from sequences where id = ?`).get(id) as SequenceRow | undefined;
    if (row === undefined) throw gone();
    return present(row);
  }

  return {
    list: (query) => listPage<SequenceRow, Sequence>(store, 'sequences', columns, `name || ' ' || description`, query, present),
    get,
    create(input) {
      return get(insert({ name: input.name, description: input.description, draft: JSON.stringify(normaliseGraph(input.graph)) }));
    },
    update(id, patch) {
      store.transaction((tx) => {
        const row = rowIn(tx, id);
        const draft = patch.graph === undefined ? row.draft : JSON.stringify(normaliseGraph(patch.graph));
        tx.prepare('update sequences set name = ?, description = ?, draft = ?, updated_at = ? where id = ?').run(
          patch.name ?? row.name,
          patch.description ?? row.description,
          draft,
          clock.now(),
          id,
        );
        changed(tx, id, 'updated');
      });
      return get(id);
    },
    remove(id) {
      store.transaction((tx) => {
        rowIn(tx, id);
        const users = tx.prepare('select name from campaigns where sequence_id = ? order by created_at limit 3').all(id) as { name: string }[];
        if (users.length > 0)
          throw new AppError('in_use', `This sequence is used by ${users.map(({ name }) => `“${name}”`).join(', ')}. Delete the campaign first, or keep the sequence.`);
        tx.prepare('delete from sequences where id = ?').run(id);
        changed(tx, id, 'removed');
      });
    },
    activate(id) {
      store.transaction((tx) => {
        const row = rowIn(tx, id);
        const blocking = issuesOf(row.draft).filter((found) => found.blocking);
        if (blocking.length > 0) throw notReady(JSON.parse(row.draft) as SequenceGraph, blocking);
        if (row.activeGraph === row.draft) return;
        const versionId = ids.next();
        const at = clock.now();
        const { n: number } = tx.prepare('select coalesce(max(number), 0) + 1 as n from sequence_versions where sequence_id = ?').get(id) as { n: number };
        tx.prepare('insert into sequence_versions (id, sequence_id, number, graph, created_at) values (?, ?, ?, ?, ?)').run(versionId, id, number, row.draft, at);
        tx.prepare('update sequences set active_version_id = ?, updated_at = ? where id = ?').run(versionId, at, id);
        events.append(tx, { type: 'sequence_activated', actor: 'person', data: { sequenceId: id, versionId, number } });
      });
      return get(id);
    },
    duplicate(id) {
      const original = get(id);
      return get(insert({ name: copyName(original.name), description: original.description, draft: JSON.stringify(original.draft) }));
    },
    versions: createVersions(store),
    async file(id, format) {
      const { writeSequenceFile } = await import('./exchange.ts');
      const { name, description, draft } = get(id);
      const text = writeSequenceFile({ name, description, steps: draft.steps }, format);
      return new File([text], `${fileName(name)}.${format}`, { type: format === 'json' ? 'application/json' : 'application/yaml' });
    },
    async import(text) {
      const { readSequenceFile } = await import('./exchange.ts');
      const { name, description, steps } = readSequenceFile(text);
      return get(insert({ name, description, draft: JSON.stringify(normaliseGraph({ steps })) }));
    },
    fileSchema: async () => (await import('./exchange.ts')).sequenceFileJsonSchema(),
    gallery: async () => (await import('./gallery.ts')).readGallery(),
    check: (graph) => validateGraph(graph, composer, customFields(), knownOf(graph)),
    preview: createPreview(deps, customFields),
    checkLinks: (urls) => checkLinks(urls, deps.fetch),
    previewPeople: (variant) => previewPeople(store, variant),
    mergeTags() {
      const custom = customFields().map((name) => ({
        tag: /^[A-Za-z_][\w-]*$/.test(name) ? `custom.${name}` : `custom["${name.replaceAll('"', '')}"]`,
        label: name,
        example: `[${name}]`,
      }));
      return [...composer.tags.map((tag) => ({ ...tag })), ...custom];
    },
    copyNotes(graph) {
      const first = firstEmails(graph);
      const known = { customFields: customFields(), hasOptOutLine: deps.profile().optOutLine.trim() !== '', words: copyWords };
      return reachableEmails(graph)
        .flatMap((step) => step.variants.filter(({ active, weight }) => active && weight > 0).map((variant) => lintCopy({ ...variant, isFirst: first.has(step.id) }, known).length))
        .reduce((sum, notes) => sum + notes, 0);
    },
    requiredFields(graph) {
      const fields = reachableEmails(graph).flatMap((step) =>
        step.variants.filter(({ active, weight }) => active && weight > 0).flatMap((variant) => composer.requiredFields(variant)),
      );
      return [...new Set(fields)];
    },
  };
}

/** Whether a step names a list or another sequence. */
function namesOthers(graph: SequenceGraph): boolean {
  return graph.steps.some(
    (step) =>
      (step.type === 'email' && step.attachments?.some(({ kind }) => kind === 'file') === true) ||
      (step.type === 'action' && ['add_to_list', 'remove_from_list', 'move_to'].includes(step.action.kind)) ||
      ((step.type === 'condition' || step.type === 'wait_for') && step.branches.some(({ when }) => when.tests.some(({ kind }) => kind === 'list' || kind === 'segment'))),
  );
}

function gone(): AppError {
  return new AppError('not_found', 'There is no such sequence.');
}

/** Letters and digits of any script; what a file system could stumble over becomes a dash. */
function fileName(name: string): string {
  return (
    name
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 80) || 'sequence'
  );
}

function copyName(name: string): string {
  const copy = `${name} (copy)`;
  return copy.length <= 200 ? copy : `${name.slice(0, 190)}… (copy)`;
}

/** Blocking issues as one error whose `fields` are paths into the graph. */
function notReady(graph: SequenceGraph, issues: readonly GraphIssue[]): AppError {
  const fields: Record<string, string> = {};
  for (const { stepId, variantId, field, message } of issues) {
    const stepIndex = graph.steps.findIndex((step) => step.id === stepId);
    const step = graph.steps[stepIndex];
    let path = stepIndex < 0 ? 'graph.steps' : `graph.steps.${stepIndex}`;
    if (variantId !== null && step?.type === 'email') path += `.variants.${step.variants.findIndex((variant) => variant.id === variantId)}`;
    if (field !== null) path += `.${field}`;
    fields[path] = fields[path] === undefined ? message : `${fields[path]} ${message}`;
  }
  const [first] = issues;
  const more = issues.length - 1;
  return new AppError('validation', `The sequence is not ready: ${first?.message ?? ''}${more > 0 ? ` And ${more} more.` : ''}`, { fields });
}
