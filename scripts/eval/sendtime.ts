import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Calendar } from '../../shared/schemas/common.ts';
import { addDuration, nextAllowed } from '../../electron/engine/scheduling/index.ts';

interface SendTimeCase {
  id: string;
  kind: 'next' | 'business' | 'calendar';
  zone: string;
  not_before: string;
  window: { days: number[]; start: string; end: string };
  holidays?: string[];
  n?: number;
}

/** Scores the calendar: `cases.json` in, the next allowed instant of each case out. */
export function run(path: string): Promise<unknown[]> {
  const { cases } = JSON.parse(readFileSync(join(path, 'cases.json'), 'utf8')) as { cases: (SendTimeCase & { window: { holidays?: string[] } })[] };
  return Promise.resolve(cases.map((one) => ({ id: one.id, at: answer(one) })));
}

function answer(one: SendTimeCase & { window: { holidays?: string[] } }): string | null {
  const holidays = one.window.holidays ?? one.holidays ?? [];
  const { days, start, end } = one.window;
  const calendar: Calendar = { zone: one.zone, windows: [{ days, start, end }], holidays };
  let at = Date.parse(one.not_before);
  if (one.kind !== 'next') at = addDuration(at, `P${one.n ?? 0}D`, { businessDays: one.kind === 'business', zone: one.zone, calendar });
  const found = nextAllowed([calendar], at);
  return found === null ? null : new Date(found).toISOString().replace('.000Z', 'Z');
}
