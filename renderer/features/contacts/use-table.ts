import { useLocalStorage } from '@mantine/hooks';
import { useState } from 'react';
import type { Segment } from '../../../shared/schemas/segment.ts';
import { notifyDone, notifyUndo } from '../../components/notify.tsx';
import { t } from '../../lib/messages/index.ts';
import { useContactActions } from './api.ts';
import type { SaveCell } from './model/columns.tsx';
import { nameOf } from './words.ts';

const undoShownMs = 8_000;

/** Columns and order of the table: those of the segment's view, else those chosen in this browser, else (null) the usual ones. */
export function useColumns(segment: Segment | null) {
  const [kept, keep] = useLocalStorage<string[] | null>({ key: 'homing.contacts.columns', defaultValue: null, getInitialValueInEffect: false });
  const [own, setOwn] = useState<{ segmentId: string; columns: string[] | null } | null>(null);
  const [sorted, setSort] = useState<string | null>(null);
  const view = segment?.view ?? null;
  return {
    columns: segment !== null && own?.segmentId === segment.id ? own.columns : (view?.columns ?? kept),
    setColumns: (columns: string[] | null) => (segment === null ? keep(columns) : setOwn({ segmentId: segment.id, columns })),
    sort: sorted ?? view?.sort ?? '-createdAt',
    setSort,
  };
}

/** Saves what was written in a cell, and offers to take it back. */
export function useSaveCell(): SaveCell {
  const { update } = useContactActions();
  return async (contact, column, patch, before) => {
    await update.mutateAsync({ id: contact.id, ...patch });
    const words = { column, name: nameOf(contact) };
    const undo = async () => {
      await update.mutateAsync({ id: contact.id, ...before });
      notifyDone(t('cell.undone', words));
    };
    notifyUndo(t('cell.saved', words), undo, undoShownMs);
  };
}
