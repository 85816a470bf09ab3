import { errorCodes, type ErrorCode } from '../../shared/errors.ts';

/** RFC 9457 problem details with our own `code` and `fields`; other data of an error follows as extension members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly fields?: Readonly<Record<string, string>>;
  readonly [extension: string]: unknown;
}

export const problemType = 'application/problem+json';

export function problem(code: ErrorCode, detail: string, data: Record<string, unknown> = {}, status?: number): Problem {
  const { title, status: usual } = errorCodes[code];
  return { ...data, type: `urn:homing:problem:${code}`, title, status: status ?? usual, detail, code };
}

/** The problem behind an error of the contract, or one that the transport's library made. */
export function problemOf(error: { code: string; status: number; message: string; data: unknown }): Problem {
  const data = typeof error.data === 'object' && error.data !== null ? (error.data as Record<string, unknown>) : {};
  if (error.code in errorCodes) return problem(error.code as ErrorCode, error.message, data);
  return problem(codeOfStatus(error.status), error.message, {}, error.status);
}

export function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 413:
      return 'payload_too_large';
    case 422:
      return 'validation';
    case 429:
      return 'rate_limited';
    default:
      return status >= 500 ? 'internal' : 'bad_request';
  }
}
