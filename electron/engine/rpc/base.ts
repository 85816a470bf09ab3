import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import type { Logger } from '../ports.ts';
import { contractError } from './errors.ts';

/** What every procedure may know of its caller. Authentication is done before, by the transport. */
export interface RpcContext {
  readonly log: Logger;
}

/** The implementer that all routers use. Errors are mapped here, once, the same for every transport. */
export const os = implement(contract)
  .$context<RpcContext>()
  .use(async ({ next, context, path }) => {
    try {
      return await next();
    } catch (error) {
      throw contractError(error, context.log, path);
    }
  });
