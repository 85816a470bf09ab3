import {
  CaptureTag,
  Context,
  Drop,
  Liquid,
  Output,
  ParseError,
  Parser,
  Tag,
  toValue,
  toValueSync,
  TypeGuards,
  type Emitter,
  type PropertyAccessToken,
  type TagToken,
  type Template,
  type Token,
  type TopLevelToken,
} from 'liquidjs';

/**
 * The template engine: Liquid without a file system, with unknown tags and filters refused, own properties only, and
 * limits of size, time and memory. Values that a person lacks are noticed while rendering (see `missing`), not by
 * liquidjs's strict mode, which would also refuse them in conditions and before a `default` filter.
 */

/** `html` escapes every merge value; `text` does not. */
export type TemplateMode = 'html' | 'text';

/** HTML that is safe as it is, such as the user's own signature. Filters see plain text. */
export class SafeHtml extends Drop {
  readonly html: string;

  constructor(html: string) {
    super();
    this.html = html;
  }

  override valueOf(): string {
    return this.html;
  }
}

/**
 * A field that a person does not have: false in conditions, as an author expects of `{% if company %}`, and equal to
 * nil, to empty text and to `blank`, so that `{% if company != "" %}` works as well.
 */
class Absent extends Drop {
  override valueOf(): null {
    return null;
  }

  equals(other: unknown): boolean {
    // The only comparable drops are the literals nil, empty and blank.
    return other === null || other === undefined || other === '' || (other instanceof Drop && 'equals' in other);
  }

  gt(): boolean {
    return false;
  }

  geq(): boolean {
    return false;
  }

  lt(): boolean {
    return false;
  }

  leq(): boolean {
    return false;
  }
}

/** The one absent value. */
export const absent = new Absent();

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for an HTML body or attribute. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (char) => escapes[char] ?? char) : text;
}

/** How a value becomes text in Liquid: nil is empty, lists are joined. */
export function textOf(value: unknown): string {
  const plain = toValue(value) as unknown;
  if (typeof plain === 'string') return plain;
  if (plain === null || plain === undefined) return '';
  if (Array.isArray(plain)) return plain.map(textOf).join('');
  return String(plain);
}

/** Nothing that a reader could see: nil, blank text, an empty list. */
export function isEmptyValue(value: unknown): boolean {
  const plain = toValue(value) as unknown;
  if (plain === null || plain === undefined) return true;
  if (typeof plain === 'string') return plain.trim() === '';
  return Array.isArray(plain) && plain.length === 0;
}

/** Merge tags that may be empty for everybody: their absence says nothing about the person. */
const mayBeEmpty = new Set(['sender.signature', 'signature', 'unsubscribe', 'sender.postal_address', 'sender.former_name']);

/** What makes an output count as missing: the value itself, the outcome of a `default` whose fallback is a variable, or nothing. */
type MissingRule = 'value' | 'outcome' | 'never';

/** Which alternative of a spintax group, counted from 0, a mail says. */
export type Draw = (group: number, alternatives: number) => number;

let missing: Set<string> | null = null;
let drawing: Draw = () => 0;

/** Runs a synchronous render: notes in `names` the merge tags that had no value and no fallback, and lets `draw` choose. */
export function rendering<T>(names: Set<string>, draw: Draw, render: () => T): T {
  const outer = { missing, drawing };
  missing = names;
  drawing = draw;
  try {
    return render();
  } finally {
    ({ missing, drawing } = outer);
  }
}

/** The literal text of a token, or undefined when it has to be looked up. */
export function literalOf(token: Token): unknown {
  return 'content' in token ? token.content : undefined;
}

/** `contact.first_name` as its keys, or undefined for anything that is not a plain path of names. */
export function pathOf(token: Token): string[] | undefined {
  if (!TypeGuards.isPropertyAccessToken(token) || token.variable !== undefined) return undefined;
  const keys = token.props.map((prop) => literalOf(prop));
  return keys.every((key) => typeof key === 'string') ? keys : undefined;
}

/** A name of a merge tag in its plainest spelling: `contact["first name"]` → `contact.first name`. */
function nameOf(token: PropertyAccessToken): string {
  return pathOf(token)?.join('.') ?? token.getText();
}

/** `{{ … }}` that notices values which a person lacks. */
export class MergeOutput extends Output {
  /** The variable whose value is shown, when there is one. */
  readonly variable: PropertyAccessToken | null;
  readonly name: string;
  readonly rule: MissingRule;
  /** Filters that the author wrote; escaping may follow. */
  readonly written: number;
  readonly #appended: PropertyAccessToken[];

  constructor(token: ConstructorParameters<typeof Output>[0], liquid: Liquid) {
    super(token, liquid);
    const [first, ...others] = this.value.initial.postfix;
    this.variable = first !== undefined && others.length === 0 && TypeGuards.isPropertyAccessToken(first) ? first : null;
    this.name = this.variable === null ? '' : nameOf(this.variable);
    const filters = this.value.filters;
    const escaping = liquid.options.outputEscape !== undefined && filters.at(-1)?.raw !== true;
    this.written = filters.length - (escaping ? 1 : 0);
    if (escaping) escapeOnce(filters);
    const fallback = filters.findLast((filter) => filter.name === 'default');
    const fallbackArgument = fallback?.args[0];
    if (fallback === undefined) this.rule = this.variable === null || mayBeEmpty.has(this.name) ? 'never' : 'value';
    else this.rule = fallbackArgument !== undefined && !Array.isArray(fallbackArgument) && TypeGuards.isPropertyAccessToken(fallbackArgument) ? 'outcome' : 'never';
    this.#appended = filters
      .filter((filter) => filter.name === 'append' || filter.name === 'prepend')
      .flatMap((filter) => filter.args)
      .filter((argument): argument is PropertyAccessToken => !Array.isArray(argument) && argument !== undefined && TypeGuards.isPropertyAccessToken(argument));
  }

  override *render(ctx: Context, emitter: Emitter): IterableIterator<unknown> {
    const value: unknown = yield this.value.initial.evaluate(ctx);
    let outcome = value;
    for (const filter of this.value.filters) outcome = yield filter.render(outcome, ctx);
    if (missing !== null) {
      if (this.rule === 'value' && isEmptyValue(value) && !isSetLocally(ctx, this.variable, value)) missing.add(this.name);
      else if (this.rule === 'outcome' && isEmptyValue(outcome)) missing.add(this.name);
      for (const argument of this.#appended) {
        const key = pathOf(argument);
        if (key !== undefined && isEmptyValue(yield ctx._get(key))) missing.add(nameOf(argument));
      }
    }
    emitter.write(outcome);
  }
}

/** Drops the automatic escaping where the author escapes, and escapes before line breaks become tags. */
function escapeOnce(filters: MergeOutput['value']['filters']): void {
  const automatic = filters.at(-1);
  if (automatic === undefined) return;
  const names = filters.slice(0, -1).map((filter) => filter.name);
  if (names.some((name) => name === 'escape' || name === 'escape_once' || name === 'xml_escape')) filters.pop();
  else if (names.includes('newline_to_br')) {
    filters.pop();
    filters.splice(names.indexOf('newline_to_br'), 0, automatic);
  }
}

/** A variable that the template itself set to empty text is meant to be empty. */
function isSetLocally(ctx: Context, variable: PropertyAccessToken | null, value: unknown): boolean {
  if (variable === null || value === null || value === undefined) return false;
  const root = pathOf(variable)?.[0];
  const { scopes } = ctx as unknown as { scopes: readonly object[] };
  return root !== undefined && scopes.some((scope) => root in scope);
}

class MergeParser extends Parser {
  readonly #engine: Liquid;

  constructor(engine: Liquid) {
    super(engine);
    this.#engine = engine;
  }

  override parseToken(token: TopLevelToken, remaining: TopLevelToken[]): ReturnType<Parser['parseToken']> {
    if (TypeGuards.isTagToken(token) && token.name === 'case') refuseEmptyWhen(remaining);
    if (!TypeGuards.isOutputToken(token)) return super.parseToken(token, remaining);
    try {
      return new MergeOutput(token, this.#engine);
    } catch (error) {
      // The same mistake through the original parser: it adds the place in the template to the error.
      super.parseToken(token, remaining);
      throw error;
    }
  }
}

/** `{% when %}` without a value is a slip of the pen; liquidjs lets it pass. */
function refuseEmptyWhen(remaining: readonly TopLevelToken[]): void {
  for (const token of remaining) {
    if (!TypeGuards.isTagToken(token)) continue;
    if (token.name === 'endcase') return;
    if (token.name === 'when' && token.args.trim() === '') throw new ParseError(new Error('the tag "when" needs a value'), token);
  }
}

/** Captured HTML is already escaped; printing it must not escape it again. */
class SafeCapture extends CaptureTag {
  override *render(ctx: Context): Generator<unknown, void, string> {
    yield* super.render(ctx);
    const scope = ctx.bottom() as Record<string, unknown>;
    const { variable } = this as unknown as { variable: string };
    scope[variable] = new SafeHtml(textOf(scope[variable]));
  }
}

/** `{% spintax 3 %}Hi{% or %}Hello{% endspintax %}`: what `spintaxToLiquid` makes of a group. */
export class SpintaxTag extends Tag {
  readonly group: number;
  readonly alternatives: Template[][] = [[]];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.group = Number(token.args);
    parser
      .parseStream(remaining)
      .on('tag:or', () => this.alternatives.push([]))
      .on('tag:endspintax', function () {
        this.stop();
      })
      .on('template', (template: Template) => this.alternatives.at(-1)?.push(template))
      .on('end', () => {
        throw new Error(`tag ${token.getText()} not closed`);
      })
      .start();
  }

  drawn(): number {
    return drawing(this.group, this.alternatives.length);
  }

  *render(ctx: Context, emitter: Emitter): Generator<unknown, void, string> {
    yield this.liquid.renderer.renderTemplates(this.alternatives[this.drawn()] ?? [], ctx, emitter);
  }

  *children(): Generator<unknown, Template[]> {
    return this.alternatives.flat();
  }
}

type OutputEscape = (value: unknown) => string;

function escapeValue(value: unknown): unknown {
  return value instanceof SafeHtml ? value : escapeHtml(textOf(value));
}

const refusedTags = ['include', 'render', 'layout', 'block'];

function createEngine(mode: TemplateMode): Liquid {
  const liquid = new Liquid({
    // Templates never reach a file: there is none to find.
    templates: {},
    relativeReference: false,
    dynamicPartials: false,
    cache: false,
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    timezoneOffset: 0,
    parseLimit: 1_000_000,
    renderLimit: 1000,
    memoryLimit: 10_000_000,
    ...(mode === 'html' ? { outputEscape: escapeValue as OutputEscape } : {}),
  });
  for (const name of refusedTags) Reflect.deleteProperty(liquid.tags, name);
  liquid.registerFilter('base64_url_safe_encode', (value: unknown) => Buffer.from(textOf(value), 'utf8').toString('base64url'));
  liquid.registerFilter('base64_url_safe_decode', (value: unknown) => Buffer.from(textOf(value), 'base64url').toString('utf8'));
  liquid.registerTag('spintax', SpintaxTag);
  if (mode === 'html') liquid.registerTag('capture', SafeCapture);
  return liquid;
}

const engines: Partial<Record<TemplateMode, Liquid>> = {};

/** The engine of a mode, made when first needed. */
export function engineOf(mode: TemplateMode): Liquid {
  return (engines[mode] ??= createEngine(mode));
}

/** Parses a template. Throws liquidjs's errors. */
export function parseTemplate(source: string, mode: TemplateMode): Template[] {
  return new MergeParser(engineOf(mode)).parse(source);
}

export function newContext(mode: TemplateMode, scope: object): Context {
  const liquid = engineOf(mode);
  return new Context(scope, liquid.options, { sync: true }, { liquid });
}

/** Renders parsed nodes in a context that keeps what they assign. */
export function renderNodes(mode: TemplateMode, nodes: Template[], ctx: Context): string {
  return textOf(toValueSync(engineOf(mode).renderer.renderTemplates(nodes, ctx) as never));
}
