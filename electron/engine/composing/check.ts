import type { Template } from 'liquidjs';
import { engineOf, MergeOutput, pathOf, type TemplateMode } from './liquid.ts';
import { contactNames, senderNames, standardTags } from './merge-data.ts';
import { compileTemplate, TemplateError } from './template.ts';

/** Something to say about a template before anybody gets it. `line` and `column` count from 1. */
export interface TemplateFinding {
  readonly code: 'template_error' | 'unknown_tag';
  /** A blocking finding can never be right; others depend on data that may still come. */
  readonly blocking: boolean;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

const topNames = new Set([...standardTags.map(({ tag }) => tag.split('.')[0] ?? tag), ...contactNames, 'contact', 'custom', 'sender', 'unsubscribe']);

/**
 * Reads a template without rendering it: mistakes of Liquid with their place, and merge tags that nobody has.
 * `customFields` are the custom fields in use; null = not known, so that only fixed names are checked.
 */
export function checkTemplate(source: string, mode: TemplateMode, customFields: readonly string[] | null): TemplateFinding[] {
  let nodes: readonly Template[];
  try {
    ({ nodes } = compileTemplate(source, mode));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ code: 'template_error', blocking: true, message: withSuggestion(error.message, mode), line: error.line, column: error.column }];
  }
  const findings: TemplateFinding[] = [];
  if (nodes.length === 0) return findings;
  const { globals } = engineOf(mode).analyzeSync([...nodes], { partials: false });
  for (const uses of Object.values(globals)) {
    const told = new Set<string>();
    for (const use of uses) {
      const keys = use.segments.map((segment) => (typeof segment === 'object' ? null : String(segment)));
      const problem = unknownTag(keys, customFields);
      if (problem === null || told.has(problem.message)) continue;
      told.add(problem.message);
      findings.push({ code: 'unknown_tag', ...problem, line: use.location.row, column: use.location.col });
    }
  }
  return findings.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function unknownTag(keys: readonly (string | null)[], customFields: readonly string[] | null): { blocking: boolean; message: string } | null {
  const [root, second, third] = keys;
  if (root === undefined || root === null) return null;
  if (root === 'sender') return fixedName('sender', second, senderNames);
  if (root === 'contact' && second !== 'custom') return fixedName('contact', second, contactNames);
  const field = root === 'contact' ? third : root === 'custom' ? second : root;
  if (field === undefined || field === null || (root === field && topNames.has(root)) || customFields === null || customFields.includes(field)) return null;
  const shown = keys.filter((key) => key !== null).join('.');
  const near = nearest(field, root === field ? [...customFields, ...standardTags.map(({ tag }) => tag)] : customFields);
  const hint = near === null ? '' : ` Did you mean {{ ${root === field ? near : `${shown.slice(0, -field.length)}${near}`} }}?`;
  return {
    blocking: false,
    message: `No contact has a field called “${field}”.${hint} A person without it is held, unless the tag has a fallback: {{ ${shown} | default: "…" }}.`,
  };
}

function fixedName(root: string, name: string | null | undefined, names: readonly string[]): { blocking: boolean; message: string } | null {
  if (name === undefined || name === null || names.includes(name)) return null;
  const near = nearest(name, names);
  return {
    blocking: true,
    message: `There is no merge tag {{ ${root}.${name} }}.${near === null ? (root === 'contact' ? ` A custom field is written {{ custom.${name} }}.` : '') : ` Did you mean {{ ${root}.${near} }}?`}`,
  };
}

function withSuggestion(message: string, mode: TemplateMode): string {
  const filter = /^There is no filter called (\w+)$/.exec(message)?.[1];
  const tag = /^There is no Liquid tag \{% (\w+) %\}$/.exec(message)?.[1];
  const engine = engineOf(mode);
  const near = filter !== undefined ? nearest(filter, Object.keys(engine.filters)) : tag !== undefined ? nearest(tag, Object.keys(engine.tags)) : null;
  return near === null ? message : `${message}. Did you mean ${near}?`;
}

/** The name that differs least, when it is near enough to be meant. */
export function nearest(name: string, names: readonly string[]): string | null {
  const wanted = plain(name);
  let best: string | null = null;
  let bestDistance = wanted.length <= 4 ? 2 : 3;
  for (const candidate of names) {
    const found = distance(wanted, plain(candidate), bestDistance);
    if (found < bestDistance) {
      bestDistance = found;
      best = candidate;
    }
  }
  return best;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9\u0080-\uffff]/g, '');
}

/** Edits between two words, a swap of neighbours counting as one (optimal string alignment); `limit` when at least that many. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((above[j] ?? limit) + 1, (row[j - 1] ?? limit) + 1, (above[j - 1] ?? limit) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, (before[j - 2] ?? limit) + 1);
      row.push(value);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? limit;
}

const camelCase: Readonly<Record<string, string>> = { firstName: 'first_name', lastName: 'last_name', fullName: 'full_name', timeZone: 'time_zone' };
const alwaysThere = new Set(['email', 'domain', 'sender', 'unsubscribe', 'tags', 'contact', 'custom']);

/**
 * Fields of a contact that a template needs whatever its conditions say: shown outside any block, without a fallback.
 * Standard fields by name, custom ones as `custom.x`. Empty for a template that cannot be parsed.
 */
export function requiredFields(source: string, mode: TemplateMode): string[] {
  let nodes: readonly Template[];
  try {
    ({ nodes } = compileTemplate(source, mode));
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
  const fields = new Set<string>();
  // A name that the template sets itself is not the contact's.
  const locals = new Set(nodes.length === 0 ? [] : Object.keys(engineOf(mode).analyzeSync([...nodes], { partials: false }).locals));
  for (const node of nodes) {
    if (!(node instanceof MergeOutput) || node.rule !== 'value' || node.variable === null) continue;
    const keys = pathOf(node.variable);
    if (keys === undefined || locals.has(keys[0] ?? '')) continue;
    const path = keys[0] === 'contact' ? keys.slice(1) : keys;
    const name = camelCase[path[0] ?? ''] ?? path[0] ?? '';
    if (name === 'custom' && path[1] !== undefined) fields.add(`custom.${path[1]}`);
    else if (!alwaysThere.has(name) && name !== '') fields.add(standardTags.some(({ tag }) => tag === name) ? name : `custom.${name}`);
  }
  return [...fields];
}
