import { has, t } from '../../lib/messages/index.ts';

/** A reason is a code with words of its own, or a sentence already. */
export function reasonText(reason: string): string {
  for (const prefix of ['stop', 'why', 'suppression', 'answer'] as const) {
    const key = `${prefix}.${reason}`;
    if (has(key)) return t(key);
  }
  return reason;
}
