import { z } from 'zod';
import { idSchema, wallTimeSchema } from './common.ts';

/**
 * The graph of a sequence. Steps are nodes, `next` is the edge to the step that follows: absent = the step
 * after it in the array, null = the end. Branching steps have further edges; `next` is then the way of everybody whom
 * no branch takes. Step ids are stable across versions.
 */
const stepId = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[A-Za-z0-9_-]+$/, 'Letters, digits, - and _ only');
const next = stepId.nullable().optional();
/** The way of a branch; null = the end. */
const way = stepId.nullable().default(null);
const branchId = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[A-Za-z0-9_-]+$/, 'Letters, digits, - and _ only');

/** ISO 8601 duration of weeks, days, hours, minutes and seconds, for example `P3D`, `PT72H`, `P1DT4H`. Months and years are refused. */
export const durationSchema = z
  .string()
  .max(40)
  .regex(/^P(?=\d|T\d)(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/, 'Write a duration such as P3D, PT4H or PT30M');

/** One weighted arm of an e-mail step. Of html and text one may be empty: it is derived from the other. */
export const variantSchema = z.object({
  id: z.string().min(1).max(10).default('A'),
  weight: z.number().int().min(0).max(1000).default(1),
  active: z.boolean().default(true),
  subject: z.string().max(998).default('').describe('Empty on a follow-up = reply in the same thread'),
  html: z.string().max(500_000).default(''),
  text: z.string().max(500_000).default(''),
});
export type Variant = z.infer<typeof variantSchema>;

/** A stored file for everybody, or a file of each person by a path with merge tags, for example `{{ contact.offer_file }}`. A missing one holds the mail. */
export const attachmentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), fileId: idSchema }),
  z.object({ kind: z.literal('path'), path: z.string().max(1000) }),
]);
export type Attachment = z.infer<typeof attachmentSchema>;

/** A passage that is written for each person, shown where `{{ personal.block }}` stands in the mail. */
export const personalBlockSchema = z.object({
  instruction: z.string().max(2000).default('').describe('What to write; a merge tag in it names a fact. Empty = everybody gets the fallback text'),
  fallback: z.string().max(1000).default('').describe('What stands there where nothing was written or approved; may hold merge tags'),
  unapproved: z.enum(['hold', 'fallback']).default('hold').describe('At the slot, where nobody has approved it: wait for approval, or send the fallback text'),
});
export type PersonalBlock = z.infer<typeof personalBlockSchema>;

export const emailStepSchema = z.object({
  id: stepId,
  type: z.literal('email'),
  variants: z.array(variantSchema).min(1).max(26),
  attachments: z.array(attachmentSchema).max(20).optional(),
  personal: personalBlockSchema.optional(),
  review: z.boolean().optional().describe('Each mail waits until a person approves it'),
  next,
});
export const waitStepSchema = z
  .object({ id: stepId, type: z.literal('wait'), duration: durationSchema, businessDays: z.boolean().default(false), next })
  .refine((step) => !step.businessDays || /^P(\d+W)?(\d+D)?$/.test(step.duration), { message: 'Business days need whole days, for example P3D', path: ['duration'] });
/** Until the next time that a clock of the recipient shows `time` on one of the weekdays (1 = Monday). */
export const waitTimeStepSchema = z.object({
  id: stepId,
  type: z.literal('wait_time'),
  time: wallTimeSchema.default('09:00'),
  days: z.array(z.number().int().min(1).max(7)).max(7).default([1, 2, 3, 4, 5]),
  next,
});
/** Until `offsetDays` after (below 0: before) the date in a field, at `time` where the recipient is. A moment that is over does not hold anybody up. */
export const waitDateStepSchema = z.object({
  id: stepId,
  type: z.literal('wait_date'),
  field: z.string().max(100).default('').describe('A field of the contact that holds a date, YYYY-MM-DD: `custom.renewal`'),
  offsetDays: z.number().int().min(-730).max(730).default(0),
  time: wallTimeSchema.default('09:00'),
  missing: way.describe('The way of people without such a date'),
  next,
});

export const countedEvents = ['opened', 'clicked', 'replied', 'bounced'] as const;
export const fieldOperators = ['equals', 'contains', 'starts_with', 'is_empty', 'at_least', 'at_most'] as const;
const not = z.boolean().default(false);
/** One thing that is true or false of a person. `not` turns it round. */
export const testSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    event: z.enum(countedEvents),
    atLeast: z.number().int().min(1).max(1000).default(1),
    stepId: stepId.nullable().default(null).describe('Of this mail only; null = of any mail of the enrolment'),
    not,
  }),
  z.object({ kind: z.literal('field'), field: z.string().max(100).default(''), op: z.enum(fieldOperators).default('equals'), value: z.string().max(500).default(''), not }),
  z.object({ kind: z.literal('tag'), tag: z.string().max(100).default(''), not }),
  z.object({ kind: z.literal('list'), listId: z.string().max(64).default(''), not }),
  z.object({ kind: z.literal('segment'), segmentId: z.string().max(64).default(''), not }),
  z.object({ kind: z.literal('score'), atLeast: z.number().min(0).max(100).default(50), not }),
]);
export type StepTest = z.infer<typeof testSchema>;
export const rulesOfBranchSchema = z.object({ match: z.enum(['all', 'any']).default('all'), tests: z.array(testSchema).max(20).default([]) });
export type BranchRules = z.infer<typeof rulesOfBranchSchema>;

const branch = z.object({ id: branchId, name: z.string().max(100).default(''), when: rulesOfBranchSchema, next: way });
/** Looks once, now. The first branch whose tests hold takes the person. */
export const conditionStepSchema = z.object({ id: stepId, type: z.literal('condition'), branches: z.array(branch).max(20), next });
/**
 * Waits until a branch's tests hold within its own window, counted from when the person comes here. A branch with a
 * `not` is decided at the end of its window. `next` = every window is over.
 */
export const waitForStepSchema = z.object({
  id: stepId,
  type: z.literal('wait_for'),
  branches: z.array(branch.extend({ within: durationSchema.default('P3D') })).max(20),
  next,
});
/** Goes by the value of a field; capitals do not matter. In a wildcard `*` stands for any text and `?` for one character. */
export const switchStepSchema = z.object({
  id: stepId,
  type: z.literal('switch'),
  field: z.string().max(100).default(''),
  cases: z
    .array(
      z.object({
        id: branchId,
        name: z.string().max(100).default(''),
        match: z.enum(['equals', 'contains', 'wildcard']).default('equals'),
        values: z.array(z.string().max(200)).max(50).default([]),
        next: way,
      }),
    )
    .max(20),
  next,
});
/** Draws an arm by weight: the same one whenever it is asked for the same person. */
export const splitStepSchema = z.object({
  id: stepId,
  type: z.literal('split'),
  arms: z.array(z.object({ id: branchId, name: z.string().max(100).default(''), weight: z.number().int().min(0).max(1000).default(1), next: way })).max(20),
});
/** Something that a person does by hand. What follows counts from when it is done. */
export const taskStepSchema = z.object({
  id: stepId,
  type: z.literal('task'),
  title: z.string().max(200).default(''),
  note: z.string().max(5000).default(''),
  dueIn: durationSchema.default('P0D').describe('When it is due, counted from when the person comes here'),
  skipped: stepId.nullable().optional().describe('The way after it was skipped; absent = the same as when it is done'),
  next,
});
export const actionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add_tag'), tag: z.string().max(100).default('') }),
  z.object({ kind: z.literal('remove_tag'), tag: z.string().max(100).default('') }),
  z.object({ kind: z.literal('set_field'), field: z.string().max(100).default(''), value: z.string().max(1000).default('') }),
  z.object({ kind: z.literal('add_to_list'), listId: z.string().max(64).default('') }),
  z.object({ kind: z.literal('remove_from_list'), listId: z.string().max(64).default('') }),
  z.object({ kind: z.literal('webhook'), url: z.string().max(2000).default('') }),
  z.object({ kind: z.literal('notify'), message: z.string().max(500).default('') }),
  z.object({ kind: z.literal('move_to'), sequenceId: z.string().max(64).default('') }),
  z.object({ kind: z.literal('convert'), goal: z.string().max(100).default('') }),
]);
export type StepAction = z.infer<typeof actionSchema>;
export const actionStepSchema = z.object({ id: stepId, type: z.literal('action'), action: actionSchema, next });
export const exitStepSchema = z.object({ id: stepId, type: z.literal('exit') });

export const stepSchema = z.union([
  emailStepSchema,
  waitStepSchema,
  waitTimeStepSchema,
  waitDateStepSchema,
  conditionStepSchema,
  waitForStepSchema,
  switchStepSchema,
  splitStepSchema,
  taskStepSchema,
  actionStepSchema,
  exitStepSchema,
]);
export type Step = z.infer<typeof stepSchema>;
export const stepTypes = [
  'email',
  'wait',
  'wait_time',
  'wait_date',
  'condition',
  'wait_for',
  'switch',
  'split',
  'task',
  'action',
  'exit',
] as const satisfies readonly Step['type'][];
export type StepType = (typeof stepTypes)[number];
export type StepOf<Type extends StepType> = Extract<Step, { type: Type }>;
export type EmailStep = z.infer<typeof emailStepSchema>;
export type WaitStep = z.infer<typeof waitStepSchema>;
