import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classifyAnswer } from '../../electron/engine/delivery/index.ts';

/** The verdict on each SMTP answer. */
export async function run(path: string): Promise<unknown[]> {
  const { cases } = JSON.parse(await readFile(join(path, 'replies.json'), 'utf8')) as { cases: { id: number; code: number; enhanced: string | null; text: string }[] };
  return cases.map(({ id, code, enhanced, text }) => {
    const verdict = classifyAnswer({ code, enhanced, text });
    return { id, permanence: verdict.permanent ? 'permanent' : 'transient', class: verdict.class, suppress: verdict.suppress };
  });
}
