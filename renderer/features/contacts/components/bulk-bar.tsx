import { Button, Menu, Progress, ScrollArea, Text } from '@mantine/core';
import {
  IconArrowMerge,
  IconBan,
  IconChevronDown,
  IconEraser,
  IconFileExport,
  IconForms,
  IconListCheck,
  IconMailCheck,
  IconPlus,
  IconTag,
  IconTagOff,
  IconTrash,
  IconUserCheck,
  IconUserMinus,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { BulkAction, BulkTarget } from '../../../../shared/schemas/bulk.ts';
import type { ContactList } from '../../../../shared/schemas/contact.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyError } from '../../../components/notify.tsx';
import { client } from '../../../lib/client.ts';
import { saveFile } from '../../../lib/download.ts';
import { useRefusal, useTeam } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions, useLists } from '../api.ts';
import { useBulk } from '../use-bulk.ts';
import { BulkDialog, type AskedAction } from './bulk-dialog.tsx';
import classes from './contacts.module.css';
import { EraseDialog } from './erase-dialog.tsx';
import { NameDialog } from './name-dialog.tsx';

/** As many as the engine erases at once. */
const mostErased = 100;

interface Props {
  readonly count: number;
  readonly total: number;
  readonly target: BulkTarget;
  /** The list that is shown. */
  readonly list: ContactList | null;
  readonly onAll: () => void;
  readonly onClear: () => void;
}

/** What can be done with the people who are selected, or with everybody who matches. */
export function BulkBar({ count, total, target, list, onAll, onClear }: Props) {
  const lists = useLists();
  const { createList } = useContactActions();
  const bulk = useBulk();
  const team = useTeam();
  const refusal = useRefusal('subscribers', 'bulk');
  const [asked, setAsked] = useState<AskedAction | 'list' | 'erase' | null>(null);
  const chosen = 'ids' in target ? target.ids : [];
  const [only] = chosen.length === 1 ? chosen : [];
  const { running } = bulk;
  const act = (action: BulkAction, listName = '') =>
    bulk.begin(target, action, { listName, ...(action.kind === 'delete' || action.kind === 'remove_from_list' ? { onDone: onClear } : {}) });
  const actNow = (action: BulkAction, listName?: string) => void act(action, listName).catch(notifyError);
  const confirmed = async (action: BulkAction, title: string, children: string, confirm: string) => {
    if (await confirmDialog({ title, children, confirm, danger: true })) actNow(action);
  };

  if (running) {
    const percent = running.total === 0 ? 100 : Math.round((running.done / running.total) * 100);
    return (
      <div className={classes['selection']} role="status">
        <Text size="sm" fw={600} className="h-num">
          {t(running.state === 'undoing' ? 'bulk.undoing' : 'bulk.running', { done: running.done, total: running.total })}
        </Text>
        <Progress value={percent} size="sm" style={{ flex: 1 }} aria-label={t('bulk.running', { done: running.done, total: running.total })} />
        <Button size="compact-sm" variant="default" onClick={() => void bulk.cancel()}>
          {t('bulk.cancel')}
        </Button>
      </div>
    );
  }
  if (refusal !== null) {
    return (
      <div className={classes['selection']} role="status">
        <Text size="sm" fw={600}>
          {t('contacts.selected', { count })}
        </Text>
        <Text size="sm">{refusal}</Text>
        <span style={{ flex: 1 }} />
        <Button size="compact-sm" variant="subtle" onClick={onClear}>
          {t('contacts.clearSelection')}
        </Button>
      </div>
    );
  }
  return (
    <div className={classes['selection']} role="toolbar" aria-label={t('contacts.selected', { count })}>
      <Text size="sm" fw={600} role="status">
        {t('contacts.selected', { count })}
      </Text>
      {count < total && (
        <Button size="compact-sm" variant="subtle" leftSection={<IconListCheck size={15} />} onClick={onAll}>
          {t('contacts.selectAllMatching', { count: total })}
        </Button>
      )}
      <span style={{ flex: 1 }} />
      <Button size="compact-sm" variant="default" leftSection={<IconTag size={15} />} onClick={() => setAsked('add_tags')}>
        {t('bulk.addTags')}
      </Button>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />}>
            {t('contacts.addToList')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ScrollArea.Autosize mah={280} type="auto">
            {(lists.data?.items ?? []).map((one) => (
              <Menu.Item key={one.id} onClick={() => actNow({ kind: 'add_to_list', listId: one.id }, one.name)}>
                {one.name}
              </Menu.Item>
            ))}
          </ScrollArea.Autosize>
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => setAsked('list')}>
            {t('contacts.newList')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />}>
            {t('bulk.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconTagOff size={15} />} onClick={() => setAsked('remove_tags')}>
            {t('bulk.removeTags')}
          </Menu.Item>
          <Menu.Item leftSection={<IconMailCheck size={15} />} onClick={() => actNow({ kind: 'check_addresses' })}>
            {t('bulk.checkAddresses')}
          </Menu.Item>
          <Menu.Item leftSection={<IconForms size={15} />} onClick={() => setAsked('set_field')}>
            {t('bulk.setField')}
          </Menu.Item>
          {team.shared && (
            <Menu.Item leftSection={<IconUserCheck size={15} />} onClick={() => setAsked('set_owner')}>
              {t('bulk.setOwner')}
            </Menu.Item>
          )}
          {list && (
            <Menu.Item leftSection={<IconUserMinus size={15} />} onClick={() => actNow({ kind: 'remove_from_list', listId: list.id }, list.name)}>
              {t('contacts.removeFromList')}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconBan size={15} />}
            onClick={() => void confirmed({ kind: 'suppress', note: '' }, t('bulk.suppressTitle', { count }), t('bulk.suppressText'), t('bulk.suppress'))}
          >
            {t('bulk.suppress')}
          </Menu.Item>
          {chosen.length === 2 && (
            <Menu.Item
              leftSection={<IconArrowMerge size={15} />}
              renderRoot={(props) => <Link to="/contacts/duplicates" search={{ first: chosen[0] ?? '', second: chosen[1] ?? '' }} {...props} />}
            >
              {t('bulk.merge')}
            </Menu.Item>
          )}
          {chosen.length > 0 && chosen.length <= mostErased && (
            <>
              <Menu.Divider />
              {only !== undefined && (
                <Menu.Item
                  leftSection={<IconFileExport size={15} />}
                  onClick={() => void client.subscribers.export({ id: only }).then((file) => saveFile(file, 'person.json'), notifyError)}
                >
                  {t('bulk.export')}
                </Menu.Item>
              )}
              <Menu.Item color="red" leftSection={<IconEraser size={15} />} onClick={() => setAsked('erase')}>
                {t('bulk.erase')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Button
        size="compact-sm"
        variant="light"
        color="red"
        leftSection={<IconTrash size={15} />}
        onClick={() => void confirmed({ kind: 'delete' }, t('contacts.deleteTitle', { count }), t('bulk.deleteText'), t('contacts.deleteConfirm', { count }))}
      >
        {t('bulk.delete')}
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        {t('contacts.clearSelection')}
      </Button>
      {asked === 'list' && (
        <NameDialog
          title={t('contacts.newList')}
          label={t('contacts.listName')}
          confirm={t('contacts.createList')}
          initial=""
          busy={createList.isPending}
          onClose={() => setAsked(null)}
          onSave={async (name) => {
            const made = await createList.mutateAsync({ name });
            setAsked(null);
            actNow({ kind: 'add_to_list', listId: made.id }, made.name);
          }}
        />
      )}
      {asked === 'erase' && (
        <EraseDialog
          ids={chosen}
          onClose={() => setAsked(null)}
          onErased={() => {
            setAsked(null);
            onClear();
          }}
        />
      )}
      {asked !== null && asked !== 'list' && asked !== 'erase' && <BulkDialog kind={asked} count={count} onClose={() => setAsked(null)} onApply={act} />}
    </div>
  );
}
