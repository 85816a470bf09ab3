const hidden = '(hidden)';

/**
 * What a server says may repeat what it was given, and what it says is stored, shown and logged. This takes the secrets
 * of a login out again, in the forms in which a login carries them (RFC 4616, RFC 3501 section 9 `quoted`, SASL XOAUTH2).
 */
export function hideSecret(text: string, user: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === '') continue;
    const base64 = [secret, `\0${user}\0${secret}`, `${user}\0${user}\0${secret}`, `user=${user}\u0001auth=Bearer ${secret}\u0001\u0001`].map((form) =>
      Buffer.from(form).toString('base64'),
    );
    for (const form of [...base64, ...base64.map((each) => each.replace(/=+$/, '')), secret.replace(/["\\]/g, '\\$&'), encodeURIComponent(secret), secret])
      clean = clean.replaceAll(form, hidden);
  }
  return clean;
}

/** The error itself, or where it carries a secret, one in its place that has only its codes. */
export function errorWithoutSecret(error: Error, hide: (text: string) => string): Error {
  const {
    message,
    stack = '',
    code,
    originalCode,
    responseText = '',
    response = '',
  } = error as Error & { code?: unknown; originalCode?: unknown; responseText?: unknown; response?: unknown };
  const told = [message, stack, String(responseText), String(response)];
  if (told.every((text) => hide(text) === text)) return error;
  return Object.assign(new Error(hide(message)), { ...(code === undefined ? {} : { code }), ...(originalCode === undefined ? {} : { originalCode }) });
}
