import { useQueryClient } from '@tanstack/react-query';
import type { Campaign } from '../../../shared/schemas/campaign.ts';
import { api, client } from '../../lib/client.ts';
import { useAutosave, type Autosave } from '../../lib/use-autosave.ts';
import { formOf, patchOf, sameForm, type CampaignForm } from './model/campaign-form.ts';

/** The form of a campaign with autosave. The checklist is made again after every save. */
export function useCampaignForm(campaign: Campaign): Autosave<CampaignForm> {
  const queryClient = useQueryClient();
  return useAutosave<CampaignForm>({
    stored: formOf(campaign),
    stamp: campaign.updatedAt,
    same: sameForm,
    write: async (value, stored) => {
      const saved = await client.campaigns.update({ id: campaign.id, ...patchOf(value, stored) });
      queryClient.setQueryData(api.campaigns.get.queryKey({ input: { id: campaign.id } }), saved);
      void queryClient.invalidateQueries({ queryKey: api.campaigns.preflight.key({ input: { id: campaign.id } }) });
      void queryClient.invalidateQueries({ queryKey: api.campaigns.list.key() });
      return saved.updatedAt;
    },
  });
}
