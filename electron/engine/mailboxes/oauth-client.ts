import * as oauth from 'oauth4webapi';
import table from '../../../resources/oauth-providers.json' with { type: 'json' };
import { AppError } from '../../../shared/errors.ts';
import { oauthEndpointsSchema, type OAuthSettings } from '../../../shared/schemas/mailbox.ts';
import type { Network } from '../ports.ts';
import { hideSecret } from './hide-secret.ts';

/** Real time, ms. */
const requestLimitMs = 15_000;
/** Where a server does not say how long its token lives (RFC 6749 section 5.1 recommends that it does). */
const usualLifeSeconds = 3600;

export interface Tokens {
  readonly access: string;
  /** Seconds from now. */
  readonly lifeSeconds: number;
  /** Null = the server gave no new one: the old one stays. */
  readonly refresh: string | null;
}

export interface DeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly url: string;
  readonly lifeSeconds: number;
  readonly intervalSeconds: number;
}

/** The authorization server said no: asking again changes nothing until a person acts. Anything else thrown may pass. */
export class OAuthRefused extends Error {
  readonly error: string;

  constructor(error: string, description: string, options?: ErrorOptions) {
    super(description === '' ? error : `${error}: ${description}`, options);
    this.name = 'OAuthRefused';
    this.error = error;
  }
}

type ProviderTable = typeof table.google | typeof table.microsoft;

function presetOf(
  settings: OAuthSettings,
): Omit<ProviderTable, 'device' | 'revocation' | 'extra'> & { device: string | null; revocation: string | null; extra: Record<string, string> } {
  if (settings.provider !== 'custom') {
    const preset = table[settings.provider];
    const own = (url: string): string => url.replace('{tenant}', encodeURIComponent(settings.tenant));
    const device = preset.device as string | null;
    return {
      ...preset,
      authorization: own(preset.authorization),
      token: own(preset.token),
      device: device === null ? null : own(device),
      revocation: preset.revocation as string | null,
    };
  }
  // What was stored before an address was known has none.
  const endpoints = oauthEndpointsSchema.optional().parse(settings.endpoints);
  if (endpoints === undefined)
    throw new AppError('validation', 'Write the addresses of your authorization server.', { fields: { endpoints: 'Needed for a provider of your own' } });
  for (const [name, url] of Object.entries({ authorization: endpoints.authorization, token: endpoints.token, device: endpoints.device, revocation: endpoints.revocation })) {
    if (url !== null && !isSafe(url))
      throw new AppError('validation', 'The addresses of an authorization server must start with https://.', { fields: { [`endpoints.${name}`]: 'Must start with https://' } });
  }
  return { name: new URL(endpoints.token).hostname, ...endpoints, redirectHost: '127.0.0.1', extra: {} };
}

function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

export type OAuthClient = ReturnType<typeof createOAuthClient>;

/**
 * One authorization server as one client id sees it: authorization code with PKCE (RFC 6749, RFC 7636, RFC 8252),
 * device code (RFC 8628), refresh. Errors: `OAuthRefused`, or any other error where trying again may help.
 */
export function createOAuthClient(settings: OAuthSettings, clientSecret: string, fetch: Network['fetch']) {
  const preset = presetOf(settings);
  const server: oauth.AuthorizationServer = {
    issuer: new URL(preset.token).origin,
    authorization_endpoint: preset.authorization,
    token_endpoint: preset.token,
    ...(preset.device === null ? {} : { device_authorization_endpoint: preset.device }),
    ...(preset.revocation === null ? {} : { revocation_endpoint: preset.revocation }),
  };
  const client: oauth.Client = { client_id: settings.clientId };
  const auth = clientSecret === '' ? oauth.None() : oauth.ClientSecretPost(clientSecret);
  const options = {
    [oauth.customFetch]: (url: string, request: RequestInit) => fetch(url, request),
    [oauth.allowInsecureRequests]: isLoopback(new URL(preset.token).hostname),
    signal: () => AbortSignal.timeout(requestLimitMs),
  };

  function tokensOf(answer: oauth.TokenEndpointResponse): Tokens {
    return { access: answer.access_token, lifeSeconds: answer.expires_in ?? usualLifeSeconds, refresh: answer.refresh_token ?? null };
  }

  return {
    name: preset.name,
    redirectHost: preset.redirectHost,
    offersDevice: preset.device !== null,

    /** The page that the browser opens. `state` and the verifier behind `challenge` must be kept for the answer. */
    authorizationUrl(redirectUri: string, challenge: string, state: string, account: string): string {
      const url = new URL(preset.authorization);
      const parameters = {
        ...preset.extra,
        ...{ client_id: settings.clientId, response_type: 'code', redirect_uri: redirectUri, scope: preset.scope, state, login_hint: account },
        ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },

    /** Exchanges what came back to the redirect address. Throws `StrangeAnswer` when it does not belong to this sign-in. */
    async exchange(answer: URL, expected: { redirectUri: string; verifier: string; state: string }): Promise<Tokens> {
      // Only who knows the state may end the sign-in, be it by an error.
      if (answer.searchParams.get('state') !== expected.state) throw new StrangeAnswer();
      return refusing([clientSecret, expected.verifier, answer.searchParams.get('code') ?? ''], async () => {
        const parameters = oauth.validateAuthResponse(server, client, answer, expected.state);
        const response = await oauth.authorizationCodeGrantRequest(server, client, auth, parameters, expected.redirectUri, expected.verifier, options);
        return tokensOf(await oauth.processAuthorizationCodeResponse(server, client, response));
      });
    },

    async startDevice(): Promise<DeviceGrant> {
      return refusing([clientSecret], async () => {
        const response = await oauth.deviceAuthorizationRequest(server, client, auth, { scope: preset.scope }, options);
        const grant = await oauth.processDeviceAuthorizationResponse(server, client, response);
        return {
          deviceCode: grant.device_code,
          userCode: grant.user_code,
          url: grant.verification_uri,
          lifeSeconds: grant.expires_in,
          intervalSeconds: grant.interval ?? 5,
        };
      });
    },

    async pollDevice(deviceCode: string): Promise<Tokens | 'pending' | 'slow_down'> {
      try {
        return await refusing([clientSecret, deviceCode], async () => {
          const response = await oauth.deviceCodeGrantRequest(server, client, auth, deviceCode, options);
          return tokensOf(await oauth.processDeviceCodeResponse(server, client, response));
        });
      } catch (error) {
        if (error instanceof OAuthRefused && error.error === 'authorization_pending') return 'pending';
        if (error instanceof OAuthRefused && error.error === 'slow_down') return 'slow_down';
        throw error;
      }
    },

    async refresh(refreshToken: string): Promise<Tokens> {
      return refusing([clientSecret, refreshToken], async () => {
        const response = await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, options);
        return tokensOf(await oauth.processRefreshTokenResponse(server, client, response));
      });
    },

    /** Takes the consent back where the provider lets programs do that (RFC 7009). */
    async revoke(token: string): Promise<void> {
      if (preset.revocation === null) return;
      await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, auth, token, options));
    },
  };
}

/** An answer that carries no or another state: somebody else's, to be ignored (RFC 6749 section 10.12). */
export class StrangeAnswer extends Error {}

/** `secrets` are those that the work carries: what a server says of them is not passed on. */
async function refusing<T>(secrets: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const told = error instanceof oauth.AuthorizationResponseError || (error instanceof oauth.ResponseBodyError && error.status < 500 && error.status !== 429);
    if (told) throw new OAuthRefused(error.error, hideSecret(error.error_description ?? '', '', secrets), { cause: error });
    if (error instanceof oauth.WWWAuthenticateChallengeError) throw new OAuthRefused('invalid_client', 'The client id or its secret was refused', { cause: error });
    throw error;
  }
}
