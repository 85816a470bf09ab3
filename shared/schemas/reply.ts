import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';
import { answerClassSchema } from './delivery.ts';

/** What an inbound message is; `replyIntents` refine `human`. */
export const replyClasses = [
  'human',
  'out_of_office',
  'auto_acknowledgement',
  'hard_bounce',
  'soft_bounce',
  'block_bounce',
  'delayed_notice',
  'opt_out',
  'complaint',
  'own_copy',
  'unrelated',
] as const;
export const replyClassSchema = z.enum(replyClasses);
export type ReplyClass = z.infer<typeof replyClassSchema>;

/** What a human reply says. */
export const replyIntents = ['positive', 'negative', 'neutral', 'question', 'referral', 'meeting'] as const;
export const replyIntentSchema = z.enum(replyIntents);
export type ReplyIntent = z.infer<typeof replyIntentSchema>;

/** What a language model made of a message. Only the intent of a person's answer follows it; any other class is a hint for a person. */
export const replyOpinionSchema = z.object({
  class: replyClassSchema,
  intent: replyIntentSchema.nullable(),
  confidence: z.number().min(0).max(1),
  model: z.string(),
  prompt: z.string().describe('Version of the prompt'),
});
export type ReplyOpinion = z.infer<typeof replyOpinionSchema>;

export const replySchema = z.object({
  id: idSchema,
  mailboxId: idSchema,
  mailboxName: z.string().describe('Empty = the mailbox was deleted'),
  contactId: idSchema.nullable(),
  contactName: z.string(),
  enrolmentId: idSchema.nullable(),
  campaignId: idSchema.nullable(),
  campaignName: z.string().nullable(),
  deliveryId: idSchema.nullable().describe('The sent mail that it answers'),
  fromAddress: z.string(),
  fromName: z.string(),
  subject: z.string(),
  snippet: z.string(),
  class: replyClassSchema,
  intent: replyIntentSchema.nullable().default(null).describe('Of a human reply'),
  confidence: z.number().min(0).max(1),
  source: z.enum(['header', 'structure', 'pattern', 'model', 'person', 'default']).describe('What decided the class'),
  matchedBy: z.enum(['in_reply_to', 'references', 'report', 'address', 'token', 'none']),
  unread: z.boolean(),
  receivedAt: epochMsSchema,
});
export type Reply = z.infer<typeof replySchema>;

/** Views of the inbox. */
export const conversationScopes = ['all', 'unread', 'needs_reply', 'snoozed', 'replies', 'automatic', 'bounces', 'opt_outs'] as const;
export const conversationScopeSchema = z.enum(conversationScopes);
export type ConversationScope = z.infer<typeof conversationScopeSchema>;

/** All that one person, or a stranger's address, and one mailbox wrote to each other, by its latest inbound message. */
export const conversationSchema = z.object({
  key: z.string(),
  latest: replySchema,
  messages: z.number().int().describe('Inbound messages'),
  unread: z.number().int(),
  needsReply: z.boolean(),
  snoozedUntil: epochMsSchema.nullable(),
});
export type Conversation = z.infer<typeof conversationSchema>;

export const conversationItemSchema = z.object({
  id: idSchema,
  direction: z.enum(['out', 'in']),
  at: epochMsSchema,
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().nullable().describe('Sanitised; remote images removed'),
  class: replyClassSchema.nullable(),
  state: z.string().nullable().describe('Delivery state of an outgoing mail'),
});
export const replyDetailSchema = replySchema.extend({
  replyText: z.string().describe('What the person wrote, without quotes'),
  bounce: z.object({ status: z.string().nullable(), class: answerClassSchema.nullable(), recipient: z.string().nullable(), diagnostic: z.string().nullable() }).nullable(),
  returnDate: z.string().nullable(),
  delegate: z.object({ name: z.string(), address: z.string() }).nullable().describe('Whom an absence note or a referral names instead'),
  language: z.string().nullable(),
  opinion: replyOpinionSchema.nullable().describe('What a language model thinks; null = none was asked'),
  snoozedUntil: epochMsSchema.nullable(),
  done: z.boolean().describe('Its conversation needs no answer any more'),
  conversation: z.array(conversationItemSchema),
});
export type ReplyDetail = z.infer<typeof replyDetailSchema>;
