import { has, t } from './messages/index.ts';

/** Reasons in rows and events are codes where they have words, else sentences of the engine or of a server. */
export function reasonWords(reason: string): string {
  for (const prefix of ['stop', 'answer', 'why', 'suppression', 'reply'] as const) {
    const key = `${prefix}.${reason}`;
    if (has(key)) return t(key);
  }
  return reason;
}
