import { isIP } from 'node:net';
import type { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { presetOfHost } from '../../../shared/providers.ts';
import type { MailboxLimits, MailboxPatch, serverInputSchema } from '../../../shared/schemas/mailbox.ts';

export type ServerInput = z.infer<typeof serverInputSchema>;

// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const control = /[\u0000-\u001f\u007f]/;

/**
 * Refuses what would break a header or send a password in the clear. Throws AppError validation with every field.
 * Line breaks are refused here, where a value comes in, so that no later user of it has to think of them.
 */
export function checkInput(input: Omit<MailboxPatch, 'limits'> & { limits?: MailboxLimits | undefined }): void {
  const fields: Record<string, string> = {};
  if (input.address !== undefined && !isAddress(input.address)) fields['address'] = 'Write an address like anna@example.com';
  if (input.replyTo !== undefined && input.replyTo !== null && !isAddress(input.replyTo)) fields['replyTo'] = 'Write an address like anna@example.com, or leave it empty';
  input.aliases?.forEach((alias, index) => {
    if (!isAddress(alias.address)) fields[`aliases.${index}.address`] = 'Write an address like anna@example.com';
    if (control.test(alias.name)) fields[`aliases.${index}.name`] = 'Line breaks are not allowed';
  });
  if (input.sendAs !== undefined && input.sendAs !== null && !isAddress(input.sendAs)) fields['sendAs'] = 'Write an address like anna@example.com, or leave it empty';
  if (input.dkim !== undefined && input.dkim !== null) {
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(input.dkim.domain)) fields['dkim.domain'] = 'Write a domain like example.com';
    if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(input.dkim.selector)) fields['dkim.selector'] = 'Letters, digits, - and _ only, for example homing1';
  }
  if (input.fromName !== undefined && control.test(input.fromName)) fields['fromName'] = 'Line breaks are not allowed';
  if (input.name !== undefined && control.test(input.name)) fields['name'] = 'Line breaks are not allowed';
  if (input.limits !== undefined && input.limits.maxGapSeconds < input.limits.minGapSeconds)
    fields['limits.maxGapSeconds'] = 'The longest gap must not be shorter than the shortest';
  for (const side of ['smtp', 'imap'] as const) {
    const server = input[side];
    if (server !== undefined && server !== null) Object.assign(fields, checkServer(side, server));
  }
  if (Object.keys(fields).length > 0) throw new AppError('validation', Object.values(fields)[0] ?? 'Some fields need attention', { fields });
}

function checkServer(side: 'smtp' | 'imap', server: ServerInput): Record<string, string> {
  const fields: Record<string, string> = {};
  if (!/^[^\s/@:]+$/.test(server.host) && isIP(server.host) === 0) fields[`${side}.host`] = 'Write a server name like mail.example.com, without port or protocol';
  if (control.test(server.user)) fields[`${side}.user`] = 'Line breaks are not allowed';
  if (server.password !== undefined && control.test(server.password)) fields[`${side}.password`] = 'Line breaks are not allowed';
  if (server.security === 'none' && server.user !== '' && !isNear(server.host)) {
    fields[`${side}.security`] =
      'Without encryption anybody on the way can read the password. Choose TLS or STARTTLS; unencrypted works only with a server on this computer or network';
  }
  return fields;
}

/** A password as it is meant: app passwords are shown in groups of four, which the server does not know of, and are copied with them. */
export function passwordOf({ password, host }: ServerInput): string | undefined {
  if (password === undefined || presetOfHost(host)?.password !== 'app') return password;
  return /^\s*\S{4}(\s\S{4}){2,3}\s*$/.test(password) ? password.replace(/\s/g, '') : password;
}

function isAddress(value: string): boolean {
  return /^[^\s<>(),;:"@\\]+@[^\s<>(),;:"@\\]+$/.test(value) && !control.test(value);
}

/** Whether a host is on this computer or its own network, by its name alone. */
export function isNear(host: string): boolean {
  const name = host.toLowerCase();
  if (isIP(name) === 4) return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(name);
  if (isIP(name) === 6) return name === '::1' || /^f[cde]/.test(name);
  return !name.includes('.') || /\.(localhost|local|lan|internal|test|home\.arpa)$/.test(name);
}
