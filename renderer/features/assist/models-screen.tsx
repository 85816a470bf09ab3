import { Button, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconPlus } from '@tabler/icons-react';
import type { Provider } from '../../../shared/schemas/assist.ts';
import { LinkAnchor } from '../../components/links.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { LoadingState, QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { useAssistRefresh } from './api.ts';
import { Features } from './features.tsx';
import { Guide } from './guide.tsx';
import { ProviderCard } from './provider-card.tsx';
import { ProviderDrawer } from './provider-drawer.tsx';
import { UsageSection } from './usage.tsx';

/** Where models run, what they may help with, and what they did. `?edit=new` or an id opens the form. */
export function ModelsScreen() {
  const { edit } = useSearch({ from: '/settings/models' });
  const navigate = useNavigate({ from: '/settings/models' });
  const query = useQuery(api.assist.providers.queryOptions({ input: {} }));
  const open = (id: string | undefined) => void navigate({ search: id === undefined ? {} : { edit: id } });
  const editing = query.data?.items.find((provider) => provider.id === edit) ?? null;
  return (
    <Page maxWidth={1080}>
      <LinkAnchor to="/settings" size="sm" mb={4}>
        {t('nav.settings')}
      </LinkAnchor>
      <PageHeader
        title={t('assist.title')}
        description={t('assist.description')}
        actions={
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => open('new')}>
            {t('assist.add')}
          </Button>
        }
      />
      <QueryState query={query} loading={<LoadingState rows={3} height={92} />}>
        {({ items }) => (
          <Stack gap="lg" pb="xl">
            <Guide providers={items} />
            {items.length > 0 && <Providers providers={items} onEdit={open} />}
            <Features />
            <UsageSection />
          </Stack>
        )}
      </QueryState>
      <ProviderDrawer provider={editing} opened={edit === 'new' || editing !== null} onClose={() => open(undefined)} />
    </Page>
  );
}

function Providers({ providers, onEdit }: { providers: readonly Provider[]; onEdit: (id: string) => void }) {
  const done = useAssistRefresh();
  const order = useMutation(api.assist.orderProviders.mutationOptions({ onSettled: done }));
  const move = (index: number, by: -1 | 1) => {
    const ids = providers.map(({ id }) => id);
    const [moved] = ids.splice(index, 1);
    if (moved !== undefined) ids.splice(index + by, 0, moved);
    order.mutate({ ids });
  };
  return (
    <section aria-labelledby="assist-servers">
      <Title order={2} id="assist-servers">
        {t('assist.servers')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('assist.servers.hint')}
      </Text>
      <Stack gap="sm" component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
        {providers.map((provider, index) => (
          <li key={provider.id}>
            <ProviderCard
              provider={provider}
              onEdit={() => onEdit(provider.id)}
              onUp={index === 0 ? null : () => move(index, -1)}
              onDown={index === providers.length - 1 ? null : () => move(index, 1)}
              openModels={providers.length === 1 && provider.health.state === 'ready'}
            />
          </li>
        ))}
      </Stack>
    </section>
  );
}
