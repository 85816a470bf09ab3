import { SmartCoercionPlugin } from '@orpc/json-schema';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { traverseContractProcedures } from '@orpc/server';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contract } from '../../shared/contract/index.ts';
import type { RpcContext } from '../engine/rpc/base.ts';
import { looseInput } from './body.ts';
import { problem, problemOf } from './problem.ts';
import type { ContractRouter } from './router.ts';

export const restPrefix = '/api/v1';

/** Serves the contract as REST. PATCH is taken for PUT: every update of the contract is partial. */
export function createRest(router: ContractRouter) {
  const handler = new OpenAPIHandler<RpcContext>(router, {
    customErrorResponseBodyEncoder: problemOf,
    // Query strings and form fields are text; the schema says what they mean.
    plugins: [new SmartCoercionPlugin<RpcContext>({ schemaConverters: [new ZodToJsonSchemaConverter()] })],
    clientInterceptors: [(options) => options.next({ ...options, input: looseInput(options.input) })],
    eventIteratorKeepAliveInterval: 15_000,
  });
  const routes = restRoutes();

  return async (request: FastifyRequest, reply: FastifyReply, context: RpcContext): Promise<void> => {
    if (request.raw.method === 'PATCH') request.raw.method = 'PUT';
    const { matched } = await handler.handle(request, reply, { prefix: restPrefix, context });
    if (matched) return;
    const path = (request.url.split('?')[0] ?? '').slice(restPrefix.length);
    const methods = routes.filter((route) => route.pattern.test(path)).map((route) => route.method);
    if (methods.length === 0) {
      await reply.code(404).send(problem('not_found', `There is nothing at ${restPrefix}${path}. The document at ${restPrefix}/openapi.json lists every path.`));
      return;
    }
    const allowed = [...new Set(methods.flatMap((method) => (method === 'PUT' ? ['PUT', 'PATCH'] : [method])))].join(', ');
    await reply
      .code(405)
      .header('allow', allowed)
      .send(problem('bad_request', `This path answers to ${allowed} only.`, {}, 405));
  };
}

/** Method and path pattern of every procedure, to tell a wrong method from a wrong path. */
function restRoutes(): { method: string; pattern: RegExp }[] {
  const routes: { method: string; pattern: RegExp }[] = [];
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure }) => {
    const { method, path } = procedure['~orpc'].route;
    if (method !== undefined && path !== undefined) routes.push({ method, pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}/?$`) });
  });
  return routes;
}
