import { useQuery } from '@tanstack/react-query';
import { leastRole, may } from '../../shared/roles.ts';
import type { Profile } from '../../shared/schemas/team.ts';
import { api } from './client.ts';
import { t } from './messages/index.ts';

/** Who uses this window; undefined until the engine has said so. */
export function useMe(): Profile | undefined {
  return useQuery(api.team.me.queryOptions({ input: {} })).data;
}

type Areas = typeof leastRole;

/**
 * Why the person here may not call a procedure, in a sentence; null = they may. Read from the table that the engine
 * checks. While it is not known who is here, nothing is refused: the engine decides.
 */
export function useRefusal<A extends keyof Areas>(area: A, procedure: keyof Areas[A] & string): string | null {
  const me = useMe();
  if (me === undefined || may(me.role, [area, procedure])) return null;
  return t('team.refused', { role: t(`team.role.${me.role}`), least: t(`team.role.${leastRole[area][procedure] as Profile['role']}`) });
}
