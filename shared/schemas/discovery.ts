import { z } from 'zod';
import { connectionSecuritySchema } from './mailbox.ts';

export const discoveredServerSchema = z.object({ host: z.string(), port: z.number().int(), security: connectionSecuritySchema, user: z.string() });

/** Servers that an address may use, and how they were found. */
export const serverCandidateSchema = z.object({
  source: z
    .enum(['preset', 'mx', 'autoconfig', 'srv', 'guess'])
    .describe(
      'preset = known provider of the domain; mx = known provider that takes its mail; autoconfig = the settings document of the domain; srv = RFC 6186; guess = a usual name that answers',
    ),
  foundAt: z.string().describe('The domain, MX host, address, record or server name where it was found'),
  provider: z.string().nullable().describe('A key of the table of providers, where known'),
  name: z.string().describe('The provider as it calls itself; empty = not known'),
  smtp: discoveredServerSchema,
  imap: discoveredServerSchema.nullable(),
});
export type ServerCandidate = z.infer<typeof serverCandidateSchema>;

/** Best first. Empty = nothing was found, and a person must write the servers. */
export const discoverySchema = z.object({ address: z.string(), candidates: z.array(serverCandidateSchema) });
export type Discovery = z.infer<typeof discoverySchema>;
