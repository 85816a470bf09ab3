import { Button, Select, Tabs, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconAddressBook, IconFileImport, IconPlus, IconSearch, IconUsersGroup } from '@tabler/icons-react';
import { useState } from 'react';
import { contactStatusSchema, type Contact, type ContactStatus } from '../../../shared/schemas/contact.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { EmptyState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { t } from '../../lib/messages/index.ts';
import { useContactRows, useFields, useLists, type ContactFilter } from './api.ts';
import { ContactDrawer } from './components/contact-drawer.tsx';
import { ContactFormDialog } from './components/contact-form.tsx';
import classes from './components/contacts.module.css';
import { ListsPanel } from './components/lists-panel.tsx';
import { SelectionBar } from './components/selection-bar.tsx';
import { SuppressionsTab } from './components/suppressions-tab.tsx';
import { nameOf } from './words.ts';

/** Contacts: everybody in a table, the lists beside it, and the suppressions in a tab of their own. */
export function ContactsScreen() {
  const search = useSearch({ from: '/contacts' });
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const tab = search.tab ?? 'people';
  const showTab = (next: string | null) => void navigate({ to: '/contacts', search: next === 'suppressions' ? { tab: 'suppressions' } : {} });
  return (
    <Page fill>
      <PageHeader
        title={t('contacts.title')}
        description={t('contacts.subtitle')}
        actions={
          <>
            <ImportButton listId={search.list ?? null} variant="default" />
            <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
              {t('contacts.add')}
            </Button>
          </>
        }
      />
      <Tabs value={tab} onChange={showTab} keepMounted={false} classNames={{ root: classes['tabs'] ?? '', panel: classes['tabPanel'] ?? '' }}>
        <Tabs.List mb="md">
          <Tabs.Tab value="people">{t('contacts.tab.people')}</Tabs.Tab>
          <Tabs.Tab value="suppressions">{t('contacts.tab.suppressions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <People listId={search.list ?? null} onAdd={() => setAdding(true)} openId={search.contact ?? null} />
        </Tabs.Panel>
        <Tabs.Panel value="suppressions">
          <SuppressionsTab />
        </Tabs.Panel>
      </Tabs>
      {adding && <ContactFormDialog contact={null} listId={search.list ?? null} onClose={() => setAdding(false)} />}
    </Page>
  );
}

function People({ listId, openId, onAdd }: { readonly listId: string | null; readonly openId: string | null; readonly onAdd: () => void }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [status, setStatus] = useState<ContactStatus | null>(null);
  const [tag, setTag] = useState<string | null>(null);
  const [sort, setSort] = useState('-createdAt');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const wide = useMediaQuery('(min-width: 1500px)', false, { getInitialValueInEffect: false });
  const fields = useFields();
  const lists = useLists();
  const filter: ContactFilter = { ...(q === '' ? {} : { q }), ...(listId === null ? {} : { listId }), ...(status === null ? {} : { status }), ...(tag === null ? {} : { tag }) };
  const rows = useContactRows(filter, sort);
  const list = lists.data?.items.find((found) => found.id === listId) ?? null;
  const open = (contact: string | undefined) =>
    void navigate({ to: '/contacts', search: { ...(listId === null ? {} : { list: listId }), ...(contact === undefined ? {} : { contact }) } });
  const filtered = q !== '' || status !== null || tag !== null;
  const clear = () => {
    setTyped('');
    setStatus(null);
    setTag(null);
  };
  return (
    <div className={classes['split']}>
      <ListsPanel
        current={listId}
        onChoose={(next) => {
          setSelected(new Set());
          void navigate({ to: '/contacts', search: next === null ? {} : { list: next } });
        }}
      />
      <div className={classes['main']}>
        <div className={classes['filters']}>
          <TextInput
            aria-label={t('contacts.search')}
            placeholder={t('contacts.search')}
            type="search"
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
            w={150}
            data={contactStatusSchema.options.map((value) => ({ value, label: t(`contactStatus.${value}`) }))}
            value={status}
            onChange={(value) => setStatus(value as ContactStatus | null)}
          />
          <Select
            aria-label={t('contacts.filterTag')}
            placeholder={t('contacts.anyTag')}
            clearable
            searchable
            w={160}
            data={fields.data?.tags ?? []}
            value={tag}
            onChange={setTag}
          />
        </div>
        {selected.size > 0 && <SelectionBar selected={selected} total={rows.total ?? 0} filter={filter} list={list} onChange={setSelected} />}
        <DataTable
          label={t('contacts.title')}
          columns={wide ? wideColumns : narrowColumns}
          rowHeight={wide ? 44 : 50}
          rows={rows}
          rowId={(contact) => contact.id}
          sort={sort}
          onSort={setSort}
          selection={{ ids: selected, onChange: setSelected }}
          onOpen={(contact) => open(contact.id)}
          currentId={openId}
          empty={
            filtered ? (
              <EmptyState
                title={t('contacts.nobodyTitle')}
                icon={<IconSearch size={26} stroke={1.6} />}
                action={
                  <Button variant="default" onClick={clear}>
                    {t('contacts.clearFilters')}
                  </Button>
                }
              >
                {t('contacts.nobodyText')}
              </EmptyState>
            ) : listId !== null ? (
              <EmptyState title={t('contacts.emptyList')} icon={<IconUsersGroup size={26} stroke={1.6} />} action={<ImportButton listId={listId} />}>
                {t('contacts.emptyListText')}
              </EmptyState>
            ) : (
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
            )
          }
        />
      </div>
      <ContactDrawer contactId={openId} onClose={() => open(undefined)} />
    </div>
  );
}

function ImportButton({ listId, variant = 'filled' }: { readonly listId: string | null; readonly variant?: 'filled' | 'default' }) {
  return (
    <Button
      variant={variant}
      leftSection={<IconFileImport size={16} />}
      renderRoot={(props) => <Link to="/contacts/import" search={listId === null ? {} : { list: listId }} {...props} />}
    >
      {t('contacts.import')}
    </Button>
  );
}

const company: Column<Contact> = { id: 'company', header: t('contacts.company'), grow: 1.2, sortField: 'company', cell: (contact) => contact.company };
const common: readonly Column<Contact>[] = [
  { id: 'status', header: t('contacts.status'), width: 122, sortField: 'status', cell: (contact) => <StateBadge kind="contactStatus" state={contact.status} /> },
  { id: 'tags', header: t('contacts.tags'), grow: 0.8, cell: (contact) => contact.tags.join(', ') },
  { id: 'lastSent', header: t('contacts.lastSent'), width: 132, sortField: 'lastSentAt', cell: (contact) => <TimeText at={contact.lastSentAt} never={t('contacts.never')} /> },
];
/** With room, name and address have a column each; else they share one. */
const wideColumns: readonly Column<Contact>[] = [
  { id: 'name', header: t('contacts.name'), grow: 1.3, sortField: 'name', cell: nameOf },
  { id: 'email', header: t('contacts.email'), grow: 1.6, sortField: 'email', cell: (contact) => contact.email },
  company,
  ...common,
  { id: 'lastReply', header: t('contacts.lastReply'), width: 132, sortField: 'lastReplyAt', cell: (contact) => <TimeText at={contact.lastReplyAt} never={t('contacts.never')} /> },
  { id: 'added', header: t('contacts.added'), width: 132, sortField: 'createdAt', cell: (contact) => <TimeText at={contact.createdAt} /> },
];
const narrowColumns: readonly Column<Contact>[] = [
  { id: 'name', header: t('contacts.name'), grow: 2, sortField: 'name', cell: (contact) => <PersonCell contact={contact} /> },
  company,
  ...common,
];

function PersonCell({ contact }: { readonly contact: Contact }) {
  const name = nameOf(contact);
  return (
    <div>
      <Text size="sm" fw={600} className="h-ellipsis" title={name}>
        {name}
      </Text>
      {name !== contact.email && (
        <Text size="xs" c="dimmed" className="h-ellipsis" title={contact.email}>
          {contact.email}
        </Text>
      )}
    </div>
  );
}
