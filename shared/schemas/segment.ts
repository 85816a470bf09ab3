import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';
import { contactStatusSchema } from './contact.ts';

/**
 * A segment's filter: rules over one contact, nested in groups. Fields have the names that texts and steps use,
 * `first_name` or `custom.plan`. Capitals do not matter. `not` turns a rule or a group round.
 */
const not = z.boolean().default(false);
const field = z.string().trim().min(1).max(100);

export const textOperators = ['equals', 'contains', 'starts_with', 'ends_with', 'is_empty'] as const;
export const numberOperators = ['equals', 'at_least', 'at_most'] as const;
export const dateOperators = ['on', 'before', 'after'] as const;
/** What a segment can count. `replied` counts human answers as they are classed now; the others are facts that were noted. */
export const segmentEvents = ['enrolled', 'sent', 'replied', 'auto_replied', 'bounced', 'unsubscribed', 'opened', 'clicked', 'converted'] as const;
export type SegmentEvent = (typeof segmentEvents)[number];
/** Moments of a contact that a date rule may name beside custom fields. */
export const momentFields = ['created_at', 'last_sent_at', 'last_reply_at', 'consent_at'] as const;

const textRuleSchema = z
  .object({
    kind: z.literal('text'),
    field,
    op: z.enum(textOperators),
    values: z.array(z.string().trim().min(1).max(500)).max(100).default([]).describe('Any of them'),
    not,
  })
  .refine(({ op, values }) => op === 'is_empty' || values.length > 0, { message: 'Give at least one value', path: ['values'] });
const numberRuleSchema = z.object({ kind: z.literal('number'), field, op: z.enum(numberOperators), value: z.number(), not });
const dateRuleSchema = z.object({ kind: z.literal('date'), field, op: z.enum(dateOperators), date: z.iso.date(), not });
const daysRuleSchema = z.object({
  kind: z.literal('days'),
  field,
  op: z.enum(['last', 'next']).describe('Today counts'),
  days: z.number().int().min(0).max(36_500),
  not,
});
const tagRuleSchema = z.object({ kind: z.literal('tag'), tags: z.array(z.string().trim().min(1).max(100)).min(1).max(100).describe('Any of them'), not });
const listRuleSchema = z.object({ kind: z.literal('list'), listIds: z.array(idSchema).min(1).max(100).describe('Any of them'), not });
const statusRuleSchema = z.object({ kind: z.literal('status'), statuses: z.array(contactStatusSchema).min(1).describe('Any of them'), not });
const eventRuleSchema = z.object({
  kind: z.literal('event'),
  event: z.enum(segmentEvents),
  atLeast: z.number().int().min(1).max(1000).default(1),
  withinDays: z.number().int().min(1).max(36_500).nullable().default(null).describe('In the days before now; null = ever'),
  campaignId: idSchema.nullable().default(null).describe('In this campaign only; null = in any'),
  not,
});
const leafSchema = z.discriminatedUnion('kind', [
  textRuleSchema,
  numberRuleSchema,
  dateRuleSchema,
  daysRuleSchema,
  tagRuleSchema,
  listRuleSchema,
  statusRuleSchema,
  eventRuleSchema,
]);

export type SegmentLeaf = z.infer<typeof leafSchema>;
export interface SegmentGroup {
  kind: 'group';
  match: 'all' | 'any';
  rules: SegmentRule[];
  not: boolean;
}
export type SegmentRule = SegmentLeaf | SegmentGroup;

const match = z.enum(['all', 'any']).default('all');
const groupSchema: z.ZodType<SegmentGroup> = z.object({
  kind: z.literal('group'),
  match,
  rules: z
    .array(z.lazy(() => segmentRuleSchema))
    .min(1)
    .max(50),
  not,
});
export const segmentRuleSchema: z.ZodType<SegmentRule> = z.union([leafSchema, groupSchema]);

export const maxSegmentDepth = 5;
export const maxSegmentRules = 100;

/** No rules = everybody. */
export const segmentFilterSchema = z
  .object({ version: z.literal(1).default(1), match, rules: z.array(segmentRuleSchema).max(50).default([]) })
  .refine(({ rules }) => depthOf(rules) <= maxSegmentDepth, { message: `Groups can be nested ${maxSegmentDepth} deep`, path: ['rules'] })
  .refine(({ rules }) => leavesOf(rules).length <= maxSegmentRules, { message: `At most ${maxSegmentRules} rules`, path: ['rules'] });
export type SegmentFilter = z.infer<typeof segmentFilterSchema>;

/** The rules without their groups. */
export function leavesOf(rules: readonly SegmentRule[]): SegmentLeaf[] {
  return rules.flatMap((rule) => (rule.kind === 'group' ? leavesOf(rule.rules) : [rule]));
}

function depthOf(rules: readonly SegmentRule[]): number {
  return Math.max(0, ...rules.map((rule) => (rule.kind === 'group' ? 1 + depthOf(rule.rules) : 0)));
}

/** How the contacts table looks while the segment is shown. */
export const segmentViewSchema = z.object({ columns: z.array(z.string().min(1).max(100)).min(1).max(40), sort: z.string().max(64) });
export type SegmentView = z.infer<typeof segmentViewSchema>;

export const segmentInputSchema = z.object({
  name: z.string().trim().min(1).max(200),
  filter: segmentFilterSchema,
  view: segmentViewSchema.nullable().default(null),
});
export type SegmentInput = z.infer<typeof segmentInputSchema>;

export const segmentSchema = z.object({
  id: idSchema,
  name: z.string(),
  filter: segmentFilterSchema,
  view: segmentViewSchema.nullable(),
  createdAt: epochMsSchema,
  updatedAt: epochMsSchema,
});
export type Segment = z.infer<typeof segmentSchema>;
