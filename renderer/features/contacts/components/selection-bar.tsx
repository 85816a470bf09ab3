import { Button, Menu, ScrollArea, Text } from '@mantine/core';
import { IconChevronDown, IconListCheck, IconPlus, IconTrash, IconUserMinus } from '@tabler/icons-react';
import { useState } from 'react';
import type { ContactList } from '../../../../shared/schemas/contact.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyDone, notifyError } from '../../../components/notify.tsx';
import { t } from '../../../lib/messages/index.ts';
import { allContactIds, useContactActions, useLists, type ContactFilter } from '../api.ts';
import classes from './contacts.module.css';
import { NameDialog } from './lists-panel.tsx';

interface Props {
  readonly selected: ReadonlySet<string>;
  readonly total: number;
  readonly filter: ContactFilter;
  readonly list: ContactList | null;
  readonly onChange: (selected: ReadonlySet<string>) => void;
}

/** What can be done with the people who are selected. */
export function SelectionBar({ selected, total, filter, list, onChange }: Props) {
  const lists = useLists();
  const { addToList, takeOffList, removeMany, createList } = useContactActions();
  const [selecting, setSelecting] = useState(false);
  const [naming, setNaming] = useState(false);
  const ids = [...selected];
  const busy = addToList.isPending || takeOffList.isPending || removeMany.isPending;

  const selectAll = async () => {
    setSelecting(true);
    try {
      onChange(new Set(await allContactIds(filter, () => undefined)));
    } catch (error) {
      notifyError(error);
    } finally {
      setSelecting(false);
    }
  };
  const add = (target: ContactList) =>
    addToList.mutate({ id: target.id, contactIds: ids }, { onSuccess: () => notifyDone(t('contacts.addedToList', { count: ids.length, list: target.name })) });
  const remove = async () => {
    const count = ids.length;
    if (!(await confirmDialog({ title: t('contacts.deleteTitle', { count }), children: t('contacts.deleteText'), confirm: t('contacts.deleteConfirm', { count }), danger: true })))
      return;
    removeMany.mutate(ids, {
      onSuccess: (deleted) => {
        notifyDone(t('contacts.deleted', { count: deleted }));
        onChange(new Set());
      },
    });
  };

  return (
    <div className={classes['selection']} role="toolbar" aria-label={t('contacts.selected', { count: ids.length })}>
      <Text size="sm" fw={600} role="status">
        {t('contacts.selected', { count: ids.length })}
      </Text>
      {selected.size < total && (
        <Button size="compact-sm" variant="subtle" leftSection={<IconListCheck size={15} />} loading={selecting} onClick={() => void selectAll()}>
          {t('contacts.selectAllMatching', { count: total })}
        </Button>
      )}
      <span style={{ flex: 1 }} />
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />} loading={addToList.isPending} disabled={busy}>
            {t('contacts.addToList')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ScrollArea.Autosize mah={280} type="auto">
            {(lists.data?.items ?? []).map((target) => (
              <Menu.Item key={target.id} onClick={() => add(target)}>
                {target.name}
              </Menu.Item>
            ))}
          </ScrollArea.Autosize>
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => setNaming(true)}>
            {t('contacts.newList')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {list && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconUserMinus size={15} />}
          disabled={busy}
          onClick={() =>
            takeOffList.mutate(
              { id: list.id, contactIds: ids },
              {
                onSuccess: () => {
                  notifyDone(t('contacts.removedFromList', { count: ids.length, list: list.name }));
                  onChange(new Set());
                },
              },
            )
          }
        >
          {t('contacts.removeFromList')}
        </Button>
      )}
      <Button size="compact-sm" variant="light" color="red" leftSection={<IconTrash size={15} />} loading={removeMany.isPending} disabled={busy} onClick={() => void remove()}>
        {t('contacts.deleteSelected')}
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={() => onChange(new Set())}>
        {t('contacts.clearSelection')}
      </Button>
      {naming && (
        <NameDialog
          title={t('contacts.newList')}
          initial=""
          busy={createList.isPending}
          onClose={() => setNaming(false)}
          onSave={async (name) => {
            const made = await createList.mutateAsync({ name, contactIds: ids });
            notifyDone(t('contacts.addedToList', { count: ids.length, list: made.name }));
            setNaming(false);
          }}
        />
      )}
    </div>
  );
}
