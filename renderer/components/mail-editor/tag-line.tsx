import { Extension, type JSONContent } from '@tiptap/core';
import { EditorContent, useEditor, type Editor } from '@tiptap/react';
import { useEffect, useRef } from 'react';
import { splitLiquid } from '../../../shared/merge-tags.ts';
import { t } from '../../lib/messages/index.ts';
import { lineExtensions } from './extensions.ts';
import classes from './mail-editor.module.css';
import { OffersPopup } from './suggest.tsx';
import { useOffers } from './use-offers.ts';

interface Props {
  readonly name: string;
  readonly labelId: string;
  readonly hintId: string;
  readonly value: string;
  readonly placeholder: string;
  readonly invalid: boolean;
  readonly maxLength: number;
  readonly onChange: (value: string) => void;
  readonly onEditor?: (editor: Editor | null) => void;
}

/** One line of text with merge tags as chips: a subject. */
export function TagLine({ name, labelId, hintId, value, placeholder, invalid, maxLength, onChange, onEditor }: Props) {
  const written = useRef(value);
  const ports = useRef({ onChange });
  ports.current = { onChange };
  const { tagOffers, extensions } = useOffers();
  const editor = useEditor({
    extensions: [...lineExtensions(placeholder), ...extensions, OneLine],
    content: docOfLine(value),
    shouldRerenderOnTransaction: false,
    editorProps: {
      attributes: { role: 'textbox', 'aria-labelledby': labelId, 'aria-describedby': hintId, 'data-field': name, class: classes['line'] ?? '' },
      transformPastedText: (text) => text.replace(/\s*[\r\n]+\s*/g, ' ').slice(0, maxLength),
    },
    onUpdate: ({ editor: changed }) => {
      const line = lineOfDoc(changed.getJSON()).slice(0, maxLength);
      written.current = line;
      ports.current.onChange(line);
    },
  });
  useEffect(() => {
    onEditor?.(editor);
    return () => onEditor?.(null);
  }, [editor, onEditor]);
  useEffect(() => {
    if (value === written.current) return;
    written.current = value;
    editor.commands.setContent(docOfLine(value), { emitUpdate: false });
  }, [editor, value]);
  return (
    <>
      <EditorContent editor={editor} className={`${classes['lineField'] ?? ''} ${invalid ? (classes['invalid'] ?? '') : ''}`} />
      <OffersPopup offers={tagOffers} label={t('editor.offers')} />
    </>
  );
}

const OneLine = Extension.create({ name: 'oneLine', addKeyboardShortcuts: () => ({ Enter: () => true, 'Shift-Enter': () => true }), priority: 50 });

function docOfLine(line: string): JSONContent {
  const content = splitLiquid(line.replace(/[\r\n]+/g, ' ')).map((piece): JSONContent =>
    piece.liquid ? { type: 'mergeTag', attrs: { source: piece.text } } : { type: 'text', text: piece.text },
  );
  return { type: 'doc', content: [content.length === 0 ? { type: 'paragraph' } : { type: 'paragraph', content }] };
}

function lineOfDoc(doc: JSONContent): string {
  return (doc.content?.[0]?.content ?? []).map((node) => (node.type === 'mergeTag' ? String(node.attrs?.['source'] ?? '') : (node.text ?? ''))).join('');
}
