import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { ContactList } from '../../../../shared/schemas/contact.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { formatNumber } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions, useLists } from '../api.ts';
import classes from './contacts.module.css';

/** The lists with their counts: choose, create, rename, delete. */
export function ListsPanel({ current, onChoose }: { readonly current: string | null; readonly onChoose: (listId: string | null) => void }) {
  const lists = useLists();
  const { createList, renameList, removeList } = useContactActions();
  const [naming, setNaming] = useState<ContactList | 'new' | null>(null);
  const items = lists.data?.items ?? [];

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
        <li className={classes['listRow']} data-current={current === null}>
          <UnstyledButton className={classes['listButton'] ?? ''} aria-current={current === null ? 'true' : undefined} onClick={() => onChoose(null)}>
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
      {naming && (
        <NameDialog
          title={naming === 'new' ? t('contacts.newList') : t('contacts.renameList')}
          initial={naming === 'new' ? '' : naming.name}
          busy={createList.isPending || renameList.isPending}
          onSave={save}
          onClose={() => setNaming(null)}
        />
      )}
    </nav>
  );
}

/** Asks for the name of a list. */
export function NameDialog({
  title,
  initial,
  busy,
  onSave,
  onClose,
}: {
  readonly title: string;
  readonly initial: string;
  readonly busy: boolean;
  readonly onSave: (name: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(initial);
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={title} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // A failure is told by the notice of the mutation; the dialog stays open.
          if (name.trim() !== '') onSave(name.trim()).catch(() => undefined);
        }}
      >
        <Stack>
          <TextInput label={t('contacts.listName')} value={name} maxLength={200} required data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === ''}>
              {initial === '' ? t('contacts.createList') : t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
