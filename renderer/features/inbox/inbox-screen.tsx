import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconInbox, IconSearch } from '@tabler/icons-react';
import { DownloadButton } from '../../components/download-button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { cursorRows } from '../../components/row-source.ts';
import { EmptyState } from '../../components/states.tsx';
import { api, client } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { ConversationList } from './conversation-list.tsx';
import styles from './inbox.module.css';
import { ConversationPane } from './conversation-pane.tsx';
import type { InboxSearch } from './routes.ts';
import { Scopes } from './scopes.tsx';

/** Scopes, the conversations of one, and the chosen conversation. */
export function InboxScreen() {
  const search = useSearch({ from: '/inbox' });
  const navigate = useNavigate({ from: '/inbox' });
  const set = (patch: { [K in keyof InboxSearch]: InboxSearch[K] | undefined }) =>
    void navigate({
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...patch }).filter(([, value]) => value !== undefined && value !== '')) as InboxSearch,
      replace: true,
    });
  const scope = search.show ?? 'all';
  const mailboxes = useQuery(api.mailboxes.list.queryOptions({ input: { limit: 500 } }));
  const query = useInfiniteQuery(
    api.replies.conversations.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: 50,
        scope,
        ...(search.mailbox === undefined ? {} : { mailboxId: search.mailbox }),
        ...(search.q === undefined ? {} : { q: search.q }),
        ...(cursor === undefined ? {} : { cursor }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  );
  const find = useDebouncedCallback((q: string) => set({ q: q === '' ? undefined : q }), 250);
  const counts = query.data?.pages[0]?.counts ?? null;
  const filtered = search.q !== undefined || search.mailbox !== undefined;
  const boxes = mailboxes.data?.items ?? [];
  return (
    <Page fill>
      <PageHeader title={t('nav.inbox')} description={t('inbox.description')} actions={<DownloadButton fileName="replies.csv" load={() => client.reports.replies({})} />} />
      {!filtered && counts?.all === 0 && search.reply === undefined ? (
        <div className={styles['detail']} style={{ flex: 1 }}>
          <EmptyState title={t('inbox.empty.title')} icon={<IconInbox size={26} stroke={1.6} />}>
            {t('inbox.empty.text')}
          </EmptyState>
        </div>
      ) : (
        <div className={styles['panes']}>
          <Scopes scope={scope} counts={counts} onChoose={(next) => set({ show: next === 'all' ? undefined : next, reply: undefined })} />
          <section className={styles['list']} aria-label={t('inbox.list')}>
            <div className={styles['listTop']}>
              <TextInput
                aria-label={t('inbox.search')}
                placeholder={t('inbox.search')}
                type="search"
                leftSection={<IconSearch size={16} />}
                defaultValue={search.q ?? ''}
                onChange={(event) => find(event.currentTarget.value)}
              />
              {boxes.length > 1 && (
                <Select
                  aria-label={t('inbox.mailbox')}
                  placeholder={t('inbox.mailbox.all')}
                  data={boxes.map((box) => ({ value: box.id, label: box.name }))}
                  value={search.mailbox ?? null}
                  onChange={(value) => set({ mailbox: value ?? undefined })}
                  clearable
                />
              )}
            </div>
            <ConversationList
              rows={cursorRows(query)}
              currentId={search.reply ?? null}
              onOpen={(id) => set({ reply: id })}
              empty={
                <EmptyState
                  title={t(filtered ? 'inbox.none.title' : `inbox.none.${scope}`)}
                  icon={<IconInbox size={26} stroke={1.6} />}
                  action={
                    <Button variant="default" onClick={() => set({ show: undefined, q: undefined, mailbox: undefined })}>
                      {t('inbox.none.action')}
                    </Button>
                  }
                >
                  {filtered ? t('inbox.none.text') : ''}
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
              <ConversationPane key={search.reply} id={search.reply} />
            )}
          </section>
        </div>
      )}
    </Page>
  );
}
