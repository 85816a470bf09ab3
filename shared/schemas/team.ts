import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';

/** Weakest first: each may do what the ones before it may. */
export const roles = ['viewer', 'sender', 'manager', 'owner'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

/** Who holds the launch token. Always there, always an owner, so that nobody can lock everybody out. */
export const launchOwnerId = 'owner';

/** A person of the team. */
export const profileSchema = z.object({
  id: idSchema,
  name: z.string(),
  role: roleSchema,
  createdAt: epochMsSchema.nullable().describe('Null = the owner by the launch token'),
});
export type Profile = z.infer<typeof profileSchema>;

export const profileInputSchema = z.object({ name: z.string().trim().min(1).max(100), role: roleSchema });
export type ProfileInput = z.infer<typeof profileInputSchema>;

/** The token is shown this once; only its hash is kept. */
export const profileWithTokenSchema = z.object({ profile: profileSchema, token: z.string() });
export type ProfileWithToken = z.infer<typeof profileWithTokenSchema>;
