import { HostError } from './host.ts';

export type Fetch = (url: string, options: RequestInit) => Promise<Response>;

const errorTextCap = 300;

/**
 * A fetch for one call to a host: carries the signal and the key, follows no redirect (data goes to the host that was
 * agreed on and nowhere else), and turns every failure into a `HostError`.
 */
export function hostFetch(fetch: Fetch, options: { signal: AbortSignal; key: string | null }): Fetch {
  return async (url, init) => {
    const headers = new Headers(init.headers);
    if (options.key !== null) headers.set('authorization', `Bearer ${options.key}`);
    const signals = [options.signal, ...(init.signal === undefined || init.signal === null ? [] : [init.signal])];
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers, redirect: 'manual', signal: AbortSignal.any(signals) });
    } catch (error) {
      throw hostError(error, options.signal);
    }
    if (response.ok) return response;
    throw await refusal(response);
  };
}

/** Whatever was thrown, as a `HostError`. The reason of an aborted signal tells a time limit from a person. */
export function hostError(error: unknown, signal: AbortSignal): HostError {
  if (signal.aborted) return signal.reason instanceof HostError ? signal.reason : new HostError('cancelled', 'It was cancelled.', 0, { cause: error });
  if (error instanceof HostError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const said = cause instanceof Error ? (cause.message === '' ? ((cause as { code?: string }).code ?? cause.name) : cause.message) : String(cause);
  return new HostError('unreachable', `The model server did not answer: ${said.slice(0, errorTextCap)}`, 0, { cause: error });
}

/** The error without the key, which hosts like to repeat: what they say is stored and shown. */
export function withoutKey(error: HostError, key: string | null): HostError {
  if (key === null || !error.message.includes(key)) return error;
  return new HostError(error.kind, error.message.replaceAll(key, '(hidden)'), error.retryAfterMs);
}

async function refusal(response: Response): Promise<HostError> {
  const { status } = response;
  const said = await errorText(response);
  const text = said === '' ? `It answered ${status}.` : `It answered ${status}: ${said}`;
  if (status >= 300 && status < 400) return new HostError('refused', 'It points to another address, which Homing does not follow. Enter that address if you trust it.');
  if (status === 401 || status === 403) return new HostError('login', `The model server wants a valid key. ${text}`);
  if (status === 429) return new HostError('rate_limited', `The model server asks for patience. ${text}`, retryAfterMs(response.headers.get('retry-after')));
  if (status === 404 && /model/i.test(said)) return new HostError('no_model', `The model is not there. ${text}`);
  if (status >= 500) return new HostError('server', `The model server failed. ${text}`, retryAfterMs(response.headers.get('retry-after')));
  return new HostError('refused', `The model server refused the question. ${text}`);
}

/** `{"error": "…"}` of Ollama, `{"error": {"message": "…"}}` of OpenAI's protocol, or plain text. */
async function errorText(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const { error } = JSON.parse(text) as { error?: string | { message?: string } };
    const said = typeof error === 'string' ? error : error?.message;
    if (typeof said === 'string') return said.slice(0, errorTextCap);
  } catch {
    // Plain text, or a page of a proxy.
  }
  return text.trimStart().startsWith('<') ? '' : text.slice(0, errorTextCap);
}

/** Seconds of a Retry-After header (RFC 9110 section 10.2.3), at most an hour; dates count as nothing. */
function retryAfterMs(header: string | null): number {
  const seconds = Number(header ?? '');
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) * 1000 : 0;
}
