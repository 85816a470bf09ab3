import { useNavigate, useSearch } from '@tanstack/react-router';
import { editorViews, type EditorView } from './views.ts';

const key = 'homing.sequence-view';

/** Which editor is shown: that of the address, else the one that was chosen last. */
export function useView(): readonly [EditorView, (view: EditorView) => void] {
  const { view } = useSearch({ from: '/sequences/$sequenceId' });
  const navigate = useNavigate();
  const choose = (next: EditorView) => {
    remember(next);
    void navigate({ from: '/sequences/$sequenceId', to: '.', search: { view: next }, replace: true });
  };
  return [view ?? remembered(), choose];
}

function remembered(): EditorView {
  try {
    const stored = localStorage.getItem(key);
    return editorViews.find((view) => view === stored) ?? 'list';
  } catch {
    return 'list';
  }
}

/** A full or forbidden storage is not an error. */
function remember(view: EditorView): void {
  try {
    localStorage.setItem(key, view);
  } catch {
    // The address still says it.
  }
}
