import { z } from 'zod';
import { addressVerdictSchema } from './address-check.ts';
import { epochMsSchema, idSchema } from './common.ts';
import { contactStatusSchema } from './contact.ts';
import { segmentFilterSchema } from './segment.ts';

const tags = z.array(z.string().trim().min(1).max(60)).min(1).max(20);
/** What is done to each of many contacts. */
export const bulkActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add_tags'), tags }),
  z.object({ kind: z.literal('remove_tags'), tags }),
  z.object({ kind: z.literal('add_to_list'), listId: idSchema }),
  z.object({ kind: z.literal('remove_from_list'), listId: idSchema }),
  z.object({ kind: z.literal('set_field'), field: z.string().trim().min(1).max(100).describe('`company`, or `custom.plan`; not the address'), value: z.string().max(10_000) }),
  z.object({ kind: z.literal('set_owner'), ownerId: idSchema.nullable().describe("A person of the team; null = everybody's again") }),
  z.object({ kind: z.literal('suppress'), note: z.string().max(500).default('') }),
  z.object({ kind: z.literal('check_addresses') }).describe('Looks at each address and asks DNS for its domain; nothing is sent to anybody'),
  z.object({ kind: z.literal('delete') }),
]);
export type BulkAction = z.infer<typeof bulkActionSchema>;

/** Whom it touches: the contacts named, or everybody who matches when it starts. */
export const bulkTargetSchema = z.union([
  z.object({ ids: z.array(idSchema).min(1).max(100_000) }),
  z.object({
    query: z.object({
      q: z.string().max(200).optional(),
      listId: idSchema.optional(),
      segmentId: idSchema.optional(),
      status: contactStatusSchema.optional(),
      verdict: addressVerdictSchema.optional(),
      tag: z.string().optional(),
      ownerId: idSchema.optional(),
      filter: segmentFilterSchema.optional(),
    }),
  }),
]);
export type BulkTarget = z.infer<typeof bulkTargetSchema>;

export const bulkStateSchema = z.enum(['running', 'finished', 'cancelled', 'failed', 'undoing', 'undone']);
export const bulkChangeSchema = z.object({
  id: idSchema,
  action: bulkActionSchema,
  state: bulkStateSchema,
  total: z.number().int(),
  done: z.number().int(),
  changed: z.number().int().describe('People whom it changed; the others were so already. Of a check of addresses: those that look risky or undeliverable'),
  error: z.string().nullable(),
  createdAt: epochMsSchema,
  finishedAt: epochMsSchema.nullable(),
});
export type BulkChange = z.infer<typeof bulkChangeSchema>;
