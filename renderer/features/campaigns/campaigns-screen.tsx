import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { t } from '../../lib/messages/index.ts';

export function CampaignsScreen() {
  return (
    <Page>
      <PageHeader title={t('nav.campaigns')} />
    </Page>
  );
}
