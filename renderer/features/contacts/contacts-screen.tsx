import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { LinkButton } from '../../components/links.tsx';
import { MayButton } from '../../components/may-button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { useRefusal } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';
import { ContactFormDialog } from './components/contact-form.tsx';
import classes from './components/contacts.module.css';
import { ImportButton } from './components/import-button.tsx';
import { People } from './components/people.tsx';
import { SuppressionsTab } from './components/suppressions-tab.tsx';

/** Contacts: everybody in a table, lists and segments beside it, and the suppressions in a tab of their own. */
export function ContactsScreen() {
  const search = useSearch({ from: '/contacts' });
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const refusal = useRefusal('subscribers', 'create');
  const tab = search.tab ?? 'people';
  const showTab = (next: string | null) => void navigate({ to: '/contacts', search: next === 'suppressions' ? { tab: 'suppressions' } : {} });
  return (
    <Page fill>
      <PageHeader
        title={t('contacts.title')}
        description={t('contacts.subtitle')}
        actions={
          <>
            <LinkButton variant="subtle" to="/contacts/duplicates">
              {t('duplicates.find')}
            </LinkButton>
            <ImportButton listId={search.list ?? null} variant="default" />
            <MayButton refusal={refusal} leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
              {t('contacts.add')}
            </MayButton>
          </>
        }
      />
      <Tabs value={tab} onChange={showTab} keepMounted={false} classNames={{ root: classes['tabs'] ?? '', panel: classes['tabPanel'] ?? '' }}>
        <Tabs.List mb="md">
          <Tabs.Tab value="people">{t('contacts.tab.people')}</Tabs.Tab>
          <Tabs.Tab value="suppressions">{t('contacts.tab.suppressions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <People
            key={`${search.segment ?? ''} ${search.verdict ?? ''}`}
            verdict={search.verdict ?? null}
            listId={search.list ?? null}
            segmentId={search.segment ?? null}
            onAdd={() => setAdding(true)}
            openId={search.contact ?? null}
          />
        </Tabs.Panel>
        <Tabs.Panel value="suppressions">
          <SuppressionsTab />
        </Tabs.Panel>
      </Tabs>
      {adding && <ContactFormDialog contact={null} listId={search.list ?? null} onClose={() => setAdding(false)} />}
    </Page>
  );
}
