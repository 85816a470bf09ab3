import { useQuery } from '@tanstack/react-query';
import { leastRole, may, onlyOwn } from '../../shared/roles.ts';
import type { Campaign } from '../../shared/schemas/campaign.ts';
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

/** Why the person here may not steer a campaign, in a sentence; null = they may. Senders steer their own. */
export function useCampaignRefusal(campaign: Pick<Campaign, 'ownerId'>, procedure: keyof Areas['campaigns'] & string): string | null {
  const refused = useRefusal('campaigns', procedure);
  const me = useMe();
  if (refused !== null || me?.role !== 'sender' || onlyOwn[`campaigns.${procedure}`] === undefined || campaign.ownerId === me.id) return refused;
  return t('team.notYours');
}

/** The people of this workspace. `shared` = there are others beside the holder of the launch token. */
export function useTeam(): { people: readonly Profile[]; shared: boolean; nameOf: (profileId: string | null) => string } {
  const people = useQuery(api.team.list.queryOptions({ input: {} })).data?.items ?? [];
  return {
    people,
    shared: people.length > 1,
    nameOf: (profileId) => people.find(({ id }) => id === profileId)?.name ?? '',
  };
}
