import type { Campaign } from '../../../../shared/schemas/campaign.ts';
import { isAtLeast } from '../../../../shared/roles.ts';
import { launchOwnerId } from '../../../../shared/schemas/team.ts';
import { OwnerSelect } from '../../../components/owner-select.tsx';
import { useMe, useTeam } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useCampaignActions } from '../api.ts';

/** Whose campaign it is, where there is a team; managers pass it on. */
export function CampaignOwner({ campaign }: { readonly campaign: Campaign }) {
  const { pass } = useCampaignActions();
  const team = useTeam();
  const me = useMe();
  if (!team.shared) return null;
  return (
    <OwnerSelect
      size="xs"
      w={170}
      aria-label={t('team.owner')}
      title={t('team.owner')}
      allowDeselect={false}
      withLaunchOwner
      disabled={me !== undefined && !isAtLeast(me.role, 'manager')}
      value={campaign.ownerId ?? launchOwnerId}
      onChange={(next) => pass.mutate({ id: campaign.id, ownerId: next === launchOwnerId ? null : next })}
    />
  );
}
