import type { LinkAnswer } from '../../../shared/schemas/sequence.ts';

const timeLimitMs = 8000;
const maxHops = 5;
const atOnce = 4;

/**
 * Asks each address once whether it answers, from this computer, as a reader's browser would: HEAD, and GET where a
 * server has no answer to that. Redirects are followed five times. Never throws; the order is that of the input.
 */
export async function checkLinks(urls: readonly string[], fetch: (url: string, options: RequestInit) => Promise<Response>): Promise<LinkAnswer[]> {
  const answers: LinkAnswer[] = [];
  const waiting = [...new Set(urls)].entries();
  const worker = async () => {
    for (const [index, url] of waiting) answers[index] = await ask(url, fetch);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

async function ask(url: string, fetch: (url: string, options: RequestInit) => Promise<Response>): Promise<LinkAnswer> {
  const signal = AbortSignal.timeout(timeLimitMs);
  let here = url;
  try {
    for (let hop = 0; hop <= maxHops; hop += 1) {
      if (!/^https?:$/.test(new URL(here).protocol)) return { url, to: here, problem: 'It leads to something that is no web page.' };
      let response = await fetch(here, { method: 'HEAD', redirect: 'manual', signal });
      await response.body?.cancel();
      if ([403, 404, 405, 501].includes(response.status)) {
        response = await fetch(here, { method: 'GET', redirect: 'manual', signal });
        await response.body?.cancel();
      }
      const next = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && next !== null) here = new URL(next, here).href;
      else return { url, to: here === url ? null : here, problem: problemOf(response.status) };
    }
    return { url, to: here, problem: 'It leads on and on without an end.' };
  } catch (error) {
    return { url, to: null, problem: signal.aborted ? 'It did not answer within eight seconds.' : reasonOf(error) };
  }
}

function problemOf(status: number): string | null {
  if (status < 400) return null;
  if (status === 404 || status === 410) return `There is nothing at this address (${status}).`;
  // A page behind a login or a guard against programs exists.
  if (status === 401 || status === 403 || status === 429) return null;
  return `The server answers with an error (${status}).`;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'There is no such server.';
  if (code === 'ECONNREFUSED') return 'The server refuses the connection.';
  if (/CERT|TLS|SSL/.test(code)) return 'Its certificate is not valid.';
  return 'It cannot be reached.';
}
