import { LRUCache } from 'lru-cache';
import { readSpintax } from '../../../shared/spintax.ts';
import { seededRandom, seedFrom } from '../lib/random.ts';
import type { Draw, TemplateMode } from './liquid.ts';
import { compileTemplate, TemplateError, type CompiledTemplate } from './template.ts';

/** A template whose spintax groups are Liquid tags. */
interface SpunTemplate {
  readonly source: string;
  readonly groups: number;
  /** The place in the author's source of a place in `source`; both count from 1. */
  placeOf(line: number, column: number): { readonly line: number; readonly column: number };
}

interface Edit {
  readonly at: number;
  readonly text: string;
}

const spun = new LRUCache<string, SpunTemplate>({ max: 200, maxSize: 5_000_000, sizeCalculation: (_, key) => key.length + 1000 });

/** Writes the spintax groups of a template as Liquid tags, numbered in the order of the text. */
export function spintaxToLiquid(source: string, mode: TemplateMode): SpunTemplate {
  const key = `${mode}${source}`;
  let known = spun.get(key);
  if (known === undefined) spun.set(key, (known = translate(source, mode)));
  return known;
}

function translate(source: string, mode: TemplateMode): SpunTemplate {
  const { groups, looseBraces } = readSpintax(source, mode === 'html');
  if (groups.length === 0 && looseBraces.length === 0) return { source, groups: 0, placeOf: (line, column) => ({ line, column }) };
  const edits = [
    ...groups.flatMap(({ start, end, bars }, index): Edit[] => [
      { at: start, text: `{% spintax ${index} %}` },
      ...bars.map((at) => ({ at, text: '{% or %}' })),
      { at: end - 1, text: '{% endspintax %}' },
    ]),
    // liquidjs would take the first two of three braces.
    ...looseBraces.map((at): Edit => ({ at, text: "{{ '{' }}" })),
  ].sort((a, b) => a.at - b.at);
  let out = '';
  let from = 0;
  for (const { at, text } of edits) {
    out += source.slice(from, at) + text;
    from = at + 1;
  }
  return {
    source: out + source.slice(from),
    groups: groups.length,
    placeOf(line, column) {
      const lineStart = source.split('\n', line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      let grown = 0;
      for (const { at, text } of edits) if (at >= lineStart && at - lineStart + 1 + grown < column) grown += text.length - 1;
      return { line, column: Math.max(1, column - grown) };
    },
  };
}

/** `compileTemplate` of a template with spintax; errors name the place in the author's source. */
export function compileSpun(source: string, mode: TemplateMode): CompiledTemplate {
  const { source: liquid, placeOf } = spintaxToLiquid(source, mode);
  try {
    return compileTemplate(liquid, mode);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.line === null || error.column === null) throw error;
    const { line, column } = placeOf(error.line, error.column);
    throw new TemplateError(error.message, line, column, { cause: error });
  }
}

/**
 * What one person is told, the same whenever it is asked: a preview shows what is sent, and a retry repeats it. Subject and
 * body draw apart. Every alternative has an equal share of people, whatever other groups draw.
 */
export function drawFor(contactId: string, spin: { readonly stepId: string; readonly variantId: string } | undefined): { readonly subject: Draw; readonly body: Draw } {
  const person = `${contactId}\u0000${spin?.stepId ?? ''}\u0000${spin?.variantId ?? ''}`;
  const draws = (part: string): Draw => {
    return (group, alternatives) => Math.floor(seededRandom(seedFrom(`${person}\u0000${part}${group}`))() * alternatives);
  };
  return { subject: draws('subject'), body: draws('body') };
}
