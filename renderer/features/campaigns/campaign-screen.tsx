import { useParams } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { QueryState } from '../../components/states.tsx';
import { useCampaign } from './api.ts';
import { DraftCampaign } from './components/draft-campaign.tsx';
import { LaunchedCampaign } from './components/launched-campaign.tsx';

/** One campaign: a form with a checklist until it is launched, figures and people afterwards. */
export function CampaignScreen() {
  const { campaignId } = useParams({ from: '/campaigns/$campaignId' });
  const campaign = useCampaign(campaignId);
  return (
    <QueryState query={campaign} loading={<Page>{null}</Page>}>
      {(data) =>
        data.status === 'draft' ? (
          <Page key={data.id}>
            <DraftCampaign campaign={data} />
          </Page>
        ) : (
          <Page key={data.id} fill>
            <LaunchedCampaign campaign={data} />
          </Page>
        )
      }
    </QueryState>
  );
}
