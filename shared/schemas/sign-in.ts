import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';
import { oauthSettingsSchema } from './mailbox.ts';

export const signInInputSchema = oauthSettingsSchema.pick({ provider: true, clientId: true, tenant: true, endpoints: true }).extend({
  clientSecret: z.string().max(500).default('').describe('Only where the provider gave one with the client id. It never leaves the engine again.'),
  account: z.string().trim().min(3).max(320).describe('The address that signs in'),
  flow: z.enum(['browser', 'code']).default('browser').describe('browser = the page of the provider comes back to this computer; code = a short code is typed on any device'),
  mailboxId: idSchema.optional().describe('The mailbox that the sign-in is for; absent = one that is not stored yet, which names the sign-in when it is created'),
});
export type SignInInput = z.infer<typeof signInInputSchema>;

/** A sign-in at a provider under way. The tokens stay in the engine. */
export const signInSchema = z.object({
  id: idSchema,
  state: z.enum(['waiting', 'done', 'failed', 'cancelled']),
  account: z.string(),
  url: z.string().describe('The page to open in a browser'),
  userCode: z.string().nullable().describe('What to type on that page; null = nothing'),
  expiresAt: epochMsSchema,
  message: z.string().nullable().describe('Why it failed and what to do'),
});
export type SignIn = z.infer<typeof signInSchema>;
