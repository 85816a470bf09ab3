import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconAt, IconPlus } from '@tabler/icons-react';
import { MayButton } from '../../components/may-button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, LoadingState, QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { useRefusal } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';
import { MailboxCard } from './mailbox-card.tsx';
import { MailboxDrawer } from './mailbox-drawer.tsx';

/** All mailboxes with state, limits and what they sent today. `?edit=new` or an id opens the form. */
export function MailboxesScreen() {
  const { edit } = useSearch({ from: '/mailboxes' });
  const navigate = useNavigate({ from: '/mailboxes' });
  const query = useQuery(api.mailboxes.list.queryOptions({ input: { limit: 500, sort: 'name' } }));
  const open = (id: string | undefined) => void navigate({ search: id === undefined ? {} : { edit: id } });
  const editing = query.data?.items.find((mailbox) => mailbox.id === edit) ?? null;
  const refusal = useRefusal('mailboxes', 'create');
  const addButton = (
    <MayButton refusal={refusal} leftSection={<IconPlus size={16} />} onClick={() => open('new')}>
      {t('mailboxes.add')}
    </MayButton>
  );
  return (
    <Page>
      <PageHeader title={t('nav.mailboxes')} description={t('mailboxes.description')} actions={query.data && query.data.items.length > 0 ? addButton : undefined} />
      <QueryState query={query} loading={<LoadingState rows={3} height={92} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('mailboxes.empty.title')} icon={<IconAt size={26} stroke={1.6} />} action={addButton}>
              {t('mailboxes.empty.text')}
            </EmptyState>
          ) : (
            <Stack gap="sm">
              {items.map((mailbox) => (
                <MailboxCard key={mailbox.id} mailbox={mailbox} onEdit={() => open(mailbox.id)} />
              ))}
            </Stack>
          )
        }
      </QueryState>
      <MailboxDrawer mailbox={editing} opened={edit === 'new' || editing !== null} onClose={() => open(undefined)} />
    </Page>
  );
}
