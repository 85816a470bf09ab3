import { z } from 'zod';
import { idSchema } from './common.ts';
import { contactSchema, suppressionReasonSchema } from './contact.ts';

/** What two contacts have in common that two people hardly share. */
export const duplicateReasonSchema = z.enum(['address', 'profile', 'phone', 'name_and_company']);
export type DuplicateReason = z.infer<typeof duplicateReasonSchema>;

export const duplicatePairSchema = z.object({ first: contactSchema.describe('The one on file for longer'), second: contactSchema, reasons: z.array(duplicateReasonSchema).min(1) });
export type DuplicatePair = z.infer<typeof duplicatePairSchema>;

export const mergeInputSchema = z.object({
  id: idSchema.describe('The contact that stays, with its address'),
  otherId: idSchema.describe('The contact that becomes part of it; its address stays known as another address of the person'),
  take: z
    .array(z.string().min(1).max(100))
    .max(250)
    .default([])
    .describe('Fields whose value comes from the other one: names of fields, `timeZone`, `consent`, `ownerId`, or `custom.<name>`. What is empty is filled anyway'),
});
export type MergeInput = z.infer<typeof mergeInputSchema>;

/** What a merge does beside the fields. */
export const mergePreviewSchema = z.object({
  mails: z.number().int().describe('Mails of the other contact that become part of the history'),
  replies: z.number().int(),
  enrolments: z.number().int(),
  stops: z.array(z.object({ campaignId: idSchema, campaignName: z.string() })).describe('Campaigns in which both are: one of them ends'),
  suppressed: suppressionReasonSchema.nullable().describe('A suppression of either holds for both addresses'),
});
export type MergePreview = z.infer<typeof mergePreviewSchema>;
