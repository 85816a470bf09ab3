import { z } from 'zod';
import { epochMsSchema } from './common.ts';

/** How an address looks: `good` only once DNS said that its domain takes mail; `unknown` = nothing speaks against it. */
export const addressVerdictSchema = z.enum(['good', 'risky', 'undeliverable', 'unknown']);
export type AddressVerdict = z.infer<typeof addressVerdictSchema>;

/** `syntax`: no address; `no_mail`: its domain takes no mail; `typo`: the domain looks like a slip of another; `disposable`: thrown away after minutes; `role`: an office, not a person; `free_mail`: anybody can have one there. */
export const addressFlagSchema = z.enum(['syntax', 'no_mail', 'typo', 'disposable', 'role', 'free_mail']);
export type AddressFlag = z.infer<typeof addressFlagSchema>;

export const addressCheckSchema = z.object({
  verdict: addressVerdictSchema,
  flags: z.array(addressFlagSchema),
  suggestion: z.string().nullable().describe('The address that was probably meant'),
  checkedAt: epochMsSchema.nullable().describe('When DNS was asked for its domain; null = never'),
});
export type AddressCheck = z.infer<typeof addressCheckSchema>;

/** What the addresses of an import look like by themselves; DNS is not asked. */
export const addressCountsSchema = z.object({
  role: z.number().int(),
  disposable: z.number().int(),
  freeMail: z.number().int(),
  typo: z.number().int(),
  corrected: z.number().int().describe('Written with the domain that was meant'),
  slips: z.array(z.object({ domain: z.string(), meant: z.string(), people: z.number().int() })).describe('Domains that look mistyped, at most 50, the most frequent first'),
});
export type AddressCounts = z.infer<typeof addressCountsSchema>;

/** Domain as it stands in the file → domain that was meant. */
export const domainCorrectionsSchema = z.record(z.string().min(1).max(253), z.string().min(1).max(253));
