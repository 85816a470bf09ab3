import { liquidTag } from './merge-tags.ts';

/**
 * Spintax: `{Hi|Hello|Good day}` says one of its alternatives to each person. Single braces with a bar only, nested if
 * wanted, within one paragraph. Liquid, elements, style rules and JSON stay as they are; to write such braces as text,
 * use `{{ "{a|b}" }}`.
 */

/** A group in its source: `start` at its brace, `end` behind the closing one, `bars` at what divides its alternatives. */
export interface SpinGroup {
  readonly start: number;
  readonly end: number;
  readonly bars: readonly number[];
}

export type SpinProblem =
  /** A brace with bars behind it is never closed. */
  | 'spin_open'
  /** A closing brace with bars before it has no opening one. */
  | 'spin_close'
  /** An alternative says nothing. */
  | 'spin_empty'
  /** Formatting or a Liquid block begins in an alternative and ends outside, or the other way round: sent as it is. */
  | 'spin_crossed';

export interface SpinFinding {
  readonly code: SpinProblem;
  readonly start: number;
  readonly end: number;
}

export interface Spintax {
  /** In the order of the text; a nested group follows the one around it. */
  readonly groups: readonly SpinGroup[];
  readonly findings: readonly SpinFinding[];
  /** Braces that are text and stand right before Liquid: `{` of `{{{ first_name }}`. */
  readonly looseBraces: readonly number[];
}

interface Frame {
  readonly start: number;
  readonly bars: number[];
  /** How many elements and blocks were open at the brace. */
  readonly depth: number;
  crossed: boolean;
  /** Style rules or JSON, or something around them. */
  data: boolean;
}

const nothing: Spintax = { groups: [], findings: [], looseBraces: [] };
const interesting = /[{}|<]|\n[ \t\r]*\n/g;
const liquidHere = new RegExp(liquidTag.source, 'y');
const opaqueHere = /<!--[\s\S]*?(?:-->|$)|<(style|script|title|textarea)\b[\s\S]*?(?:<\/\1\s*>|$)/iy;
const elementHere = /<(\/?)([a-z][\w-]*)|<[!?]/iy;
const voidElements = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);
const paragraphEnds = new Set(
  'address article aside body blockquote center dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);
const liquidBlock = /^\{%-?\s*(end)?(if|unless|case|for|tablerow|capture)\b/;
/** `"name": …`, or the declarations of a style rule. */
const dataLike = /^\s*(?:(?:"|&quot;)[^"&{}]*(?:"|&quot;)\s*:|-{0,2}[a-z][a-z-]*\s*:(?:[^"'|{}]*;|\s*["']))/;

/** Reads the groups of a text or, with `html`, of a body's source. Never throws; what is no group is text. Linear in the length of the text. */
export function readSpintax(source: string, html: boolean): Spintax {
  if (!source.includes('{') && !source.includes('}')) return nothing;
  return new Reader(source, html).read();
}

class Reader {
  readonly #source: string;
  readonly #html: boolean;
  /** Where the last merge tag could end: not looked for behind it. */
  readonly #lastLiquid: number;
  #frames: Frame[] = [];
  /** Elements and Liquid blocks that are open. */
  readonly #open: string[] = [];
  #groups: SpinGroup[] = [];
  readonly #findings: SpinFinding[] = [];
  readonly #beforeLiquid: number[] = [];
  /** The last bar of this paragraph that no brace is around. */
  #looseBar: number | null = null;

  constructor(source: string, html: boolean) {
    this.#source = source;
    this.#html = html;
    this.#lastLiquid = Math.max(source.lastIndexOf('}}'), source.lastIndexOf('%}'));
  }

  read(): Spintax {
    let at = 0;
    for (;;) {
      interesting.lastIndex = at;
      const found = interesting.exec(this.#source);
      if (found === null) break;
      at = this.#step(found.index, found[0]);
    }
    this.#endParagraph();
    const starts = new Set(this.#groups.map(({ start }) => start));
    return {
      groups: this.#groups.sort((a, b) => a.start - b.start),
      findings: this.#findings.sort((a, b) => a.start - b.start),
      looseBraces: this.#beforeLiquid.filter((brace) => !starts.has(brace)),
    };
  }

  /** Takes in what stands at a place; returns where to go on. */
  #step(at: number, found: string): number {
    switch (found) {
      case '{':
        return this.#brace(at);
      case '|': {
        const frame = this.#frames.at(-1);
        if (frame === undefined) this.#looseBar ??= at;
        else this.#bar(frame, at);
        return at + 1;
      }
      case '}':
        this.#close(at);
        return at + 1;
      case '<':
        return this.#html ? this.#element(at) : at + 1;
      default:
        if (!this.#html) this.#endParagraph();
        return at + found.length;
    }
  }

  #brace(at: number): number {
    const liquid = this.#liquidAt(at);
    if (liquid !== null) {
      const block = liquidBlock.exec(liquid[0]);
      if (block !== null) this.#openOrClose(`%${String(block[2])}`, block[1] !== undefined);
      return at + liquid[0].length;
    }
    if (this.#liquidAt(at + 1) !== null) this.#beforeLiquid.push(at);
    // Half a merge tag is a mistake of its own.
    else if (this.#source[at + 1] === '{' || this.#source[at + 1] === '%') return at + 2;
    this.#frames.push({ start: at, bars: [], depth: this.#open.length, crossed: false, data: false });
    return at + 1;
  }

  #bar(frame: Frame, at: number): void {
    frame.bars.push(at);
    if (this.#open.length !== frame.depth) frame.crossed = true;
  }

  #close(at: number): void {
    const frame = this.#frames.pop();
    if (frame === undefined) {
      if (this.#looseBar !== null) this.#findings.push({ code: 'spin_close', start: this.#looseBar, end: at + 1 });
      this.#looseBar = null;
      return;
    }
    if (frame.data || dataLike.test(this.#source.slice(frame.start + 1, at))) {
      const around = this.#frames.at(-1);
      if (around !== undefined) around.data = true;
      this.#groups = this.#groups.filter(({ start }) => start < frame.start);
      return;
    }
    if (frame.bars.length === 0) return;
    const group = { start: frame.start, end: at + 1, bars: frame.bars };
    if (frame.crossed || this.#open.length !== frame.depth) this.#findings.push({ code: 'spin_crossed', start: group.start, end: group.end });
    else {
      this.#groups.push(group);
      if (alternativesOf(this.#source, group).some((text) => text.trim() === '')) this.#findings.push({ code: 'spin_empty', start: group.start, end: group.end });
    }
  }

  #element(at: number): number {
    const opaque = matchAt(opaqueHere, this.#source, at);
    if (opaque !== null) return at + opaque[0].length;
    const element = matchAt(elementHere, this.#source, at);
    if (element === null) return at + 1;
    const name = (element[2] ?? '').toLowerCase();
    const end = this.#endOfElement(at + element[0].length);
    if (paragraphEnds.has(name)) this.#endParagraph();
    else if (name !== '' && !voidElements.has(name)) this.#openOrClose(name, element[1] === '/');
    return end;
  }

  #liquidAt(at: number): RegExpExecArray | null {
    return at < this.#lastLiquid ? matchAt(liquidHere, this.#source, at) : null;
  }

  /** Behind the `>` of an element; quotes and Liquid may hold some, too. */
  #endOfElement(from: number): number {
    let quote = '';
    for (let at = from; at < this.#source.length; at += 1) {
      const char = this.#source.charAt(at);
      const liquid = char === '{' ? this.#liquidAt(at) : null;
      if (liquid !== null) at += liquid[0].length - 1;
      else if (quote !== '') quote = char === quote ? '' : quote;
      else if (char === '"' || char === "'") quote = char;
      else if (char === '>') return at + 1;
    }
    return this.#source.length;
  }

  #openOrClose(name: string, closes: boolean): void {
    if (!closes) {
      this.#open.push(name);
      return;
    }
    const last = this.#open.lastIndexOf(name);
    if (last === -1) return;
    this.#open.length = last;
    for (const frame of this.#frames) if (last < frame.depth) frame.crossed = true;
  }

  #endParagraph(): void {
    for (const frame of this.#frames) {
      const [bar] = frame.bars;
      if (bar !== undefined) this.#findings.push({ code: 'spin_open', start: frame.start, end: bar + 1 });
    }
    this.#frames = [];
    this.#looseBar = null;
  }
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** The sources of a group's alternatives. */
export function alternativesOf(source: string, { start, end, bars }: SpinGroup): string[] {
  const edges = [start, ...bars, end - 1];
  return edges.slice(1).map((edge, index) => source.slice((edges[index] ?? 0) + 1, edge));
}

/** The source with every group replaced by the alternative that `choose` names, by group (from 0, in the order of the text) and what it may say. */
export function spin(source: string, html: boolean, choose: (group: number, alternatives: readonly string[]) => number): string {
  const { groups } = readSpintax(source, html);
  /** What the source says between two places; groups before `first` lie before them. */
  const said = (from: number, to: number, first: number): string => {
    let out = '';
    let at = from;
    for (let index = first; index < groups.length; index += 1) {
      const group = groups[index];
      if (group === undefined || group.start >= to) break;
      if (group.start < at) continue;
      const edges = [group.start, ...group.bars, group.end - 1];
      const chosen = choose(index, alternativesOf(source, group));
      out += source.slice(at, group.start) + said((edges[chosen] ?? group.start) + 1, edges[chosen + 1] ?? group.end - 1, index + 1);
      at = group.end;
    }
    return out + source.slice(at, to);
  };
  return said(0, source.length, 0);
}
