import type { Router } from '@orpc/server';
import type { Contract } from '../../shared/contract/index.ts';
import type { Caller, RpcContext } from '../engine/rpc/base.ts';

/** An implementation of the whole contract; `engine/rpc` makes it. */
export type ContractRouter = Router<Contract, RpcContext>;

/** The personal tokens of a workspace. */
export interface People {
  /** Who holds this token now; null when nobody does. */
  callerOf(token: string): Caller | null;
  /** Called with the id of a profile whose token no longer counts. Returns the unsubscribe. */
  onRevoked(listener: (profileId: string) => void): () => void;
}

/** What a transport serves. */
export interface Served {
  readonly router: ContractRouter;
  readonly context: RpcContext;
  /** The people beside the holder of the launch token; absent = nobody else may come. */
  readonly people?: People;
}
