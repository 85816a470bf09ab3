import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconInbox, IconSearch } from '@tabler/icons-react';
import { DownloadButton } from '../../components/download-button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { cursorRows } from '../../components/row-source.ts';
import { EmptyState } from '../../components/states.tsx';
import { api, client } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { classesOf, inboxFilters, type InboxFilter } from './filters.ts';
import styles from './inbox.module.css';
import { ReplyDetailPane } from './reply-detail.tsx';
import { ReplyList } from './reply-list.tsx';
import type { InboxSearch } from './routes.ts';

/** Replies on the left, the conversation of the chosen one on the right. */
export function InboxScreen() {
  const search = useSearch({ from: '/inbox' });
  const navigate = useNavigate({ from: '/inbox' });
  const set = (patch: { [K in keyof InboxSearch]: InboxSearch[K] | undefined }) =>
    void navigate({
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...patch }).filter(([, value]) => value !== undefined && value !== '')) as InboxSearch,
      replace: true,
    });
  const show = search.show ?? 'all';
  const query = useInfiniteQuery(
    api.replies.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: 50,
        class: classesOf[show],
        ...(show === 'unread' ? { unread: true } : {}),
        ...(search.q === undefined ? {} : { q: search.q }),
        ...(cursor === undefined ? {} : { cursor }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  );
  const find = useDebouncedCallback((q: string) => set({ q: q === '' ? undefined : q }), 250);
  const filtered = show !== 'all' || search.q !== undefined;
  return (
    <Page fill>
      <PageHeader title={t('nav.inbox')} description={t('inbox.description')} actions={<DownloadButton fileName="replies.csv" load={() => client.reports.replies({})} />} />
      {!filtered && query.data?.pages[0]?.total === 0 && search.reply === undefined ? (
        <div className={styles['detail']} style={{ flex: 1 }}>
          <EmptyState title={t('inbox.empty.title')} icon={<IconInbox size={26} stroke={1.6} />}>
            {t('inbox.empty.text')}
          </EmptyState>
        </div>
      ) : (
        <div className={styles['panes']}>
          <section className={styles['list']} aria-label={t('inbox.list')}>
            <div className={styles['listTop']} style={{ display: 'flex', gap: 8 }}>
              <Select
                aria-label={t('inbox.filter')}
                data={inboxFilters.map((value) => ({ value, label: t(`inbox.filter.${value}`) }))}
                value={show}
                onChange={(value) => set({ show: value === 'all' ? undefined : ((value as InboxFilter | null) ?? undefined) })}
                allowDeselect={false}
                w={130}
              />
              <TextInput
                aria-label={t('inbox.search')}
                placeholder={t('inbox.search')}
                leftSection={<IconSearch size={16} />}
                defaultValue={search.q ?? ''}
                onChange={(event) => find(event.currentTarget.value)}
                style={{ flex: 1 }}
              />
            </div>
            <ReplyList
              rows={cursorRows(query)}
              currentId={search.reply ?? null}
              onOpen={(id) => set({ reply: id })}
              empty={
                <EmptyState
                  title={t('inbox.none.title')}
                  icon={<IconInbox size={26} stroke={1.6} />}
                  action={
                    <Button variant="default" onClick={() => set({ show: undefined, q: undefined })}>
                      {t('inbox.none.action')}
                    </Button>
                  }
                >
                  {t('inbox.none.text')}
                </EmptyState>
              }
            />
          </section>
          <section className={styles['detail']} aria-label={t('inbox.conversation')}>
            {search.reply === undefined ? (
              <EmptyState title={t('inbox.pick.title')} icon={<IconInbox size={26} stroke={1.6} />}>
                {t('inbox.pick.text')}
              </EmptyState>
            ) : (
              <ReplyDetailPane key={search.reply} id={search.reply} />
            )}
          </section>
        </div>
      )}
    </Page>
  );
}
