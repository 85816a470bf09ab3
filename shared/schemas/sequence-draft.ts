import { z } from 'zod';
import { copyNoteSchema } from './assist.ts';
import { graphSchema } from './sequence.ts';

/** Languages in which a sequence can be asked for. */
export const draftLanguages = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt'] as const;
export const draftTones = ['plain', 'warm', 'formal'] as const;

/** What a sequence is to be about, in its user's words. Everything that its mails may claim stands here. */
export const sequenceBriefSchema = z.object({
  offer: z.string().trim().min(1).max(600).describe('What is offered, or what it is about'),
  audience: z.string().trim().max(300).default('').describe('Who they are, and why they are written to'),
  goal: z.string().trim().min(1).max(200).describe('What they are asked to do'),
  facts: z.string().trim().max(3000).default('').describe('What the mails may say beside; one fact a line'),
  tone: z.enum(draftTones).default('plain'),
  language: z.enum(draftLanguages).default('en'),
  mails: z.number().int().min(1).max(7).default(3),
});
export type SequenceBrief = z.infer<typeof sequenceBriefSchema>;

export const draftFindingCodes = ['left_out', 'name', 'order', 'long', 'unused'] as const;
/**
 * Something to look at: a sentence that was left out because the brief does not say it, a name that the brief does not
 * hold, a line of the facts that gives orders, one that is too long for a mail, one that found no place.
 */
export const draftFindingSchema = z.object({
  mail: z.number().int().nullable().describe('Counted from 1; null = it is about the brief'),
  code: z.enum(draftFindingCodes),
  found: z.string(),
});
export type DraftFinding = z.infer<typeof draftFindingSchema>;

/** A proposal: nothing of it is stored. */
export const sequenceDraftSchema = z.object({
  name: z.string(),
  graph: graphSchema,
  source: z.enum(['model', 'rules']),
  model: z.string().nullable(),
  note: copyNoteSchema.nullable().describe('Why no model wrote it'),
  rhythm: z.string().nullable().describe('The sequence of the gallery whose waits the rules took'),
  findings: z.array(draftFindingSchema),
});
export type SequenceDraft = z.infer<typeof sequenceDraftSchema>;

export const sequenceDraftPartSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('partial'), value: z.number().int().describe('Mails that are begun') }),
  z.object({ kind: z.literal('done'), value: sequenceDraftSchema }),
]);
