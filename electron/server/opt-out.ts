import type { FastifyInstance } from 'fastify';

/** Takes a person out by the signed token of a mail; false when it is not one of ours. */
export type OptOut = (token: string) => boolean;

/**
 * The public page behind List-Unsubscribe (RFC 8058): a POST acts, a GET only asks, so that programs which look at every
 * link opt nobody out. The signature of the token is the permission; no other is needed.
 */
export function addOptOut(app: FastifyInstance, optOut: OptOut): void {
  const page = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'no-referrer',
  };
  app.get('/u/:token', async (_request, reply) =>
    reply.headers(page).send(html('Stop these mails?', 'You will get no more mail from this sender.', '<form method="post"><button>Yes, stop</button></form>')),
  );
  app.post('/u/:token', async (request, reply) => {
    const { token } = request.params as { token: string };
    if (!optOut(token))
      return reply.code(404).headers(page).send(html('This link does not work', 'It may have been cut off. Answer the mail with the word “unsubscribe” instead.'));
    return reply.headers(page).send(html('Done', 'You get no more mail from this sender.'));
  });
}

function html(title: string, text: string, more = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;color:#1b2326;background:#faf9f6}h1{font-size:1.5rem;margin:0 0 .5rem}
button{font:inherit;font-weight:600;padding:.7rem 1.4rem;border:0;border-radius:.5rem;background:#125e63;color:#fff;cursor:pointer}button:focus-visible{outline:3px solid #b7791f;outline-offset:2px}
@media (prefers-color-scheme:dark){body{color:#e8eceb;background:#101819}}</style></head><body><main><h1>${title}</h1><p>${text}</p>${more}</main></body></html>`;
}
