import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import { AppError } from '../../../shared/errors.ts';
import type { OAuthSettings } from '../../../shared/schemas/mailbox.ts';
import type { SignIn, SignInInput } from '../../../shared/schemas/sign-in.ts';
import { minute, second, type Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Logger, Network } from '../ports.ts';
import { createOAuthClient, OAuthRefused, StrangeAnswer, type OAuthClient, type Tokens } from './oauth-client.ts';
import type { Grant } from './tokens.ts';

const browserLimitMs = 10 * minute;
/** RFC 8628 section 3.5. */
const slowDownSeconds = 5;
/** A finished sign-in waits this long for the mailbox that takes it. */
const keepMs = 60 * minute;
const maxOpen = 10;

interface Entry {
  status: SignIn;
  readonly settings: OAuthSettings;
  readonly clientSecret: string;
  readonly mailboxId: string | null;
  grant: Grant | null;
  /** Ends what waits for it. */
  end: () => void;
}

export type SignIns = ReturnType<typeof createSignIns>;

/** Sign-ins at providers, by the browser with a loopback redirect (RFC 8252) or by a code for another device. */
export function createSignIns(deps: { clock: Clock; ids: Ids; log: Logger; network: Network; onDone: (mailboxId: string, grant: Grant) => void }) {
  const { clock, ids, log } = deps;
  const entries = new Map<string, Entry>();

  function tidy(): void {
    for (const [id, entry] of entries) if (entry.status.expiresAt + keepMs < clock.now()) drop(id);
    const [oldest] = entries.keys();
    if (entries.size >= maxOpen && oldest !== undefined) drop(oldest);
  }

  function drop(id: string): void {
    const entry = entries.get(id);
    // What is under way must find that nobody waits for it any more.
    if (entry !== undefined) settle(entry, 'cancelled', null);
    entries.delete(id);
  }

  function need(id: string): Entry {
    const entry = entries.get(id);
    if (entry === undefined) throw new AppError('not_found', 'This sign-in is over. Start a new one.');
    return entry;
  }

  function settle(entry: Entry, state: SignIn['state'], message: string | null): void {
    if (entry.status.state !== 'waiting') return;
    entry.status = { ...entry.status, state, message };
    entry.end();
  }

  function succeed(entry: Entry, tokens: Tokens): void {
    if (entry.status.state !== 'waiting') return;
    entry.grant = { settings: entry.settings, clientSecret: entry.clientSecret, tokens };
    if (entry.mailboxId !== null) deps.onDone(entry.mailboxId, entry.grant);
    settle(entry, 'done', null);
  }

  function fail(entry: Entry, name: string, error: unknown): void {
    log.warn({ signIn: entry.status.id, error: error instanceof OAuthRefused ? error.error : error instanceof Error ? error.name : 'unknown' }, 'a sign-in failed');
    settle(entry, 'failed', sentence(name, error));
  }

  async function byBrowser(entry: Entry, client: OAuthClient): Promise<void> {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const server = createServer((request, response) => void answer(request, response));
    server.on('error', () => undefined);
    await listen(server);
    const { port } = server.address() as AddressInfo;
    const redirectUri = `http://${client.redirectHost}:${port}/`;
    const cancelLimit = clock.after(browserLimitMs, () => settle(entry, 'failed', 'Nobody signed in within ten minutes. Start again.'));
    entry.end = () => {
      cancelLimit();
      server.close();
      // The page that says so is still on its way.
      server.closeIdleConnections();
    };
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    entry.status = { ...entry.status, url: client.authorizationUrl(redirectUri, challenge, state, entry.status.account), expiresAt: clock.now() + browserLimitMs };

    let answered = false;
    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const url = URL.canParse(request.url ?? '', redirectUri) ? new URL(request.url ?? '', redirectUri) : null;
      const own = request.headers.host === `${client.redirectHost}:${port}`;
      if (request.method !== 'GET' || !own || url?.pathname !== '/') return page(response, 404, 'Nothing is here.');
      // A code serves once; a reload of the page must not spoil the exchange under way.
      if (answered && url.searchParams.get('state') === state) return page(response, 200, 'This page was used already. Go back to Homing.');
      try {
        answered ||= url.searchParams.get('state') === state;
        succeed(entry, await client.exchange(url, { redirectUri, verifier, state }));
        if (entry.status.state === 'done') page(response, 200, 'You are signed in. Close this page and go back to Homing.');
        else page(response, 400, 'This sign-in is over. Start a new one in Homing.');
      } catch (error) {
        if (error instanceof StrangeAnswer) return page(response, 400, 'This answer belongs to no sign-in of Homing.');
        fail(entry, client.name, error);
        page(response, 400, 'The sign-in failed. Homing says why.');
      }
    }
  }

  async function byCode(entry: Entry, client: OAuthClient): Promise<void> {
    if (!client.offersDevice) throw new AppError('validation', `${client.name} offers no sign-in by code. Use the browser.`, { fields: { flow: 'Not offered by this provider' } });
    const grant = await client.startDevice().catch((error: unknown) => {
      throw new AppError('bad_request', sentence(client.name, error));
    });
    const expiresAt = clock.now() + grant.lifeSeconds * second;
    entry.status = { ...entry.status, url: grant.url, userCode: grant.userCode, expiresAt };
    let interval = grant.intervalSeconds;
    const later = (): void => {
      const cancel = clock.after(Math.min(interval * second, Math.max(0, expiresAt - clock.now())), () => void ask());
      entry.end = cancel;
    };
    const ask = async (): Promise<void> => {
      if (entry.status.state !== 'waiting') return;
      if (clock.now() >= expiresAt) return settle(entry, 'failed', 'The code was not used in time. Start again.');
      try {
        const answer = await client.pollDevice(grant.deviceCode);
        if (answer === 'slow_down') interval += slowDownSeconds;
        if (typeof answer === 'object') return succeed(entry, answer);
      } catch (error) {
        if (error instanceof OAuthRefused) return fail(entry, client.name, error);
        // The network may come back; a server in trouble is asked less often (RFC 8628 section 3.5).
        interval *= 2;
      }
      if (entry.status.state === 'waiting') later();
    };
    later();
  }

  return {
    /** Begins a sign-in; the answer says which page to open. Throws AppError validation or bad_request. */
    async start(input: SignInInput): Promise<SignIn> {
      tidy();
      const { provider, clientId, tenant, endpoints, clientSecret, account, mailboxId } = input;
      const settings: OAuthSettings = { provider, clientId, tenant, account, expiresAt: null, ...(endpoints === undefined ? {} : { endpoints }) };
      const client = createOAuthClient(settings, clientSecret, deps.network.fetch);
      const id = ids.next();
      const status: SignIn = { id, state: 'waiting', account, url: '', userCode: null, expiresAt: clock.now(), message: null };
      const entry: Entry = { status, settings, clientSecret, mailboxId: mailboxId ?? null, grant: null, end: () => undefined };
      await (input.flow === 'code' ? byCode(entry, client) : byBrowser(entry, client));
      entries.set(id, entry);
      return entry.status;
    },
    get: (id: string): SignIn => need(id).status,
    cancel(id: string): SignIn {
      const entry = need(id);
      settle(entry, 'cancelled', null);
      return entry.status;
    },
    /** What a finished sign-in gave. Throws AppError wrong_state when it is not finished. */
    grant(id: string): Grant {
      const { grant } = need(id);
      if (grant === null) throw new AppError('wrong_state', 'The sign-in is not finished. Finish it in the browser, then save.');
      return grant;
    },
    forget: drop,
    stop(): void {
      for (const id of [...entries.keys()]) drop(id);
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

function page(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'", 'cache-control': 'no-store', connection: 'close' });
  response.end(`<!doctype html><meta name="color-scheme" content="light dark"><title>Homing</title><p>${text}</p>`);
}

function sentence(name: string, error: unknown): string {
  if (!(error instanceof OAuthRefused)) return `${name} could not be reached to finish the sign-in. Check the internet connection and start again.`;
  if (error.error === 'access_denied' || error.error === 'authorization_declined') return `The consent was not given at ${name}. Start again and allow the access.`;
  if (error.error === 'expired_token') return 'The code was not used in time. Start again.';
  if (error.error === 'invalid_client' || error.error === 'unauthorized_client')
    return `${name} does not accept this client id (${error.message}). Check it, its secret, and that it is registered as a desktop app.`;
  return `${name} refused the sign-in: ${error.message}. Start again.`;
}
