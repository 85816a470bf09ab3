import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { isAtLeast, may, onlyOwn, roleFor } from '../../../shared/roles.ts';
import { actingAs } from '../lib/who-acts.ts';
import type { Logger } from '../ports.ts';
import type { Role } from '../../../shared/schemas/team.ts';
import type { TeamMember } from '../workspace/index.ts';
import { contractError } from './errors.ts';

export type Caller = TeamMember;

/** What every procedure may know of its caller. Authentication is done before, by the transport. */
export interface RpcContext {
  readonly log: Logger;
  /** Who calls, looked up anew; throws unauthorized once the token no longer counts. Absent = the owner by the launch token. */
  readonly who?: () => Caller;
}

/** The profile to which something that is created now belongs; null = the owner by the launch token. */
export function ownerIdOf(context: RpcContext): string | null {
  return context.who?.().id ?? null;
}

/** Throws forbidden where the caller's role is less. For inputs that need more than the procedure they come with. */
export function needRole(context: RpcContext, least: Role): void {
  const role = context.who?.().role;
  if (role !== undefined && !isAtLeast(role, least)) throw tooWeak(role, least);
}

function tooWeak(role: Role, least: Role): AppError {
  return new AppError('forbidden', `Your role is ${role}; this needs ${least}. Ask an owner of this workspace.`);
}

/** The implementer that all routers use. Roles are checked and errors mapped here, once, the same for every transport. */
export const os = implement(contract)
  .$context<RpcContext>()
  .use(async ({ next, context, path }, input: unknown) => {
    try {
      const caller = context.who?.();
      if (caller !== undefined) checkRole(caller, path, input);
      return await actingAs(caller?.id ?? null, () => next());
    } catch (error) {
      throw contractError(error, context.log, path);
    }
  });

function checkRole(caller: Caller, path: readonly string[], input: unknown): void {
  if (!may(caller.role, path)) throw tooWeak(caller.role, roleFor(path));
  const thing = onlyOwn[path.join('.')];
  const id = (input as { id?: unknown } | null | undefined)?.id;
  if (caller.role === 'sender' && thing !== undefined && typeof id === 'string' && !caller.owns(thing, id))
    throw new AppError('forbidden', 'This campaign belongs to somebody else. Senders change their own; ask its owner or a manager.');
}
