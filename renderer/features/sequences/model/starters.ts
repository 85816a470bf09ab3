import { z } from 'zod';
import { sequenceInputSchema, type SequenceInput } from '../../../../shared/schemas/sequence.ts';
import { newEmailStep } from './graph.ts';

const fileSchema = z.union([z.array(z.unknown()), z.object({ sequences: z.array(z.unknown()) }).transform(({ sequences }) => sequences)]);

/** Sequences to start from. An entry that this version cannot read is left out. */
export function readStarters(file: unknown): SequenceInput[] {
  const entries = fileSchema.safeParse(file).data ?? [];
  return entries.flatMap((entry) => {
    const found = sequenceInputSchema.safeParse(entry);
    return found.success && found.data.graph.steps.length > 0 ? [found.data] : [];
  });
}

/** A sequence with one empty mail. */
export function blankSequence(name: string): SequenceInput {
  return { name, description: '', graph: { steps: [newEmailStep()] } };
}
