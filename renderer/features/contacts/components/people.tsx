import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedValue, useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { IconAddressBook, IconFilter, IconSearch, IconUsersGroup } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { addressVerdictSchema, type AddressVerdict } from '../../../../shared/schemas/address-check.ts';
import { contactStatusSchema, type ContactStatus } from '../../../../shared/schemas/contact.ts';
import { DataTable } from '../../../components/data-table.tsx';
import { OwnerSelect } from '../../../components/owner-select.tsx';
import { EmptyState } from '../../../components/states.tsx';
import { useTeam } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactRows, useFields, useLists, type ContactFilter } from '../api.ts';
import { chosenColumns, contactColumns, usualColumns } from '../model/columns.tsx';
import { completed, hasIncomplete } from '../model/segment-rules.ts';
import { useColumns, useSaveCell } from '../use-table.ts';
import { useSegmentDraft } from '../use-segment-draft.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ColumnsMenu } from './columns-menu.tsx';
import { ContactDrawer } from './contact-drawer.tsx';
import classes from './contacts.module.css';
import { ImportButton } from './import-button.tsx';
import { ListsPanel } from './lists-panel.tsx';
import { SegmentBar } from './segment-bar.tsx';
import { SegmentEditor } from './segment-editor.tsx';

interface Props {
  readonly listId: string | null;
  readonly segmentId: string | null;
  readonly verdict: AddressVerdict | null;
  readonly openId: string | null;
  readonly onAdd: () => void;
}

interface Selected {
  readonly ids: ReadonlySet<string>;
  /** Everybody who matches. */
  readonly all: boolean;
}

const nobody: Selected = { ids: new Set(), all: false };

/** The table of contacts with its search, filter, columns and what can be done with many of them. */
export function People({ listId, segmentId, verdict: verdictAtFirst, openId, onAdd }: Props) {
  const navigate = useNavigate();
  const searchField = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [status, setStatus] = useState<ContactStatus | null>(null);
  const [verdict, setVerdict] = useState(verdictAtFirst);
  const [tag, setTag] = useState<string | null>(null);
  const [ownerId, setOwnerId] = useState<string | null>(null);
  const [selected, setSelected] = useState<Selected>(nobody);
  const team = useTeam();
  const draft = useSegmentDraft(segmentId);
  const [building, setBuilding] = useState(false);
  const [rules] = useDebouncedValue(completed(draft.filter), 250);
  const wide = useMediaQuery('(min-width: 1500px)', false, { getInitialValueInEffect: false });
  const table = useColumns(draft.segment);
  const fields = useFields();
  const lists = useLists();
  useHotkeys([['/', () => searchField.current?.focus()]]);

  const filter: ContactFilter = {
    ...(q === '' ? {} : { q }),
    ...(listId === null ? {} : { listId }),
    ...(status === null ? {} : { status }),
    ...(verdict === null ? {} : { verdict }),
    ...(tag === null ? {} : { tag }),
    ...(ownerId === null ? {} : { ownerId }),
    ...(rules.rules.length === 0 ? {} : { filter: rules }),
  };
  const rows = useContactRows(filter, table.sort);
  const all = contactColumns(fields.data?.custom ?? [], fields.data?.definitions ?? [], useSaveCell(), team.people);
  const shown: readonly string[] = table.columns ?? (wide ? usualColumns.wide : usualColumns.narrow);
  const list = lists.data?.items.find((found) => found.id === listId) ?? null;
  const place = { ...(listId === null ? {} : { list: listId }), ...(segmentId === null ? {} : { segment: segmentId }) };
  const open = (contact: string | undefined) => void navigate({ to: '/contacts', search: { ...place, ...(contact === undefined ? {} : { contact }) } });
  const go = (search: { list?: string; segment?: string }) => {
    setSelected(nobody);
    void navigate({ to: '/contacts', search });
  };
  const filtered = q !== '' || status !== null || verdict !== null || tag !== null || ownerId !== null || rules.rules.length > 0;
  const clear = () => {
    setTyped('');
    setStatus(null);
    setVerdict(null);
    setTag(null);
    setOwnerId(null);
    draft.clear();
  };
  const count = selected.all ? (rows.total ?? 0) : selected.ids.size;
  return (
    <div className={classes['split']}>
      <ListsPanel
        current={listId}
        segmentId={segmentId}
        onChoose={(next) => go(next === null ? {} : { list: next })}
        onSegment={(next) => go(next === null ? {} : { segment: next })}
      />
      <div className={classes['main']}>
        <div className={classes['filters']}>
          <TextInput
            ref={searchField}
            aria-label={t('contacts.search')}
            placeholder={t('contacts.search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={typed}
            maxLength={200}
            className={classes['searchField'] ?? ''}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Select
            aria-label={t('contacts.filterStatus')}
            placeholder={t('contacts.allStatuses')}
            clearable
            className={classes['choice'] ?? ''}
            data={contactStatusSchema.options.map((value) => ({ value, label: t(`contactStatus.${value}`) }))}
            value={status}
            onChange={(value) => setStatus(value as ContactStatus | null)}
          />
          <Select
            aria-label={t('contacts.filterVerdict')}
            placeholder={t('contacts.anyVerdict')}
            clearable
            className={classes['choice'] ?? ''}
            data={addressVerdictSchema.options.map((value) => ({ value, label: t(`addressVerdict.${value}`) }))}
            value={verdict}
            onChange={(value) => setVerdict(value as AddressVerdict | null)}
          />
          <Select
            aria-label={t('contacts.filterTag')}
            placeholder={t('contacts.anyTag')}
            clearable
            searchable
            className={classes['choice'] ?? ''}
            data={fields.data?.tags ?? []}
            value={tag}
            onChange={setTag}
          />
          {team.shared && (
            <OwnerSelect aria-label={t('team.owner')} placeholder={t('team.owner')} clearable className={classes['choice'] ?? ''} value={ownerId} onChange={setOwnerId} />
          )}
          <Button
            variant={rules.rules.length > 0 ? 'light' : 'default'}
            leftSection={<IconFilter size={16} />}
            aria-expanded={building}
            onClick={() => {
              if (!building && draft.filter.rules.length === 0) draft.begin();
              setBuilding(!building);
            }}
          >
            {rules.rules.length > 0 ? t('segments.filterCount', { count: rules.rules.length }) : t('segments.filter')}
          </Button>
          <span style={{ marginInlineStart: 'auto' }}>
            <ColumnsMenu all={all} shown={shown} onChange={table.setColumns} />
          </span>
        </div>
        {building && <SegmentEditor filter={draft.filter} onChange={draft.setFilter} />}
        {(building || rules.rules.length > 0 || draft.segment !== null) && (
          <SegmentBar
            draft={draft}
            view={{ columns: [...shown], sort: table.sort }}
            ownView={table.columns !== null}
            total={rows.total}
            incomplete={hasIncomplete(draft.filter)}
            onSaved={(id) => go({ segment: id })}
            onEdit={building ? null : () => setBuilding(true)}
          />
        )}
        {count > 0 && (
          <BulkBar
            count={count}
            total={rows.total ?? 0}
            target={selected.all ? { query: filter } : { ids: [...selected.ids] }}
            list={list}
            onAll={() => setSelected({ ids: new Set(), all: true })}
            onClear={() => setSelected(nobody)}
          />
        )}
        <DataTable
          label={t('contacts.title')}
          columns={chosenColumns(all, shown)}
          rowHeight={shown.includes('person') ? 50 : 44}
          rows={rows}
          rowId={(contact) => contact.id}
          sort={table.sort}
          onSort={table.setSort}
          selection={{ ids: selected.ids, all: selected.all, onChange: (ids) => setSelected({ ids, all: false }) }}
          onOpen={(contact) => open(contact.id)}
          currentId={openId}
          empty={<Empty filtered={filtered} listId={listId} onClear={clear} onAdd={onAdd} />}
        />
      </div>
      <ContactDrawer contactId={openId} onClose={() => open(undefined)} />
    </div>
  );
}

function Empty({ filtered, listId, onClear, onAdd }: { readonly filtered: boolean; readonly listId: string | null; readonly onClear: () => void; readonly onAdd: () => void }) {
  if (filtered)
    return (
      <EmptyState
        title={t('contacts.nobodyTitle')}
        icon={<IconSearch size={26} stroke={1.6} />}
        action={
          <Button variant="default" onClick={onClear}>
            {t('contacts.clearFilters')}
          </Button>
        }
      >
        {t('contacts.nobodyText')}
      </EmptyState>
    );
  if (listId !== null)
    return (
      <EmptyState title={t('contacts.emptyList')} icon={<IconUsersGroup size={26} stroke={1.6} />} action={<ImportButton listId={listId} />}>
        {t('contacts.emptyListText')}
      </EmptyState>
    );
  return (
    <EmptyState
      title={t('contacts.emptyTitle')}
      icon={<IconAddressBook size={26} stroke={1.6} />}
      action={
        <>
          <ImportButton listId={null} />
          <Button variant="default" onClick={onAdd}>
            {t('contacts.add')}
          </Button>
        </>
      }
    >
      {t('contacts.emptyText')}
    </EmptyState>
  );
}
