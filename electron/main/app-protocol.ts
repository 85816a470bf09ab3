import { net, protocol } from 'electron';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const appOrigin = 'app://homing';

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  'frame-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Before the app is ready: makes `app://` a proper origin, with storage of its own. */
export function declareAppProtocol(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built UI, and nothing else, under `app://homing/`. */
export function serveAppProtocol(uiDir: string): void {
  const files = new Set(existsSync(uiDir) ? readdirSync(uiDir, { recursive: true, encoding: 'utf8' }).map((name) => `/${name.replaceAll('\\', '/')}`) : []);
  protocol.handle('app', async (request) => {
    const { host, pathname } = new URL(request.url);
    const path = pathname === '/' ? '/index.html' : pathname;
    if (host !== 'homing' || request.method !== 'GET' || !files.has(path)) return new Response('Not found', { status: 404 });
    const file = await net.fetch(pathToFileURL(join(uiDir, path)).href);
    const headers = new Headers(file.headers);
    headers.set('content-security-policy', contentSecurityPolicy);
    headers.set('x-content-type-options', 'nosniff');
    return new Response(file.body, { status: file.status, headers });
  });
}
