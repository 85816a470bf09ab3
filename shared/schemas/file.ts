import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';

/** Providers refuse messages above 20 to 25 MB, and base64 adds a third. */
export const maxFileBytes = 15 * 1024 * 1024;

/** A file that mails carry, as attachment or inline image. */
export const mailFileSchema = z.object({
  id: idSchema,
  name: z.string(),
  mediaType: z.string(),
  size: z.number().int().describe('Bytes'),
  sha256: z.string(),
  createdAt: epochMsSchema,
});
export type MailFile = z.infer<typeof mailFileSchema>;
