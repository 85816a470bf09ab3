import { Anchor, Button, Group, Paper, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconChevronLeft, IconChevronRight, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import type { DuplicateReason } from '../../../shared/schemas/duplicate.ts';
import { LinkButton } from '../../components/links.tsx';
import { MayButton } from '../../components/may-button.tsx';
import { notifyDone, notifyError } from '../../components/notify.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { useRefusal } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';
import { useContact, useContactActions } from './api.ts';
import { MergeForm } from './components/merge-form.tsx';

/** Contacts that are probably one person, a pair at a time; or the two that were chosen in the table. */
export function DuplicatesScreen() {
  const { first, second } = useSearch({ from: '/contacts/duplicates' });
  return (
    <Page maxWidth={1100}>
      <Anchor size="sm" display="inline-block" py={4} mb="xs" renderRoot={(props) => <Link to="/contacts" {...props} />}>
        {t('contacts.title')}
      </Anchor>
      <PageHeader title={t('duplicates.title')} description={t('duplicates.text')} />
      {first === undefined || second === undefined ? <Found /> : <Chosen first={first} second={second} />}
    </Page>
  );
}

function Found() {
  const [at, setAt] = useState(0);
  const pairs = useQuery(api.subscribers.duplicates.queryOptions({ input: { offset: at, limit: 1 }, placeholderData: keepPreviousData }));
  const { dismiss } = useContactActions();
  const refusal = useRefusal('subscribers', 'dismissDuplicate');
  return (
    <QueryState query={pairs}>
      {({ items: [pair], total }) => {
        if (pair === undefined) {
          return total > 0 ? (
            <Button variant="default" onClick={() => setAt(0)}>
              {t('duplicates.fromStart')}
            </Button>
          ) : (
            <EmptyState title={t('duplicates.none')} icon={<IconUsers size={26} stroke={1.6} />} action={<LinkButton to="/contacts">{t('duplicates.back')}</LinkButton>}>
              {t('duplicates.noneText')}
            </EmptyState>
          );
        }
        const ids: [string, string] = [pair.first.id, pair.second.id];
        return (
          <>
            <Group justify="space-between" mb="md">
              <Text size="sm" role="status" className="h-num">
                {t('duplicates.place', { at: at + 1, total })} · {pair.reasons.map(reasonWord).join(' · ')}
              </Text>
              <Group gap="xs">
                <Button size="xs" variant="default" leftSection={<IconChevronLeft size={15} />} disabled={at === 0} onClick={() => setAt(at - 1)}>
                  {t('duplicates.previous')}
                </Button>
                <Button size="xs" variant="default" rightSection={<IconChevronRight size={15} />} disabled={at + 1 >= total} onClick={() => setAt(at + 1)}>
                  {t('duplicates.skip')}
                </Button>
              </Group>
            </Group>
            <MergeForm
              key={ids.join()}
              first={pair.first}
              second={pair.second}
              onMerged={() => setAt(Math.max(0, Math.min(at, total - 2)))}
              aside={
                <MayButton
                  refusal={refusal}
                  variant="default"
                  loading={dismiss.isPending}
                  onClick={() =>
                    dismiss.mutate(
                      { ids },
                      {
                        onSuccess: () => {
                          notifyDone(t('duplicates.dismissed'));
                          setAt(Math.max(0, Math.min(at, total - 2)));
                        },
                        onError: notifyError,
                      },
                    )
                  }
                >
                  {t('duplicates.dismiss')}
                </MayButton>
              }
            />
          </>
        );
      }}
    </QueryState>
  );
}

function Chosen({ first, second }: { readonly first: string; readonly second: string }) {
  const navigate = useNavigate();
  const one = useContact(first);
  const other = useContact(second);
  return (
    <QueryState query={one}>
      {(a) => (
        <QueryState query={other}>
          {(b) => (
            <Paper component="section" aria-label={t('duplicates.title')}>
              <MergeForm first={a} second={b} onMerged={(id) => void navigate({ to: '/contacts/$contactId', params: { contactId: id } })} />
            </Paper>
          )}
        </QueryState>
      )}
    </QueryState>
  );
}

function reasonWord(reason: DuplicateReason): string {
  return t(`duplicates.reason.${reason}`);
}
