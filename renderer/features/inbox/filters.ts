import type { ReplyClass, ReplyIntent } from '../../../shared/schemas/reply.ts';
import { replyIntents } from '../../../shared/schemas/reply.ts';

/** A choice of the correction menu: `human:positive`, or the name of another class. */
export type Verdict = `human:${ReplyIntent}` | Exclude<ReplyClass, 'human' | 'own_copy'>;

/** What a person may say that a message is, in the order of the menu. */
export const verdicts: readonly { readonly group: 'person' | 'automatic' | 'server' | 'other'; readonly items: readonly Verdict[] }[] = [
  { group: 'person', items: [...replyIntents.map((intent) => `human:${intent}` as const), 'opt_out', 'complaint'] },
  { group: 'automatic', items: ['out_of_office', 'auto_acknowledgement'] },
  { group: 'server', items: ['hard_bounce', 'soft_bounce', 'block_bounce', 'delayed_notice'] },
  { group: 'other', items: ['unrelated'] },
];

/** The menu's choice for a message; a reply whose intent nobody knows counts as neutral. */
export function verdictOf(reply: { class: ReplyClass; intent: ReplyIntent | null }): Verdict {
  if (reply.class === 'human') return `human:${reply.intent ?? 'neutral'}`;
  return reply.class === 'own_copy' ? 'unrelated' : reply.class;
}

/** Class and intent behind a choice. */
export function readVerdict(verdict: Verdict): { class: ReplyClass; intent: ReplyIntent | null } {
  const [name, intent] = verdict.split(':') as [ReplyClass, ReplyIntent | undefined];
  return { class: name, intent: intent ?? null };
}
