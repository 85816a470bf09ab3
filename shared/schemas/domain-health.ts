import { z } from 'zod';
import { epochMsSchema } from './common.ts';

/** A DNS record to copy into the zone of the domain. */
export const dnsRecordSchema = z.object({ type: z.enum(['TXT', 'MX', 'CNAME']), name: z.string(), value: z.string() });
export type DnsRecord = z.infer<typeof dnsRecordSchema>;

/** `unknown` = it could not be found out, which is neither good nor bad. */
export const healthStateSchema = z.enum(['ok', 'problem', 'unknown']);
export type HealthState = z.infer<typeof healthStateSchema>;

export const domainCheckSchema = z.object({
  check: z.enum(['spf', 'dkim', 'dmarc', 'mx']),
  state: healthStateSchema,
  summary: z.string().describe('What was found and what it means'),
  todo: z.string().nullable().describe('What to change; null = nothing'),
  found: z.array(z.string()).describe('The records as DNS has them'),
  suggested: z.array(dnsRecordSchema).describe('Records that would mend it'),
});
export type DomainCheck = z.infer<typeof domainCheckSchema>;

export const domainHealthSchema = z.object({
  domain: z.string(),
  checkedAt: epochMsSchema.nullable().describe('Null = never checked'),
  stale: z.boolean().describe('Never checked, or more than a day ago'),
  managed: z.boolean().describe('The domain belongs to the provider, who cares for its records'),
  checks: z.array(domainCheckSchema),
});
export type DomainHealth = z.infer<typeof domainHealthSchema>;
