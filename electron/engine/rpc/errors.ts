import { ORPCError } from '@orpc/server';
import { errorCodes, isAppError, type ErrorCode, type ErrorData } from '../../../shared/errors.ts';
import type { Logger } from '../ports.ts';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * Turns whatever a procedure threw into an error of the contract. An AppError keeps its code; rejected input becomes
 * `validation` with a sentence per field; anything else is logged and becomes `internal` without details.
 */
export function contractError(error: unknown, log: Logger, path: readonly string[]): unknown {
  if (isAppError(error)) {
    if (errorCodes[error.code].status >= 500) log.warn({ err: error, path: path.join('.') }, error.message);
    return coded(error.code, error.message, error.data, error);
  }
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    const fields = fieldsOf(error.data);
    if (fields === null) return coded('bad_request', error.message, {}, error);
    return coded('validation', summary(fields), { fields }, error);
  }
  if (error instanceof ORPCError && error.code !== 'INTERNAL_SERVER_ERROR') return error;
  log.error({ err: error, path: path.join('.') }, 'unexpected error in a procedure');
  return coded('internal', 'Something went wrong inside Homing. The log has the details; nothing was sent because of it.', {}, error);
}

function coded(code: ErrorCode, message: string, data: ErrorData, cause: unknown): ORPCError<ErrorCode, ErrorData> {
  return new ORPCError(code, { defined: true, status: errorCodes[code].status, message, data, cause });
}

function fieldsOf(data: unknown): Record<string, string> | null {
  const issues = (data as { issues?: unknown } | null | undefined)?.issues;
  if (!Array.isArray(issues)) return null;
  const fields: Record<string, string> = {};
  for (const issue of issues as Issue[]) {
    const path = (issue.path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
    fields[path] ??= sentence(issue.message);
  }
  return fields;
}

function sentence(message: string): string {
  if (/^Invalid input: expected .+, received undefined$/.test(message)) return 'This is required.';
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function summary(fields: Record<string, string>): string {
  const entries = Object.entries(fields);
  const [first] = entries;
  if (first === undefined) return 'The input is not valid.';
  const rest = entries.length - 1;
  return `${first[0] === '' ? 'Input' : first[0]}: ${first[1]}${rest === 0 ? '' : ` (and ${rest} more)`}`;
}
