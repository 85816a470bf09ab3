import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import { errorCodes, isAppError } from '../../../shared/errors.ts';
import type { Logger } from '../ports.ts';

/** What every procedure may know of its caller. Authentication is done before, by the transport. */
export interface RpcContext {
  readonly log: Logger;
}

/**
 * The implementer that all routers use. Errors are mapped here, once: an AppError keeps its code; anything else is
 * logged and becomes `internal` without details.
 */
export const os = implement(contract)
  .$context<RpcContext>()
  .use(async ({ next, context, path }) => {
    try {
      return await next();
    } catch (error) {
      if (isAppError(error)) {
        const { status } = errorCodes[error.code];
        if (status >= 500) context.log.warn({ err: error, path: path.join('.') }, error.message);
        throw new ORPCError(error.code, { defined: true, status, message: error.message, data: error.data, cause: error });
      }
      if (error instanceof ORPCError) throw error;
      context.log.error({ err: error, path: path.join('.') }, 'unexpected error in a procedure');
      throw new ORPCError('internal', { defined: true, status: 500, message: 'Something went wrong inside Homing. The log has the details; nothing was sent because of it.', data: {}, cause: error });
    }
  });
