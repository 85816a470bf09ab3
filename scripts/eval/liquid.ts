import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderLiquid } from '../../electron/engine/composing/index.ts';

interface LiquidCase {
  name: string;
  template: string;
  data: Record<string, unknown>;
}

/** Scores the template engine: `cases.json` in, each template's output or error out. A missing value is blank, as Liquid has it. */
export function run(path: string): Promise<unknown[]> {
  const { cases } = JSON.parse(readFileSync(join(path, 'cases.json'), 'utf8')) as { cases: LiquidCase[] };
  return Promise.resolve(cases.map(({ name, template, data }) => ({ name, ...outcome(template, data) })));
}

function outcome(template: string, data: Record<string, unknown>): { output: string } | { error: string } {
  try {
    return { output: renderLiquid(template, data) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
