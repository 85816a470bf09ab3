import { Button, Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { LinkButton } from '../../components/links.tsx';
import { holdReasons, type Delivery, type DeliveryKind, type HoldReason } from '../../../shared/schemas/delivery.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { DownloadButton } from '../../components/download-button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { cursorRows } from '../../components/row-source.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { EmptyState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { WhyText } from '../../components/why-text.tsx';
import { api, client } from '../../lib/client.ts';
import { overAt } from '../../lib/delivery-time.ts';
import { t } from '../../lib/messages/index.ts';
import { BulkBar } from './bulk-bar.tsx';
import { DeliveryDrawer } from './delivery-drawer.tsx';
import { holdsMail, quickFilters, selectable, statesOf, type QuickFilter } from './filters.ts';
import type { ActivitySearch } from './routes.ts';
import { outcomeWords } from './words.ts';

const recipient: Column<Delivery> = {
  id: 'recipient',
  header: t('activity.col.recipient'),
  grow: 1.5,
  cell: (row) => <TwoLines top={row.contactName || row.recipient} bottom={row.recipient} />,
};
const mail: Column<Delivery> = {
  id: 'mail',
  header: t('activity.col.mail'),
  grow: 1.6,
  cell: (row) => <TwoLines top={row.subject ?? t('activity.noSubject')} bottom={row.stepNumber === null ? t(`kind.${row.kind}`) : t('activity.step', { n: row.stepNumber })} />,
};
const campaign: Column<Delivery> = {
  id: 'campaign',
  header: t('activity.col.campaign'),
  grow: 1.4,
  cell: (row) => <TwoLines top={row.campaignName ?? '–'} bottom={row.mailboxName ?? ''} />,
};
const columns: readonly Column<Delivery>[] = [
  { id: 'state', header: t('activity.col.state'), width: 148, cell: (row) => <StateBadge kind="delivery" state={row.state} /> },
  recipient,
  mail,
  campaign,
  { id: 'when', header: t('activity.col.when'), width: 152, sortField: 'slotAt', cell: (row) => <TimeText at={overAt(row) ?? row.slotAt} format="moment" /> },
  { id: 'why', header: t('activity.col.why'), grow: 2, cell: (row) => (row.why ? <WhyText why={row.why} /> : <Outcome text={outcomeWords(row)} />) },
];

/** A dead letter is read for what the server said. */
const deadColumns: readonly Column<Delivery>[] = [
  recipient,
  mail,
  campaign,
  { id: 'when', header: t('activity.col.when'), width: 152, sortField: 'updatedAt', cell: (row) => <TimeText at={row.updatedAt} format="moment" /> },
  { id: 'attempts', header: t('activity.col.attempts'), width: 70, cell: (row) => row.attempts },
  { id: 'answer', header: t('activity.col.answer'), grow: 3, cell: (row) => <TwoLines top={outcomeWords(row)} bottom={row.answer ?? ''} /> },
];

function Outcome({ text }: { text: string }) {
  return (
    <Text size="sm" truncate title={text}>
      {text}
    </Text>
  );
}

function TwoLines({ top, bottom }: { top: string; bottom: string }) {
  return (
    <div style={{ minWidth: 0 }}>
      <div className="h-ellipsis" title={top}>
        {top}
      </div>
      {bottom !== '' && bottom !== top && (
        <Text size="xs" c="dimmed" truncate title={bottom}>
          {bottom}
        </Text>
      )}
    </div>
  );
}

/** Every delivery with its state and, where it waits, why. */
export function ActivityScreen() {
  const search = useSearch({ from: '/activity' });
  const navigate = useNavigate({ from: '/activity' });
  const [chosenSort, setSort] = useState<string | undefined>(undefined);
  // What waits is read in the order in which it leaves; everything else newest first, which is the engine's own order.
  const sort = chosenSort ?? (search.show === 'waiting' ? 'slotAt' : search.show === 'dead' ? '-updatedAt' : undefined);
  const set = (patch: { [K in keyof ActivitySearch]: ActivitySearch[K] | undefined }) =>
    void navigate({
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...patch }).filter(([, value]) => value !== undefined && value !== '')) as ActivitySearch,
      replace: true,
    });
  const show = search.show ?? 'all';
  const states = statesOf[show];
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const clear = () => {
    setSelected(new Set());
    setAll(false);
  };
  const filtered =
    search.show !== undefined ||
    search.kind !== undefined ||
    search.heldFor !== undefined ||
    search.campaignId !== undefined ||
    search.contactId !== undefined ||
    search.q !== undefined;
  const filter = {
    ...(states === undefined ? {} : { state: states }),
    ...(search.kind === undefined ? {} : { kind: search.kind }),
    ...(search.heldFor === undefined || !holdsMail(show) ? {} : { heldFor: search.heldFor }),
    ...(search.campaignId === undefined ? {} : { campaignId: search.campaignId }),
    ...(search.contactId === undefined ? {} : { contactId: search.contactId }),
    ...(search.q === undefined ? {} : { q: search.q }),
  };
  const query = useInfiniteQuery(
    api.deliveries.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: 100,
        ...(cursor === undefined ? {} : { cursor }),
        ...(sort === undefined ? {} : { sort }),
        ...filter,
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  );
  const rows = cursorRows(query);
  return (
    <Page fill>
      <PageHeader
        title={t('nav.activity')}
        description={t('activity.description')}
        actions={<DownloadButton fileName="deliveries.csv" load={() => client.reports.deliveries(search.campaignId === undefined ? {} : { campaignId: search.campaignId })} />}
      />
      <Filters
        search={search}
        set={(patch) => {
          // What is no longer shown must not stay selected.
          clear();
          set(patch);
        }}
      />
      {selected.size > 0 && <BulkBar selected={selected} total={rows.total ?? 0} all={all} filter={filter} onAll={() => setAll(true)} onClear={clear} />}
      <DataTable
        label={t('activity.table')}
        columns={show === 'dead' ? deadColumns : columns}
        rows={rows}
        rowId={(row) => row.id}
        rowHeight={52}
        onOpen={(row) => set({ delivery: row.id })}
        currentId={search.delivery ?? null}
        onSort={setSort}
        {...(selectable.includes(show)
          ? {
              selection: {
                ids: selected,
                onChange: (ids: ReadonlySet<string>) => {
                  setAll(false);
                  setSelected(ids);
                },
              },
            }
          : {})}
        {...(sort === undefined ? {} : { sort })}
        empty={
          show === 'dead' && Object.keys(filter).length === 1 ? (
            <EmptyState title={t('activity.dead.title')}>{t('activity.dead.text')}</EmptyState>
          ) : filtered ? (
            <EmptyState
              title={t('activity.none.title')}
              action={
                <Button variant="default" onClick={() => void navigate({ search: {} })}>
                  {t('activity.none.action')}
                </Button>
              }
            >
              {t('activity.none.text')}
            </EmptyState>
          ) : (
            <EmptyState title={t('activity.empty.title')} action={<LinkButton to="/campaigns">{t('activity.empty.action')}</LinkButton>}>
              {t('activity.empty.text')}
            </EmptyState>
          )
        }
      />
      <DeliveryDrawer id={search.delivery ?? null} onClose={() => set({ delivery: undefined })} />
    </Page>
  );
}

function Filters({ search, set }: { search: ActivitySearch; set: (patch: { [K in keyof ActivitySearch]: ActivitySearch[K] | undefined }) => void }) {
  const campaigns = useQuery(api.campaigns.list.queryOptions({ input: { limit: 500 }, select: (page) => page.items.map(({ id, name }) => ({ value: id, label: name })) }));
  const find = useDebouncedCallback((q: string) => set({ q: q === '' ? undefined : q }), 250);
  return (
    <Group mb="md" gap="sm">
      <SegmentedControl
        aria-label={t('activity.filter')}
        size="sm"
        data={quickFilters.map((value) => ({ value, label: t(`activity.filter.${value}`) }))}
        value={search.show ?? 'all'}
        onChange={(value) => set({ show: value === 'all' ? undefined : (value as QuickFilter) })}
      />
      <TextInput
        aria-label={t('activity.search')}
        placeholder={t('activity.search')}
        type="search"
        leftSection={<IconSearch size={16} />}
        defaultValue={search.q ?? ''}
        onChange={(event) => find(event.currentTarget.value)}
        w={190}
      />
      <Select
        aria-label={t('activity.campaign')}
        placeholder={t('activity.campaign.all')}
        data={campaigns.data ?? []}
        value={search.campaignId ?? null}
        onChange={(value) => set({ campaignId: value ?? undefined })}
        clearable
        searchable
        w={170}
      />
      <Select
        aria-label={t('activity.kind')}
        placeholder={t('activity.kind.all')}
        data={(['step', 'reply', 'one-off', 'test'] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
        value={search.kind ?? null}
        onChange={(value) => set({ kind: (value as DeliveryKind | null) ?? undefined })}
        clearable
        w={126}
      />
      {holdsMail(search.show ?? 'all') && (
        <Select
          aria-label={t('activity.heldFor')}
          placeholder={t('activity.heldFor.all')}
          data={holdReasons.map((value) => ({ value, label: t(`why.${value}`) }))}
          value={search.heldFor ?? null}
          onChange={(value) => set({ heldFor: (value as HoldReason | null) ?? undefined })}
          clearable
          searchable
          w={380}
        />
      )}
    </Group>
  );
}
