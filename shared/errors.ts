/**
 * The closed list of error codes. The engine throws `AppError(code, …)`, `engine/rpc` maps it once to the
 * contract, the UI owns the words. REST answers carry the code in RFC 9457 problem details.
 */
export const errorCodes = {
  bad_request: { status: 400, title: 'The request is not valid' },
  validation: { status: 422, title: 'Some fields need attention' },
  unauthorized: { status: 401, title: 'A valid token is required' },
  forbidden: { status: 403, title: 'This is not allowed' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'This conflicts with what is stored' },
  in_use: { status: 409, title: 'This is still in use' },
  wrong_state: { status: 409, title: 'Not possible in the present state' },
  payload_too_large: { status: 413, title: 'The upload is too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  template_error: { status: 422, title: 'The template cannot be rendered' },
  csv_unreadable: { status: 422, title: 'The file cannot be read as a table' },
  preflight_failed: { status: 422, title: 'The campaign cannot be launched yet' },
  mailbox_unreachable: { status: 502, title: 'The mail server cannot be reached' },
  mailbox_login: { status: 502, title: 'The mail server refused the login' },
  model_unreachable: { status: 502, title: 'The model server cannot be reached' },
  model_failed: { status: 502, title: 'The model server did not do it' },
  consent_required: { status: 403, title: 'This host needs your consent first' },
  secrets_locked: { status: 423, title: 'Stored passwords are locked' },
  disk_full: { status: 507, title: 'The disk is full' },
  store_corrupt: { status: 500, title: 'The database file is damaged' },
  store_from_future: { status: 500, title: 'The database was written by a newer version of Homing' },
  cancelled: { status: 409, title: 'Cancelled' },
  internal: { status: 500, title: 'Something went wrong inside Homing' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** What an error carries beside its code: `fields` maps a dotted input path to a sentence. */
export interface ErrorData {
  readonly fields?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/**
 * The one error class that crosses an area's border. `message` says what happened and what to do, in a
 * sentence that a user can act on. Expected outcomes are values (`Result`), not errors.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data: ErrorData = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.data = data;
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}
