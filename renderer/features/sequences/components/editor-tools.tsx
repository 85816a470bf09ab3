import { ActionIcon, Group, SegmentedControl, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { t } from '../../../lib/messages/index.ts';
import { editorViews, type EditorView } from '../views.ts';

interface Props {
  readonly view: EditorView;
  readonly onView: (view: EditorView) => void;
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
}

/** List or canvas, and undo and redo, which both share. In a text field the keys take back what was typed there. */
export function EditorTools({ view, onView, undo, redo }: Props) {
  useHotkeys([
    ['mod+Z', () => undo?.()],
    ['mod+shift+Z', () => redo?.()],
    ['mod+Y', () => redo?.()],
  ]);
  return (
    <Group gap="xs" wrap="nowrap">
      <SegmentedControl
        aria-label={t('editor.view')}
        value={view}
        data={editorViews.map((value) => ({ value, label: t(`editor.view.${value}`) }))}
        onChange={(value) => onView(value as EditorView)}
      />
      <Tooltip label={t('editor.undo')}>
        <ActionIcon color="gray" aria-label={t('editor.undo')} data-disabled={undo === null} aria-disabled={undo === null} onClick={() => undo?.()}>
          <IconArrowBackUp size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t('editor.redo')}>
        <ActionIcon color="gray" aria-label={t('editor.redo')} data-disabled={redo === null} aria-disabled={redo === null} onClick={() => redo?.()}>
          <IconArrowForwardUp size={17} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
