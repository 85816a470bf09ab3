import { ActionIcon, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { ContactList } from '../../../../shared/schemas/contact.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { formatNumber } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions, useLists } from '../api.ts';
import classes from './contacts.module.css';
import { NameDialog } from './name-dialog.tsx';
import { SegmentList } from './segment-list.tsx';

interface Props {
  readonly current: string | null;
  readonly onChoose: (listId: string | null) => void;
  readonly segmentId: string | null;
  readonly onSegment: (segmentId: string | null) => void;
}

/** The lists with their counts: choose, create, rename, delete; and the segments below them. */
export function ListsPanel({ current, onChoose, segmentId, onSegment }: Props) {
  const lists = useLists();
  const { createList, renameList, removeList } = useContactActions();
  const [naming, setNaming] = useState<ContactList | 'new' | null>(null);
  const items = lists.data?.items ?? [];
  const everybody = current === null && segmentId === null;

  const save = async (name: string) => {
    if (naming === 'new') {
      const made = await createList.mutateAsync({ name });
      notifyDone(t('contacts.listCreated', { name: made.name }));
      onChoose(made.id);
    } else if (naming) {
      await renameList.mutateAsync({ id: naming.id, name });
    }
    setNaming(null);
  };
  const remove = async (list: ContactList) => {
    if (
      !(await confirmDialog({ title: t('contacts.deleteListTitle', { name: list.name }), children: t('contacts.deleteListText'), confirm: t('contacts.deleteList'), danger: true }))
    )
      return;
    removeList.mutate(
      { id: list.id },
      {
        onSuccess: () => {
          notifyDone(t('contacts.listDeleted', { name: list.name }));
          if (current === list.id) onChoose(null);
        },
      },
    );
  };

  return (
    <nav className={classes['lists']} aria-label={t('contacts.lists')}>
      <div className={classes['listsHead']}>
        <Text fw={600} size="sm">
          {t('contacts.lists')}
        </Text>
        <Tooltip label={t('contacts.newList')}>
          <ActionIcon aria-label={t('contacts.newList')} onClick={() => setNaming('new')}>
            <IconPlus size={17} />
          </ActionIcon>
        </Tooltip>
      </div>
      <ul className={classes['listItems']}>
        <li className={classes['listRow']} data-current={everybody}>
          <UnstyledButton className={classes['listButton'] ?? ''} aria-current={everybody ? 'true' : undefined} onClick={() => onChoose(null)}>
            {t('contacts.everybody')}
          </UnstyledButton>
        </li>
        {items.map((list) => (
          <li key={list.id} className={classes['listRow']} data-current={current === list.id}>
            <UnstyledButton className={classes['listButton'] ?? ''} aria-current={current === list.id ? 'true' : undefined} onClick={() => onChoose(list.id)}>
              <span className="h-ellipsis" title={list.name}>
                {list.name}
              </span>
              <Text component="span" size="xs" c="dimmed" className="h-num">
                {formatNumber(list.contacts)}
              </Text>
            </UnstyledButton>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon size="sm" color="gray" className={classes['listMenu'] ?? ''} aria-label={t('contacts.listActions', { name: list.name })}>
                  <IconDots size={15} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setNaming(list)}>
                  {t('contacts.renameList')}
                </Menu.Item>
                <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void remove(list)}>
                  {t('contacts.deleteList')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </li>
        ))}
      </ul>
      {lists.error && (
        <Text size="sm" c="var(--mantine-color-error)" p="sm">
          {t('contacts.listsFailed')}
        </Text>
      )}
      {lists.isSuccess && items.length === 0 && (
        <Text size="xs" c="dimmed" p="sm">
          {t('contacts.noLists')}
        </Text>
      )}
      <SegmentList current={segmentId} onChoose={onSegment} />
      {naming && (
        <NameDialog
          title={naming === 'new' ? t('contacts.newList') : t('contacts.renameList')}
          label={t('contacts.listName')}
          confirm={t(naming === 'new' ? 'contacts.createList' : 'common.save')}
          initial={naming === 'new' ? '' : naming.name}
          busy={createList.isPending || renameList.isPending}
          onSave={save}
          onClose={() => setNaming(null)}
        />
      )}
    </nav>
  );
}
