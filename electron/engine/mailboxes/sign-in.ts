import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import { AppError, isAppError } from '../../../shared/errors.ts';
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
  /** What was given and not yet taken by a mailbox. */
  grant: Grant | null;
  /** Ends what waits for it. */
  end: () => void;
}

interface SignInsDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly network: Network;
  /** Stores a grant for a mailbox that exists. What it throws is no fault of the provider. */
  readonly onDone: (mailboxId: string, grant: Grant) => void;
  /** A consent that nothing will use is taken back. Never throws. */
  readonly onUnused: (grant: Grant) => void;
}

export type SignIns = ReturnType<typeof createSignIns>;

/** Sign-ins at providers, by the browser with a loopback redirect (RFC 8252) or by a code for another device. */
export function createSignIns(deps: SignInsDeps) {
  const { clock, ids, log } = deps;
  const entries = new Map<string, Entry>();

  function tidy(): void {
    for (const [id, entry] of entries) if (entry.status.expiresAt + keepMs < clock.now()) drop(id);
    const [oldest] = entries.keys();
    if (entries.size >= maxOpen && oldest !== undefined) drop(oldest);
  }

  function drop(id: string): void {
    const entry = entries.get(id);
    if (entry !== undefined) giveUp(entry);
    entries.delete(id);
  }

  /** What is under way finds that nobody waits for it any more; a consent that no mailbox took goes back. */
  function giveUp(entry: Entry): void {
    const { grant } = entry;
    entry.grant = null;
    if (grant !== null) {
      entry.status = { ...entry.status, state: 'cancelled' };
      deps.onUnused(grant);
    }
    settle(entry, 'cancelled', null);
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

  /** The provider gave tokens. From here on nothing is its fault, and the code is used up. */
  function succeed(entry: Entry, tokens: Tokens): void {
    const grant: Grant = { settings: entry.settings, clientSecret: entry.clientSecret, tokens };
    if (entry.status.state !== 'waiting') return deps.onUnused(grant);
    try {
      if (entry.mailboxId === null) entry.grant = grant;
      else deps.onDone(entry.mailboxId, grant);
    } catch (error) {
      log.error({ signIn: entry.status.id, err: error }, 'a sign-in could not be kept');
      settle(entry, 'failed', isAppError(error) ? error.message : 'You agreed, but Homing could not keep the sign-in. Look at the free space on the disk, then start again.');
      return deps.onUnused(grant);
    }
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
        outcomePage(response, entry.status.state);
      } catch (error) {
        if (error instanceof StrangeAnswer) return page(response, 400, 'This answer belongs to no sign-in of Homing.');
        fail(entry, client.name, error);
        outcomePage(response, entry.status.state);
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
      giveUp(entry);
      return entry.status;
    },
    /** What a finished sign-in gave. Throws AppError wrong_state when it is not finished. */
    grant(id: string): Grant {
      const { grant, status } = need(id);
      if (grant !== null) return grant;
      throw new AppError(
        'wrong_state',
        status.state === 'waiting' ? 'The sign-in is not finished. Finish it in the browser, then save.' : 'This sign-in is over. Start a new one.',
      );
    },
    /** A mailbox has stored the grant. */
    taken(id: string): void {
      const entry = entries.get(id);
      if (entry !== undefined) entry.grant = null;
      drop(id);
    },
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

function outcomePage(response: ServerResponse, state: SignIn['state']): void {
  if (state === 'done') page(response, 200, 'You are signed in. Close this page and go back to Homing.');
  else page(response, 400, state === 'cancelled' ? 'This sign-in is over. Start a new one in Homing.' : 'The sign-in failed. Homing says why.');
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
