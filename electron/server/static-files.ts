import type { FastifyReply } from 'fastify';
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
};

export interface StaticFiles {
  /** Sends the file of a URL path; false when there is none. */
  send(path: string, reply: FastifyReply): boolean;
}

/** Serves the files that a folder holds at start, and no others: no path is ever joined from a request. */
export function createStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, { file: string; bytes: number }>();
  if (existsSync(folder)) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, entry);
      const { size } = statSync(file);
      if (types[extname(entry)] !== undefined && statSync(file).isFile()) files.set(`/${entry.replaceAll('\\', '/')}`, { file, bytes: size });
    }
  }
  return {
    send(path, reply) {
      const found = files.get(path === '/' ? '/index.html' : path);
      if (found === undefined) return false;
      // The build puts a hash into the names of its assets: those never change.
      const hashed = /-[\w-]{8,}\.\w+$/.test(path);
      void reply
        .type(types[extname(found.file)] ?? 'application/octet-stream')
        .header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        .header('content-length', found.bytes)
        .send(createReadStream(found.file));
      return true;
    },
  };
}

/** Headers of every answer. Inline styles are allowed: the component library sets them; scripts come from our files only. */
export function securityHeaders(host: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self' data:",
      `connect-src 'self' ws://${host} wss://${host}`,
      "frame-src 'self' blob:",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  };
}
