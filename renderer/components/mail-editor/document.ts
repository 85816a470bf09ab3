/** The editor's document as plain data: the JSON of ProseMirror. */
export interface DocNode {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly content?: readonly DocNode[];
  readonly marks?: readonly DocMark[];
  readonly text?: string;
}

export interface DocMark {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

/** Colours that stay readable on white and, inverted, on the dark backgrounds of mail programs. */
export const safeColors: readonly { readonly value: string; readonly name: 'red' | 'orange' | 'green' | 'teal' | 'blue' | 'purple' | 'grey' }[] = [
  { value: '#b42318', name: 'red' },
  { value: '#b54708', name: 'orange' },
  { value: '#1f7a33', name: 'green' },
  { value: '#0e7490', name: 'teal' },
  { value: '#1d4ed8', name: 'blue' },
  { value: '#7e22ce', name: 'purple' },
  { value: '#5f6368', name: 'grey' },
];

/** The styles that mails carry inline, because programs differ in their own or drop them. */
export const mailStyles = {
  blockquote: 'margin:0 0 0 .8ex;border-left:2px solid #ccc;padding-left:1ex',
  hr: 'border:0;border-top:1px solid #ccc;margin:16px 0',
  img: 'max-width:100%;height:auto',
  leftColumn: 'padding:0 12px 0 0',
  rightColumn: 'padding:0 0 0 12px',
} as const;

/** The attributes of the table that stands for two columns: a layout, for screen readers too, and even in Outlook. */
export const columnsTable = { role: 'presentation', width: '100%', cellpadding: '0', cellspacing: '0', border: '0' } as const;
export const columnCell = { width: '50%', valign: 'top' } as const;
