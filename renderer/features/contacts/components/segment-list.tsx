import { ActionIcon, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Segment } from '../../../../shared/schemas/segment.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { formatNumber } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions, useSegmentCount, useSegments } from '../api.ts';
import classes from './contacts.module.css';
import { NameDialog } from './name-dialog.tsx';

/** The segments with their live counts: choose, rename, delete. They are made from the filter of the table. */
export function SegmentList({ current, onChoose }: { readonly current: string | null; readonly onChoose: (segmentId: string | null) => void }) {
  const segments = useSegments();
  const { updateSegment, removeSegment } = useContactActions();
  const [naming, setNaming] = useState<Segment | null>(null);
  const items = segments.data?.items ?? [];
  const remove = async (segment: Segment) => {
    const { name } = segment;
    if (!(await confirmDialog({ title: t('segments.deleteTitle', { name }), children: t('segments.deleteText'), confirm: t('segments.delete'), danger: true }))) return;
    removeSegment.mutate(
      { id: segment.id },
      {
        onSuccess: () => {
          notifyDone(t('segments.deleted', { name }));
          if (current === segment.id) onChoose(null);
        },
      },
    );
  };
  return (
    <>
      <div className={classes['listsHead']} style={{ marginTop: 16 }}>
        <Text fw={600} size="sm">
          {t('segments.title')}
        </Text>
      </div>
      {items.length === 0 ? (
        <Text size="xs" c={segments.error ? 'var(--mantine-color-error)' : 'dimmed'} px="sm">
          {t(segments.error ? 'segments.failed' : 'segments.none')}
        </Text>
      ) : (
        <ul className={classes['listItems']} aria-label={t('segments.title')}>
          {items.map((segment) => (
            <li key={segment.id} className={classes['listRow']} data-current={current === segment.id}>
              <UnstyledButton className={classes['listButton'] ?? ''} aria-current={current === segment.id ? 'true' : undefined} onClick={() => onChoose(segment.id)}>
                <span className="h-ellipsis" title={segment.name}>
                  {segment.name}
                </span>
                <SegmentCount id={segment.id} />
              </UnstyledButton>
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon size="sm" color="gray" className={classes['listMenu'] ?? ''} aria-label={t('segments.actions', { name: segment.name })}>
                    <IconDots size={15} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setNaming(segment)}>
                    {t('segments.rename')}
                  </Menu.Item>
                  <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void remove(segment)}>
                    {t('segments.delete')}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </li>
          ))}
        </ul>
      )}
      {naming && (
        <NameDialog
          title={t('segments.rename')}
          label={t('segments.name')}
          initial={naming.name}
          confirm={t('common.save')}
          busy={updateSegment.isPending}
          onClose={() => setNaming(null)}
          onSave={async (name) => {
            await updateSegment.mutateAsync({ id: naming.id, name });
            setNaming(null);
          }}
        />
      )}
    </>
  );
}

function SegmentCount({ id }: { readonly id: string }) {
  const count = useSegmentCount(id);
  return (
    <Text component="span" size="xs" c="dimmed" className="h-num">
      {count.data === undefined ? '' : formatNumber(count.data.count)}
    </Text>
  );
}
