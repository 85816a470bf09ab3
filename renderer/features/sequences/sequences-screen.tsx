import { ActionIcon, Button, Menu, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import {
  IconAlertTriangle,
  IconArrowsSplit2,
  IconBulb,
  IconCircleCheck,
  IconCopy,
  IconDots,
  IconDownload,
  IconGitCompare,
  IconPencil,
  IconPlus,
  IconSearch,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import type { Sequence } from '../../../shared/schemas/sequence.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { LinkButton } from '../../components/links.tsx';
import { notifyDone, notifyError } from '../../components/notify.tsx';
import { MayButton } from '../../components/may-button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { fixedRows } from '../../components/row-source.ts';
import { ToneBadge } from '../../components/state-badge.tsx';
import { EmptyState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { client } from '../../lib/client.ts';
import { saveFile } from '../../lib/download.ts';
import { useRefusal } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';
import { useSequenceActions, useSequences } from './api.ts';
import { ImportSequence } from './components/import-sequence.tsx';
import { NewSequenceDialog } from './components/new-sequence-dialog.tsx';
import { timeline } from './model/graph.ts';
import { stepsSummary } from './words.ts';

/** All sequences with their status and what they consist of. */
export function SequencesScreen() {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const { dialog } = useSearch({ from: '/sequences' });
  const setAdding = (open: boolean) => void navigate({ to: '/sequences', search: open ? { dialog: 'new' } : {}, replace: true });
  const sequences = useSequences(q);
  const rows = sequences.data ? fixedRows(sequences.data.items) : { ...fixedRows<Sequence>([]), total: null, error: sequences.error, refetch: () => void sequences.refetch() };
  const refusal = useRefusal('sequences', 'create');
  const add = (
    <MayButton refusal={refusal} leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {t('sequences.add')}
    </MayButton>
  );
  const open = (sequence: Sequence) => void navigate({ to: '/sequences/$sequenceId', params: { sequenceId: sequence.id } });
  return (
    <Page fill>
      <PageHeader
        title={t('sequences.title')}
        description={t('sequences.subtitle')}
        actions={
          <>
            <LinkButton to="/comparison" variant="subtle" leftSection={<IconGitCompare size={16} />}>
              {t('comparison.open')}
            </LinkButton>
            <ImportSequence onImported={open} />
            {add}
          </>
        }
      />
      <TextInput
        aria-label={t('sequences.search')}
        placeholder={t('sequences.search')}
        type="search"
        leftSection={<IconSearch size={16} aria-hidden />}
        maw={320}
        mb="md"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <DataTable
        label={t('sequences.title')}
        columns={columns}
        rows={rows}
        rowId={(sequence) => sequence.id}
        rowHeight={56}
        onOpen={open}
        empty={
          q === '' ? (
            <EmptyState title={t('sequences.emptyTitle')} icon={<IconArrowsSplit2 size={26} stroke={1.6} />} action={add}>
              {t('sequences.emptyText')}
            </EmptyState>
          ) : (
            <EmptyState
              title={t('sequences.nothingFoundTitle')}
              icon={<IconSearch size={26} stroke={1.6} />}
              action={
                <Button variant="default" onClick={() => setTyped('')}>
                  {t('sequences.clearSearch')}
                </Button>
              }
            >
              {t('sequences.nothingFound', { q })}
            </EmptyState>
          )
        }
      />
      {dialog === 'new' && <NewSequenceDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

const columns: Column<Sequence>[] = [
  { id: 'name', header: t('sequences.name'), grow: 3, cell: (sequence) => <NameCell sequence={sequence} /> },
  { id: 'status', header: t('sequences.status'), width: 330, cell: (sequence) => <SequenceStatus sequence={sequence} /> },
  { id: 'steps', header: t('sequences.steps'), width: 190, cell: (sequence) => stepsSummary(timeline(sequence.draft)) },
  { id: 'changed', header: t('sequences.changed'), width: 140, cell: (sequence) => <TimeText at={sequence.updatedAt} /> },
  { id: 'actions', header: '', width: 56, align: 'right', cell: (sequence) => <SequenceMenu sequence={sequence} /> },
];

function NameCell({ sequence }: { readonly sequence: Sequence }) {
  return (
    <div>
      <Text fw={600} size="sm" className="h-ellipsis" title={sequence.name}>
        {sequence.name}
      </Text>
      {sequence.description !== '' && (
        <Text size="xs" c="dimmed" className="h-ellipsis">
          {sequence.description}
        </Text>
      )}
    </div>
  );
}

/** Draft or active version, whether the draft differs, and what has to be put right. */
export function SequenceStatus({ sequence }: { readonly sequence: Pick<Sequence, 'status' | 'activeVersion' | 'draftChanged' | 'issues'> }) {
  const blocking = sequence.issues.filter((issue) => issue.blocking).length;
  const advice = sequence.issues.length - blocking;
  return (
    <span style={{ display: 'inline-flex', gap: 6, flexWrap: 'wrap' }}>
      {sequence.status === 'active' ? (
        <ToneBadge tone="good" icon={IconCircleCheck}>
          {t('sequences.status.active', { version: String(sequence.activeVersion ?? '') })}
        </ToneBadge>
      ) : (
        <ToneBadge tone="quiet" icon={IconPencil}>
          {t('sequences.status.draft')}
        </ToneBadge>
      )}
      {sequence.status === 'active' && sequence.draftChanged && (
        <ToneBadge tone="warn" icon={IconGitCompare} title={t('sequences.draftDiffersHint')}>
          {t('sequences.draftDiffers')}
        </ToneBadge>
      )}
      {blocking > 0 ? (
        <ToneBadge tone="bad" icon={IconAlertTriangle}>
          {t('sequences.issuesBlocking', { count: blocking })}
        </ToneBadge>
      ) : advice > 0 ? (
        <ToneBadge tone="quiet" icon={IconBulb}>
          {t('sequences.issuesAdvice', { count: advice })}
        </ToneBadge>
      ) : null}
    </span>
  );
}

async function exportSequence({ id }: Sequence): Promise<void> {
  try {
    const file = await client.sequences.export({ id });
    saveFile(file, file.name);
  } catch (error) {
    notifyError(error);
  }
}

function SequenceMenu({ sequence }: { readonly sequence: Sequence }) {
  const { duplicate, remove } = useSequenceActions();
  const onDuplicate = () => duplicate.mutate({ id: sequence.id }, { onSuccess: (copy) => notifyDone(t('sequences.duplicated', { name: copy.name })) });
  const onRemove = async () => {
    if (!(await confirmDialog({ title: t('sequences.removeTitle', { name: sequence.name }), children: t('sequences.removeText'), confirm: t('sequences.remove'), danger: true })))
      return;
    remove.mutate({ id: sequence.id }, { onSuccess: () => notifyDone(t('sequences.removed', { name: sequence.name })) });
  };
  return (
    <span onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon color="gray" aria-label={t('sequences.actions', { name: sequence.name })}>
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={onDuplicate}>
            {t('sequences.duplicate')}
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={15} />} onClick={() => void exportSequence(sequence)}>
            {t('exchange.export')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void onRemove()}>
            {t('sequences.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
