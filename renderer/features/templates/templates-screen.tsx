import { ActionIcon, Button, Group, Menu, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconCopy, IconDots, IconPlus, IconSearch, IconTemplate, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Template, TemplateKind } from '../../../shared/schemas/sequence.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { useTemplateActions, useTemplates } from '../../components/mail-editor/api.ts';
import { beginningOf } from '../../components/mail-editor/template-menu.tsx';
import { notifyUndo } from '../../components/notify.tsx';
import { MayButton } from '../../components/may-button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { fixedRows } from '../../components/row-source.ts';
import { EmptyState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { useRefusal } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';

const undoMs = 10_000;

/** Mails and snippets to use again. */
export function TemplatesScreen() {
  const navigate = useNavigate();
  const { kind = 'mail' } = useSearch({ from: '/templates' });
  const [typed, setTyped] = useState('');
  const [adding, setAdding] = useState(false);
  const [q] = useDebouncedValue(typed.trim(), 200);
  const templates = useTemplates(kind, q);
  const rows = templates.data ? fixedRows(templates.data.items) : { ...fixedRows<Template>([]), total: null, error: templates.error, refetch: () => void templates.refetch() };
  const open = ({ id }: Template) => void navigate({ to: '/templates/$templateId', params: { templateId: id } });
  const refusal = useRefusal('templates', 'create');
  const add = (
    <MayButton refusal={refusal} leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {t(`templates.add.${kind}`)}
    </MayButton>
  );
  return (
    <Page fill>
      <PageHeader title={t('templates.title')} description={t('templates.subtitle')} actions={add} />
      <Group mb="md" gap="md">
        <SegmentedControl
          aria-label={t('templates.kind')}
          value={kind}
          data={(['mail', 'snippet'] as const).map((value) => ({ value, label: t(`templates.kind.${value}`) }))}
          onChange={(value) => void navigate({ to: '/templates', search: value === 'snippet' ? { kind: 'snippet' } : {}, replace: true })}
        />
        <TextInput
          aria-label={t('templates.search')}
          placeholder={t('templates.search')}
          type="search"
          leftSection={<IconSearch size={16} aria-hidden />}
          w={320}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </Group>
      <DataTable
        label={t(`templates.kind.${kind}`)}
        columns={columns}
        rows={rows}
        rowId={(template) => template.id}
        rowHeight={56}
        onOpen={open}
        empty={
          q === '' ? (
            <EmptyState title={t(`templates.empty.${kind}`)} icon={<IconTemplate size={26} stroke={1.6} />} action={add}>
              {t(`templates.emptyText.${kind}`)}
            </EmptyState>
          ) : (
            <EmptyState
              title={t('templates.nothingTitle')}
              icon={<IconSearch size={26} stroke={1.6} />}
              action={
                <Button variant="default" onClick={() => setTyped('')}>
                  {t('templates.clearSearch')}
                </Button>
              }
            >
              {t('templates.nothing', { q })}
            </EmptyState>
          )
        }
      />
      {adding && <NewTemplateDialog kind={kind} onClose={() => setAdding(false)} onMade={open} />}
    </Page>
  );
}

const columns: Column<Template>[] = [
  {
    id: 'name',
    header: t('templates.name'),
    grow: 1,
    cell: ({ name }) => (
      <Text fw={600} size="sm" className="h-ellipsis" title={name}>
        {name}
      </Text>
    ),
  },
  {
    id: 'text',
    header: t('templates.text'),
    grow: 2,
    cell: (template) => (
      <Text size="sm" c="dimmed" className="h-ellipsis">
        {beginningOf(template) || t('templates.noText')}
      </Text>
    ),
  },
  { id: 'changed', header: t('templates.changed'), width: 140, cell: ({ updatedAt }) => <TimeText at={updatedAt} /> },
  { id: 'actions', header: '', width: 56, align: 'right', cell: (template) => <RowMenu template={template} /> },
];

function RowMenu({ template }: { readonly template: Template }) {
  const { create, remove } = useTemplateActions();
  const { id, name, kind, subject, html, text } = template;
  const onRemove = () =>
    remove.mutate(
      { id },
      { onSuccess: () => notifyUndo(t('templates.removed', { name }), async () => void (await create.mutateAsync({ name, kind, subject, html, text })), undoMs) },
    );
  return (
    <span onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon color="gray" aria-label={t('templates.actions', { name })}>
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => create.mutate({ name: t('templates.copyName', { name }).slice(0, 200), kind, subject, html, text })}>
            {t('templates.duplicate')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={onRemove}>
            {t('templates.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

function NewTemplateDialog({ kind, onClose, onMade }: { readonly kind: TemplateKind; readonly onClose: () => void; readonly onMade: (template: Template) => void }) {
  const { create } = useTemplateActions();
  const [name, setName] = useState('');
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t(`templates.add.${kind}`)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') create.mutate({ name: name.trim(), kind }, { onSuccess: onMade });
        }}
      >
        <Stack>
          <TextInput
            label={t('templates.name')}
            placeholder={t(`templates.namePlaceholder.${kind}`)}
            description={kind === 'snippet' ? t('templates.nameHint.snippet') : undefined}
            required
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={create.isPending}>
              {t('templates.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
