import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sequenceBriefSchema, type SequenceBrief } from '../../shared/schemas/sequence-draft.ts';

export interface BriefCase {
  readonly brief: SequenceBrief;
  /** The sequence of the gallery that is nearest. */
  readonly starter: string;
  /** What the first mail has to be about. */
  readonly says: string;
}

/** Labelled briefs. */
export function readBriefs(): BriefCase[] {
  const file = join(import.meta.dirname, '../fixtures/assist/briefs.json');
  const cases = JSON.parse(readFileSync(file, 'utf8')) as { brief: unknown; starter: string; says: string }[];
  return cases.map((one) => ({ ...one, brief: sequenceBriefSchema.parse(one.brief) }));
}

/** What a model that keeps to the rules answers to a brief. */
export function goodDraft({ offer, goal, mails }: Pick<SequenceBrief, 'offer' | 'goal' | 'mails'>): string {
  const text = (index: number): string => (index === 0 ? `I am writing to you about this: ${offer}.\n\n${goal}` : `Let me come back to this once more: ${offer}. ${goal}`);
  return JSON.stringify({
    name: 'By the model',
    mails: Array.from({ length: mails }, (_, index) => ({ subject: index === 0 ? 'About this' : '', text: text(index), waitDays: index * 2 })),
  });
}
