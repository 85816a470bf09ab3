import { LiquidError, type Context, type Template, type Token } from 'liquidjs';
import { LRUCache } from 'lru-cache';
import {
  absent,
  engineOf,
  escapeHtml,
  isEmptyValue,
  literalOf,
  MergeOutput,
  newContext,
  parseTemplate,
  pathOf,
  rendering,
  renderNodes,
  SafeHtml,
  SpintaxTag,
  type Draw,
  type TemplateMode,
} from './liquid.ts';
import type { MergeScope } from './merge-data.ts';

/** A template that cannot be parsed or rendered. `line` and `column` count from 1. */
export class TemplateError extends Error {
  readonly line: number | null;
  readonly column: number | null;

  constructor(message: string, line: number | null, column: number | null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TemplateError';
    this.line = line;
    this.column = column;
  }
}

/** A template parsed once. Plain text and simple merge tags are rendered directly; the rest goes through liquidjs. */
export interface CompiledTemplate {
  /** The parsed nodes, for static checks. */
  readonly nodes: readonly Template[];
  /** The text outside of tags and blocks: what it says to everybody, in order. */
  readonly constants: readonly string[];
  /** Renders for one person; names of merge tags without value and fallback are added to `missing`. Without `draw` spintax says its first alternative. Throws TemplateError. */
  render(scope: MergeScope, missing: Set<string>, draw?: Draw): string;
}

/** A piece of a template: constant text, a simple merge tag, a spintax group, or nodes for liquidjs. */
type Piece = string | SimpleTag | SpinPiece | Template[];

interface SpinPiece {
  readonly tag: SpintaxTag;
  readonly alternatives: readonly (readonly Piece[])[];
}

interface SimpleTag {
  readonly path: readonly string[];
  readonly name: string;
  readonly rule: MergeOutput['rule'];
  readonly filters: readonly ((value: unknown) => unknown)[];
  /** Whether the outcome is to be escaped for HTML. */
  readonly escape: boolean;
  readonly node: Template;
}

const compiled = new LRUCache<string, CompiledTemplate>({ max: 2000, maxSize: 20_000_000, sizeCalculation: (_, key) => key.length + 1000 });

/** Parses a template, or takes it from the cache. Throws TemplateError with the place of the mistake. */
export function compileTemplate(source: string, mode: TemplateMode): CompiledTemplate {
  const key = mode === 'html' ? `h${source}` : `t${source}`;
  let template = compiled.get(key);
  if (template === undefined) {
    template = compile(source, mode);
    compiled.set(key, template);
  }
  return template;
}

/** Renders a template with any data, missing values blank and nothing escaped. Throws TemplateError. */
export function renderLiquid(source: string, data: Record<string, unknown>): string {
  return compileTemplate(source, 'text').render(data, new Set());
}

function compile(source: string, mode: TemplateMode): CompiledTemplate {
  if (!source.includes('{{') && !source.includes('{%')) return { nodes: [], constants: [source], render: () => source };
  let nodes: Template[];
  try {
    nodes = parseTemplate(source, mode);
  } catch (error) {
    throw templateError(error);
  }
  // Whatever sets a variable makes later tags depend on it: such templates go through liquidjs as a whole.
  const stateful = /\{%-?\s*(?:assign|capture|increment|decrement|liquid)\b/.test(source);
  const pieces = stateful ? [nodes] : piecesOf(nodes, mode);
  return {
    nodes,
    constants: constantsOf(pieces),
    render(scope, missing, draw = firstOne) {
      try {
        return rendering(missing, draw, () => renderPieces(pieces, stateful ? Object.assign(Object.create(null) as MergeScope, scope) : scope, mode, missing));
      } catch (error) {
        throw templateError(error);
      }
    },
  };
}

const firstOne: Draw = () => 0;

function constantsOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece) => (typeof piece === 'string' ? [piece] : 'alternatives' in piece ? piece.alternatives.flatMap(constantsOf) : []));
}

function piecesOf(nodes: readonly Template[], mode: TemplateMode): Piece[] {
  const pieces: Piece[] = [];
  for (const node of nodes) {
    const text = (node as { str?: unknown }).str;
    const simple = node instanceof MergeOutput ? simpleTag(node, mode) : null;
    const last = pieces.at(-1);
    if (typeof text === 'string') pieces.push(text);
    else if (simple !== null) pieces.push(simple);
    else if (node instanceof SpintaxTag) pieces.push({ tag: node, alternatives: node.alternatives.map((each) => piecesOf(each, mode)) });
    else if (Array.isArray(last)) last.push(node);
    else pieces.push([node]);
  }
  return pieces;
}

function renderPieces(pieces: readonly Piece[], scope: MergeScope, mode: TemplateMode, missing: Set<string>): string {
  let out = '';
  let ctx: Context | null = null;
  for (const piece of pieces) {
    if (typeof piece === 'string') out += piece;
    else if (Array.isArray(piece)) {
      ctx ??= newContext(mode, scope);
      out += renderNodes(mode, piece, ctx);
      // A stray {% break %} ends the template, as in liquidjs.
      if (ctx.breakCalled || ctx.continueCalled) break;
    } else if ('alternatives' in piece) {
      out += renderPieces(piece.alternatives[piece.tag.drawn()] ?? [], scope, mode, missing);
    } else {
      out += renderSimple(piece, scope, missing) ?? renderNodes(mode, [piece.node], (ctx ??= newContext(mode, scope)));
    }
  }
  return out;
}

/** The text of a simple tag, or null where the value is not plain and liquidjs has to decide. */
function renderSimple(tag: SimpleTag, scope: MergeScope, missing: Set<string>): string | null {
  let value: unknown = scope;
  for (const key of tag.path) {
    if (value === null || value === undefined) break;
    if (typeof value !== 'object' || Array.isArray(value)) return null;
    if (!Object.hasOwn(value, key)) {
      if (key === 'size' || key === 'first' || key === 'last') return null;
      value = undefined;
    } else value = (value as MergeScope)[key];
  }
  if (value === absent) value = null;
  if (value instanceof SafeHtml && tag.filters.length === 0) {
    if (tag.rule === 'value' && isEmptyValue(value)) missing.add(tag.name);
    return value.html;
  }
  if (typeof value === 'object' && value !== null) return null;
  if (tag.rule === 'value' && isEmptyValue(value)) missing.add(tag.name);
  for (const filter of tag.filters) value = filter(value);
  if (typeof value === 'object' && value !== null) return null;
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value);
  return tag.escape ? escapeHtml(text) : text;
}

/** Filters that look at nothing but their value and literal arguments. */
const plainFilters = new Set([
  'default',
  'capitalize',
  'upcase',
  'downcase',
  'strip',
  'lstrip',
  'rstrip',
  'append',
  'prepend',
  'replace',
  'replace_first',
  'remove',
  'remove_first',
  'truncate',
  'truncatewords',
  'url_encode',
  'strip_html',
  'strip_newlines',
]);

function simpleTag(node: MergeOutput, mode: TemplateMode): SimpleTag | null {
  const path = node.variable === null ? undefined : pathOf(node.variable);
  if (path === undefined || node.rule === 'outcome') return null;
  const liquid = engineOf(mode);
  const written = node.value.filters.slice(0, node.written);
  const filters: ((value: unknown) => unknown)[] = [];
  for (const filter of written) {
    const handler = liquid.filters[filter.name];
    if (!plainFilters.has(filter.name) || typeof handler !== 'function' || filter.args.some((argument) => Array.isArray(argument))) return null;
    const args = filter.args.map((argument) => literalOf(argument as Token));
    if (args.some((argument) => typeof argument !== 'string' && typeof argument !== 'number')) return null;
    filters.push((value) => handler.apply({ context: plainContext(mode), token: node.token as never, liquid }, [value, ...args]) as unknown);
  }
  return { path, name: node.name, rule: node.rule, filters, escape: mode === 'html', node };
}

const noLimit = { use: () => undefined, check: () => undefined };

/** What plain filters ask of a context: options, and a memory limit that their short arguments cannot reach. */
function plainContext(mode: TemplateMode): Context {
  return { opts: engineOf(mode).options, memoryLimit: noLimit, sync: true } as unknown as Context;
}

/** liquidjs's message without the place, which is kept apart. */
function templateError(error: unknown): TemplateError {
  if (error instanceof TemplateError) return error;
  if (!(error instanceof Error)) return new TemplateError(String(error), null, null);
  const position = LiquidError.is(error) ? (error as unknown as { token?: { getPosition(): [number, number] } }).token?.getPosition() : undefined;
  const message = error.message.replace(/,? line:\d+(?:, col:\d+)?$/, '').replace(/, file:.*$/, '');
  return new TemplateError(plainWords(message), position?.[0] ?? null, position?.[1] ?? null, { cause: error });
}

function plainWords(message: string): string {
  const tag = /^tag "(include|render|layout|block)" not found/.exec(message);
  if (tag !== null) return `{% ${String(tag[1])} %} cannot be used: a mail's text stands alone`;
  return message
    .replace(/^tag "(.*)" not found$/, 'There is no Liquid tag {% $1 %}')
    .replace(/^undefined filter: (.*)$/, 'There is no filter called $1')
    .replace(/^(?:output|tag) (.*) not closed$/s, '$1 is not closed');
}
