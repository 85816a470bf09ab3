import { RPCHandler } from '@orpc/server/fastify';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import { isAppError } from '../../shared/errors.ts';
import type { RpcContext } from '../engine/rpc/base.ts';
import { parseBody, uploadBodyLimit, usualBodyLimit } from './body.ts';
import { createFailureLimit, createGuard, type Guard } from './guard.ts';
import { addOptOut, type OptOut } from './opt-out.ts';
import { codeOfStatus, problem, problemOf, problemType } from './problem.ts';
import type { Served } from './router.ts';
import { createSocketServer } from './socket.ts';
import { createStaticFiles, securityHeaders } from './static-files.ts';
import { admit, type Admitted } from './admission.ts';
import { bearerToken } from './token.ts';

export interface HttpServerOptions extends Served {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly token: string;
  readonly version: string;
  /** Folder of the built UI. */
  readonly uiDir: string;
  /** Folder of the `swagger-ui-dist` package. */
  readonly swaggerDir: string;
  /** Opts out whoever follows the signed link of a mail; absent = no such page. */
  readonly optOut?: OptOut;
  /** Names under which a reverse proxy forwards to us. */
  readonly allowHosts?: readonly string[];
}

export interface HttpServer {
  /** For example `http://127.0.0.1:4180`. */
  readonly url: string;
  readonly port: number;
  /** Ends live streams, lets answers under way finish, and stops listening. */
  close(): Promise<void>;
}

const failuresPerMinute = 10;
const restPrefix = '/api/v1';
const uploads = [
  '/api/v1/files',
  '/rpc/files/upload',
  '/api/v1/subscribers/import',
  '/api/v1/subscribers/import/inspect',
  '/rpc/subscribers/import',
  '/rpc/subscribers/inspectImport',
];

/** Serves REST at `/api/v1`, calls of the UI at `/rpc`, live events at `/ws`, the UI at `/`, the API's documentation at `/docs`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = Fastify({ logger: false, bodyLimit: usualBodyLimit, forceCloseConnections: true, routerOptions: { ignoreTrailingSlash: true }, frameworkErrors: unreadable });
  const failures = createFailureLimit(failuresPerMinute);
  const admissions = new WeakMap<FastifyRequest, Admitted>();
  /** Answers under way to holders of a personal token: a stream must not outlive it. */
  const personal = new Set<{ profileId: string; end: () => void }>();
  const unsubscribe = options.people?.onRevoked((profileId) => {
    for (const open of personal) if (open.profileId === profileId) open.end();
  });
  let guard: Guard = createGuard({ host: options.host, port: options.port, allowHosts: options.allowHosts ?? [] });

  addErrors(app, options);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer) => parseBody(request, body));

  app.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host;
    if (!guard.hostAllowed(host))
      return reply
        .code(403)
        .send(problem('forbidden', `Requests for the host ${host ?? '(none)'} are not answered here. Use the address that Homing printed, or start it with --allow-host.`));
    reply.headers(securityHeaders(host ?? ''));
    if (!guard.originAllowed(request.headers.origin)) return reply.code(403).send(problem('forbidden', 'Pages of other sites may not use Homing.'));
    if (!needsToken(request)) return undefined;
    reply.header('cache-control', 'no-store');
    const given = bearerToken(request.headers.authorization);
    const admitted = admit(options, given);
    if (admitted !== null) {
      admissions.set(request, admitted);
      if (admitted.profileId !== null) {
        const open = { profileId: admitted.profileId, end: () => request.raw.socket.destroy() };
        personal.add(open);
        reply.raw.once('close', () => personal.delete(open));
      }
      return undefined;
    }
    const waitSeconds = failures.fail(request.ip);
    if (waitSeconds > 0)
      return reply
        .code(429)
        .header('retry-after', waitSeconds)
        .send(problem('rate_limited', `Too many requests without a valid token. Try again in ${waitSeconds} s.`));
    return reply
      .code(401)
      .header('www-authenticate', 'Bearer realm="Homing"')
      .send(problem('unauthorized', 'Send the token as "Authorization: Bearer …". It stands in the file token of the data directory.'));
  });
  app.addHook('onSend', async (request, reply) => {
    // Errors of /rpc keep the form that the contract's client reads.
    if (reply.statusCode >= 400 && !pathOf(request).startsWith('/rpc') && /^application\/json/.test(String(reply.getHeader('content-type'))))
      reply.header('content-type', problemType);
  });

  addRoutes(app, options, (request) => admissions.get(request)?.context ?? options.context);
  await listen(app, options);
  const { port } = app.server.address() as AddressInfo;
  guard = createGuard({ host: options.host, port, allowHosts: options.allowHosts ?? [] });
  const sockets = createSocketServer({ server: app.server, served: options, guard: () => guard, token: options.token, onRefused: (client) => failures.fail(client) });
  return {
    url: `http://${shownHost(options.host)}:${port}`,
    port,
    async close() {
      unsubscribe?.();
      sockets.close();
      await app.close();
    },
  };
}

function addRoutes(app: FastifyInstance, options: HttpServerOptions, contextOf: (request: FastifyRequest) => RpcContext): void {
  const rpc = new RPCHandler<RpcContext>(options.router, { eventIteratorKeepAliveInterval: 15_000 });
  const ui = createStaticFiles(options.uiDir);
  // The document, its schema converters and the REST handler are loaded at first use: the UI needs none of them.
  const rest = once(async () => (await import('./rest.ts')).createRest(options.router));
  const document = once(async () => (await import('./openapi.ts')).openApiDocument(options.version));
  const docs = once(async () => ({ ...(await import('./docs.ts')), files: createStaticFiles(options.swaggerDir) }));

  async function callRpc(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { matched } = await rpc.handle(request, reply, { prefix: '/rpc', context: contextOf(request) });
    if (!matched) await reply.code(404).send(problem('not_found', 'There is no such procedure.'));
  }
  const callRest = async (request: FastifyRequest, reply: FastifyReply) => (await rest())(request, reply, contextOf(request));

  if (options.optOut !== undefined) addOptOut(app, options.optOut);
  app.get('/health', () => ({ status: 'ok' }));
  app.get(`${restPrefix}/openapi.json`, document);
  for (const path of uploads) app.post(path, { bodyLimit: uploadBodyLimit }, path.startsWith('/rpc') ? callRpc : callRest);
  app.all('/rpc/*', callRpc);
  app.all(`${restPrefix}/*`, callRest);
  app.get('/docs', async (_request, reply) => reply.type('text/html; charset=utf-8').send((await docs()).docsPage));
  app.get('/docs/page.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send((await docs()).docsScript));
  app.get('/docs/:name', async (request, reply) => {
    const { name } = request.params as { name: string };
    if (!(await docs()).files.send(`/${name}`, reply)) return notFound(request, reply);
    return reply;
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (request.method === 'GET' && ui.send(pathOf(request), reply)) return reply;
    return notFound(request, reply);
  });
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const detail = pathOf(request) === '/' ? 'The user interface is not built. Run "npm run build".' : 'There is nothing here.';
  return reply.code(404).send(problem('not_found', detail));
}

function addErrors(app: FastifyInstance, options: HttpServerOptions): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (isAppError(error)) {
      const body = problemOf({ code: error.code, status: 0, message: error.message, data: error.data });
      return reply.code(body.status).send(body);
    }
    const status = error.statusCode ?? 500;
    if (status === 413) return reply.code(413).send(problem('payload_too_large', 'The request is larger than this path takes (200 MB for CSV files, 8 MB otherwise).'));
    if (status < 500) return reply.code(status).send(problem(codeOfStatus(status), error.message, {}, status));
    options.context.log.error({ err: error, path: pathOf(request) }, 'unexpected error in the server');
    return reply.code(500).send(problem('internal', 'Something went wrong inside Homing. The log has the details.'));
  });
}

/** What Fastify refuses before any route or hook, such as `/%zz`. */
function unreadable(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 400;
  void reply
    .code(status)
    .header('content-type', problemType)
    .send(problem(codeOfStatus(status), error.message, {}, status));
}

async function listen(app: FastifyInstance, options: HttpServerOptions): Promise<void> {
  await app.listen({ host: options.host, port: options.port });
}

/** The route decides, not the text of the address: the router decodes `/%61pi/…` before it chooses one. */
function needsToken(request: FastifyRequest): boolean {
  return [pathOf(request), request.routeOptions.url ?? ''].some((path) => path.startsWith('/api/') || path.startsWith('/rpc'));
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '/';
}

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
