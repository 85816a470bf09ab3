import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface AuthorizationServer {
  readonly endpoints: { authorization: string; token: string; device: string; revocation: string | null; scope: string };
  /** What the token address was asked, newest last. */
  readonly asked: URLSearchParams[];
  /** Access tokens that were given out and not taken back. */
  readonly accepted: Set<string>;
  /** Refresh tokens that still serve. */
  readonly refreshTokens: ReadonlySet<string>;
  /** Tokens that were taken back (RFC 7009), newest last. */
  readonly revoked: string[];
  /** What the next calls of the token address answer instead. */
  readonly answers: ({ error: string; error_description?: string; status?: number } | 'hang up')[];
  /** A person opens the page and agrees; returns the answer of the redirect address. In a browser the page agrees by itself. */
  consent(url: string, change?: (redirect: URL) => void): Promise<{ status: number; text: string }>;
  /** A person types the code of a device. */
  approveDevice(): void;
  /** Seconds that tokens live. */
  lifeSeconds: number;
}

/** An authorization server on loopback: code with PKCE, device code, refresh with rotation. Refuses what RFC 6749 and RFC 7636 refuse. */
export async function startAuthorizationServer(clientId = 'client-1', clientSecret = ''): Promise<AuthorizationServer> {
  const codes = new Map<string, { challenge: string; redirectUri: string }>();
  const refreshTokens = new Set<string>();
  const accepted = new Set<string>();
  const accessOf = new Map<string, string>();
  const revoked: string[] = [];
  const asked: URLSearchParams[] = [];
  const answers: AuthorizationServer['answers'] = [];
  let deviceApproved = false;
  const token = (): string => randomBytes(12).toString('hex');

  function grant(form: URLSearchParams): { status: number; body: object } {
    const refused = (error: string) => ({ status: 400, body: { error } });
    if (form.get('client_id') !== clientId || (form.get('client_secret') ?? '') !== clientSecret) return { status: 401, body: { error: 'invalid_client' } };
    const type = form.get('grant_type');
    if (type === 'authorization_code') {
      const issued = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (issued === undefined || issued.challenge !== challenge || issued.redirectUri !== form.get('redirect_uri')) return refused('invalid_grant');
    } else if (type === 'refresh_token') {
      // Each refresh token serves once.
      if (!refreshTokens.delete(form.get('refresh_token') ?? '')) return refused('invalid_grant');
    } else if (type === 'urn:ietf:params:oauth:grant-type:device_code') {
      if (form.get('device_code') !== 'device-1') return refused('invalid_grant');
      if (!deviceApproved) return refused('authorization_pending');
    } else return refused('unsupported_grant_type');
    const [access, refresh] = [token(), token()];
    accepted.add(access);
    refreshTokens.add(refresh);
    accessOf.set(refresh, access);
    return { status: 200, body: { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: self.lifeSeconds } };
  }

  /** Where a person is led who agreed on this page. */
  function agree({ searchParams }: URL): URL {
    const redirectUri = searchParams.get('redirect_uri') ?? '';
    const code = token();
    codes.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirectUri });
    const redirect = new URL(redirectUri);
    redirect.searchParams.set('code', code);
    redirect.searchParams.set('state', searchParams.get('state') ?? '');
    return redirect;
  }

  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(text);
      const send = (status: number, body: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.method === 'GET' && request.url?.startsWith('/authorize') === true) {
        return void response.writeHead(302, { location: agree(new URL(request.url, base)).href }).end();
      }
      if (request.url === '/device') return send(200, { device_code: 'device-1', user_code: 'WDJB-MJHT', verification_uri: `${base}/code`, expires_in: 900, interval: 5 });
      if (request.url === '/revoke') {
        const taken = form.get('token') ?? '';
        revoked.push(taken);
        refreshTokens.delete(taken);
        accepted.delete(accessOf.get(taken) ?? taken);
        return send(200, {});
      }
      asked.push(form);
      const prepared = answers.shift();
      if (prepared === 'hang up') return void request.socket.destroy();
      if (prepared !== undefined) return send(prepared.status ?? 400, { error: prepared.error, error_description: prepared.error_description });
      const { status, body } = grant(form);
      send(status, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const self: AuthorizationServer = {
    endpoints: { authorization: `${base}/authorize`, token: `${base}/token`, device: `${base}/device`, revocation: `${base}/revoke`, scope: 'mail' },
    asked,
    accepted,
    refreshTokens,
    revoked,
    answers,
    lifeSeconds: 3600,
    async consent(url, change) {
      const redirect = agree(new URL(url));
      change?.(redirect);
      const response = await fetch(redirect);
      return { status: response.status, text: await response.text() };
    },
    approveDevice() {
      deviceApproved = true;
    },
  };
  return self;
}
