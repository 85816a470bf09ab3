import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { t } from '../../lib/messages/index.ts';

export function ContactsScreen() {
  return (
    <Page>
      <PageHeader title={t('nav.contacts')} />
    </Page>
  );
}
