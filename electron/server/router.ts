import type { Router } from '@orpc/server';
import type { Contract } from '../../shared/contract/index.ts';
import type { RpcContext } from '../engine/rpc/base.ts';

/** An implementation of the whole contract; `engine/rpc` makes it. */
export type ContractRouter = Router<Contract, RpcContext>;

/** What a transport serves. */
export interface Served {
  readonly router: ContractRouter;
  readonly context: RpcContext;
}
