import { Button, Text } from '@mantine/core';
import { IconDeviceFloppy, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import type { SegmentView } from '../../../../shared/schemas/segment.ts';
import { notifyDone } from '../../../components/notify.tsx';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions } from '../api.ts';
import { completed } from '../model/segment-rules.ts';
import type { SegmentDraft } from '../use-segment-draft.ts';
import { NameDialog } from './name-dialog.tsx';
import classes from './segments.module.css';

interface Props {
  readonly draft: SegmentDraft;
  readonly view: SegmentView;
  /** The columns were chosen, so that the segment keeps them. */
  readonly ownView: boolean;
  readonly total: number | null;
  readonly incomplete: boolean;
  readonly onSaved: (segmentId: string) => void;
  readonly onEdit: (() => void) | null;
}

/** Under the filter: how many fit, and saving it as a segment with the table as it looks. */
export function SegmentBar({ draft, view, ownView, total, incomplete, onSaved, onEdit }: Props) {
  const { createSegment, updateSegment } = useContactActions();
  const [naming, setNaming] = useState(false);
  const { segment } = draft;
  const filter = completed(draft.filter);
  const kept = ownView || segment?.view !== null ? view : null;
  const viewChanged = segment !== null && kept !== null && JSON.stringify(segment.view ?? null) !== JSON.stringify({ columns: view.columns, sort: view.sort });
  const changed = draft.changed || (viewChanged && ownView);
  return (
    <div className={classes['bar']}>
      {segment && (
        <Text size="sm" fw={600} className="h-ellipsis">
          {segment.name}
          {changed && (
            <Text component="span" size="sm" c="dimmed">
              {' '}
              · {t('segments.changed')}
            </Text>
          )}
        </Text>
      )}
      <Text size="sm" role="status" className="h-num" {...(segment ? { c: 'dimmed' } : {})}>
        {total === null ? t('segments.counting') : t('segments.people', { count: total })}
      </Text>
      {incomplete && (
        <Text size="sm" c="dimmed">
          {t('segments.incomplete')}
        </Text>
      )}
      <span style={{ flex: 1 }} />
      {onEdit && (
        <Button size="compact-sm" variant="subtle" leftSection={<IconPencil size={14} />} onClick={onEdit}>
          {t('contacts.edit')}
        </Button>
      )}
      {segment === null && draft.filter.rules.length > 0 && (
        <Button size="compact-sm" variant="subtle" onClick={draft.clear}>
          {t('segments.clear')}
        </Button>
      )}
      {segment && draft.changed && (
        <Button size="compact-sm" variant="subtle" onClick={draft.revert}>
          {t('segments.revert')}
        </Button>
      )}
      {segment && changed && (
        <Button
          size="compact-sm"
          loading={updateSegment.isPending}
          leftSection={<IconDeviceFloppy size={15} />}
          onClick={() =>
            updateSegment.mutate(
              { id: segment.id, filter, view: kept },
              {
                onSuccess: ({ name }) => {
                  draft.revert();
                  notifyDone(t('segments.saved', { name }));
                },
              },
            )
          }
        >
          {t('segments.saveChanges')}
        </Button>
      )}
      {(segment === null || changed) && filter.rules.length > 0 && (
        <Button size="compact-sm" variant="default" onClick={() => setNaming(true)}>
          {t('segments.save')}
        </Button>
      )}
      {naming && (
        <NameDialog
          title={t('segments.save')}
          label={t('segments.name')}
          confirm={t('segments.create')}
          initial=""
          busy={createSegment.isPending}
          onClose={() => setNaming(false)}
          onSave={async (name) => {
            const made = await createSegment.mutateAsync({ name, filter, view: ownView ? view : null });
            notifyDone(t('segments.created', { name: made.name }));
            setNaming(false);
            onSaved(made.id);
          }}
        />
      )}
    </div>
  );
}
