import { AppError } from '../../shared/errors.ts';
import type { RpcContext } from '../engine/rpc/base.ts';
import type { People } from './router.ts';
import { sameToken } from './token.ts';

/** Somebody who showed a token that counts. */
export interface Admitted {
  /** Null = the holder of the launch token. */
  readonly profileId: string | null;
  readonly context: RpcContext;
}

/**
 * Whom a token lets in; null when it counts for nobody. The person is looked up again at every call, so that a changed
 * role counts at once and a revoked token is refused also on a connection that was opened before.
 */
export function admit(options: { token: string; context: RpcContext; people?: People }, given: string | null): Admitted | null {
  if (given === null) return null;
  if (sameToken(options.token, given)) return { profileId: null, context: options.context };
  const { people } = options;
  const caller = people?.callerOf(given) ?? null;
  if (people === undefined || caller === null) return null;
  function who() {
    const now = people?.callerOf(given ?? '') ?? null;
    if (now === null) throw new AppError('unauthorized', 'This personal token no longer counts. Ask the owner for a new one.');
    return now;
  }
  return { profileId: caller.id, context: { ...options.context, who } };
}
