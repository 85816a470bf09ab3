/** The two editors of the same draft. */
export const editorViews = ['list', 'canvas'] as const;
export type EditorView = (typeof editorViews)[number];
