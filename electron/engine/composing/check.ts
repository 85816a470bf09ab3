import type { Template } from 'liquidjs';
import { standardTags, unknownTag } from '../../../shared/merge-tags.ts';
import { nearest } from '../../../shared/nearest.ts';
import { engineOf, MergeOutput, pathOf, type TemplateMode } from './liquid.ts';
import { readSpintax, type SpinFinding } from '../../../shared/spintax.ts';
import { compileSpun, spintaxToLiquid } from './spintax.ts';
import { TemplateError } from './template.ts';

/** Something to say about a template before anybody gets it. `line` and `column` count from 1. */
export interface TemplateFinding {
  readonly code: 'template_error' | 'unknown_tag' | 'spintax';
  /** A blocking finding can never be right; others depend on data that may still come. */
  readonly blocking: boolean;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

/**
 * Reads a template without rendering it: mistakes of Liquid with their place, and merge tags that nobody has.
 * `customFields` are the custom fields in use; null = not known, so that only fixed names are checked.
 */
export function checkTemplate(source: string, mode: TemplateMode, customFields: readonly string[] | null): TemplateFinding[] {
  let nodes: readonly Template[];
  try {
    ({ nodes } = compileSpun(source, mode));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ code: 'template_error', blocking: true, message: withSuggestion(error.message, mode), line: error.line, column: error.column }];
  }
  const findings = readSpintax(source, mode === 'html').findings.map((found) => spintaxFinding(source, found));
  if (nodes.length === 0) return findings;
  const { placeOf } = spintaxToLiquid(source, mode);
  const { globals } = engineOf(mode).analyzeSync([...nodes], { partials: false });
  for (const uses of Object.values(globals)) {
    const told = new Set<string>();
    for (const use of uses) {
      const keys = use.segments.map((segment) => (typeof segment === 'object' ? null : String(segment)));
      const problem = unknownTag(keys, customFields);
      if (problem === null || told.has(problem.message)) continue;
      told.add(problem.message);
      findings.push({ code: 'unknown_tag', blocking: problem.blocking, message: problem.message, ...placeOf(use.location.row, use.location.col) });
    }
  }
  return findings.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

const spintaxWords: Readonly<Record<SpinFinding['code'], (text: string) => string>> = {
  spin_open: (text) => `“${text}…” begins a choice of words that is never closed with }. It is sent as it stands.`,
  spin_close: (text) => `“${text}” ends a choice of words that has no {. It is sent as it stands.`,
  spin_empty: (text) => `“${text}” says nothing to some people: one of its alternatives is empty.`,
  spin_crossed: (text) => `“${text}” is sent as it stands: formatting or a {% %} block begins in one alternative and ends outside of it.`,
};

function spintaxFinding(source: string, { code, start, end }: SpinFinding): TemplateFinding {
  const before = source.slice(0, start).split('\n');
  const text = source.slice(start, end).replace(/<[^>]*>/g, '');
  const quote = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return { code: 'spintax', blocking: false, message: spintaxWords[code](quote), line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function withSuggestion(message: string, mode: TemplateMode): string {
  const filter = /^There is no filter called (\w+)$/.exec(message)?.[1];
  const tag = /^There is no Liquid tag \{% (\w+) %\}$/.exec(message)?.[1];
  const engine = engineOf(mode);
  const near = filter !== undefined ? nearest(filter, Object.keys(engine.filters)) : tag !== undefined ? nearest(tag, Object.keys(engine.tags)) : null;
  return near === null ? message : `${message}. Did you mean ${near}?`;
}

const camelCase: Readonly<Record<string, string>> = { firstName: 'first_name', lastName: 'last_name', fullName: 'full_name', timeZone: 'time_zone' };
const alwaysThere = new Set(['email', 'domain', 'sender', 'unsubscribe', 'tags', 'contact', 'custom', 'personal']);

/**
 * Fields of a contact that a template needs whatever its conditions say: shown outside any block, without a fallback.
 * Standard fields by name, custom ones as `custom.x`. Empty for a template that cannot be parsed.
 */
export function requiredFields(source: string, mode: TemplateMode): string[] {
  let nodes: readonly Template[];
  try {
    ({ nodes } = compileSpun(source, mode));
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
