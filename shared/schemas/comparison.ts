import { z } from 'zod';
import { idSchema } from './common.ts';

/** A mail of somebody else, kept to compare one's own with. */
export const competitorMailSchema = z.object({
  id: idSchema,
  competitor: z.string().describe('Whose mail it is, as the user calls them'),
  subject: z.string(),
  text: z.string(),
  sentAt: z.number().int().nullable().describe('UTC ms; null = not known'),
  createdAt: z.number().int(),
});
export type CompetitorMail = z.infer<typeof competitorMailSchema>;

export const competitorMailInputSchema = z.object({
  competitor: z.string().trim().max(100).default('').describe('Empty = the name or domain of the sender'),
  source: z.string().min(1).max(2_000_000).describe('A text with or without a first line "Subject: …", or a whole message (.eml, RFC 5322)'),
});
export type CompetitorMailInput = z.infer<typeof competitorMailInputSchema>;

export const offerKinds = ['discount', 'trial', 'free', 'guarantee', 'deadline', 'demo', 'meeting', 'material', 'price', 'references'] as const;
export const offerKindSchema = z.enum(offerKinds);
export type OfferKind = z.infer<typeof offerKindSchema>;

/** How a mail ends: with a question, with a link to follow, or with neither. */
export const callKinds = ['question', 'link', 'none'] as const;
export const callKindSchema = z.enum(callKinds);

export const mailProfileSchema = z.object({
  subject: z.string(),
  subjectLength: z.number().int().describe('Characters'),
  words: z.number().int(),
  wordsPerSentence: z.number(),
  paragraphs: z.number().int(),
  links: z.number().int(),
  questions: z.number().int(),
  exclamations: z.number().int(),
  call: callKindSchema,
  aboutYou: z.number().nullable().describe('Share of "you" among "you" and "we"; null = neither is there'),
  offers: z.array(z.object({ kind: offerKindSchema, quote: z.string() })),
  bulkPhrases: z.array(z.string()).describe('Phrases of mass mail'),
});
export type MailProfile = z.infer<typeof mailProfileSchema>;

/** What is usual in several mails: medians, shares and counts. */
export const sideSchema = z.object({
  mails: z.array(mailProfileSchema),
  typical: z.object({
    words: z.number(),
    wordsPerSentence: z.number(),
    subjectLength: z.number(),
    links: z.number(),
    questions: z.number(),
    aboutYou: z.number().nullable(),
    bulkPhrases: z.number().describe('A mail, on average'),
  }),
  calls: z.object({ question: z.number().int(), link: z.number().int(), none: z.number().int() }),
  offers: z.array(z.object({ kind: offerKindSchema, mails: z.number().int(), quote: z.string() })).describe('Most frequent first'),
  gapsDays: z.array(z.number()).describe('Days from mail to mail, where they are known'),
  keywords: z.array(z.object({ term: z.string(), mails: z.number().int() })).describe('Words that mark this side off from the other one'),
});
export type Side = z.infer<typeof sideSchema>;

export const differenceCodes = ['length', 'subject', 'sentences', 'links', 'questions', 'about_you', 'bulk', 'cadence', 'count'] as const;
export const comparisonSchema = z.object({
  theirs: sideSchema,
  ours: sideSchema,
  differences: z.array(z.object({ code: z.enum(differenceCodes), theirs: z.number(), ours: z.number() })).describe('What differs clearly, most first'),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** What a language model says of the mails of a competitor; null where none answered. */
export const competitorReadingSchema = z.object({
  reading: z.object({ offer: z.string(), audience: z.string(), tone: z.string(), borrow: z.array(z.string()), avoid: z.array(z.string()) }).nullable(),
  model: z.string().nullable(),
  note: z.enum(['no_model', 'off', 'failed', 'invalid']).nullable().describe('Why there is no reading'),
});
export type CompetitorReading = z.infer<typeof competitorReadingSchema>;
