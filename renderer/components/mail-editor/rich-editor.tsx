import { RichTextEditor } from '@mantine/tiptap';
import '@mantine/tiptap/styles.css';
import { Extension } from '@tiptap/core';
import { useEditor, type Editor } from '@tiptap/react';
import { useEffect, useMemo, useRef } from 'react';
import { pictureElement } from '../../lib/inline-pictures.ts';
import { t } from '../../lib/messages/index.ts';
import { pictureTypes, useUploads } from '../../lib/use-uploads.ts';
import { UploadList } from '../upload-list.tsx';
import type { DocNode } from './document.ts';
import { contentOf, mailExtensions, pictureOf } from './extensions.ts';
import classes from './mail-editor.module.css';
import { OffersPopup } from './suggest.tsx';
import { htmlOfDoc } from './to-html.ts';
import { Toolbar } from './toolbar.tsx';
import { useOffers } from './use-offers.ts';

interface Props {
  readonly label: string;
  readonly labelId: string;
  readonly hintId: string;
  readonly value: string;
  readonly invalid: boolean;
  readonly onChange: (html: string) => void;
  /** Told of the editor while it is there, so that others can lead to a place in it. */
  readonly onEditor?: (editor: Editor | null) => void;
}

/** The body of a mail as rich text. What it writes is `htmlOfDoc` of its document; nothing is written before somebody edits. */
export function RichEditor({ label, labelId, hintId, value, invalid, onChange, onEditor }: Props) {
  const written = useRef(value);
  const ports = useRef({ onChange });
  ports.current = { onChange };
  const { tagOffers, snippetOffers, extensions, snippets } = useOffers();
  const root = useRef<HTMLDivElement>(null);
  const keys = useMemo(
    () =>
      Extension.create({
        name: 'linkKey',
        addKeyboardShortcuts: () => ({
          'Mod-k': () => {
            root.current?.querySelector<HTMLElement>('[data-link-control]')?.click();
            return true;
          },
        }),
      }),
    [],
  );
  const editor = useEditor({
    extensions: [...mailExtensions(t('editor.bodyPlaceholder', { tag: '{{' })), ...extensions, snippets, keys],
    content: contentOf(value),
    shouldRerenderOnTransaction: false,
    editorProps: { attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-labelledby': labelId, 'aria-describedby': hintId, 'data-field': 'html' } },
    onUpdate: ({ editor: changed }) => {
      const html = changed.isEmpty && changed.state.doc.childCount === 1 ? '' : htmlOfDoc(changed.getJSON() as DocNode);
      written.current = html;
      ports.current.onChange(html);
    },
  });
  const { uploads, add, cancel } = useUploads((file) => {
    void pictureElement(file).then((html) => {
      const picture = pictureOf(html);
      if (picture && !editor.isDestroyed) editor.chain().focus().insertContent(picture).run();
    });
  }, true);
  const store = useRef(add);
  store.current = add;

  useEffect(() => {
    editor.setOptions({
      editorProps: {
        ...editor.options.editorProps,
        handlePaste: (_view, event) => takePictures(event.clipboardData, store.current),
        handleDrop: (_view, event, _slice, moved) => !moved && takePictures(event.dataTransfer, store.current),
      },
    });
    onEditor?.(editor);
    return () => onEditor?.(null);
    // The handlers read what they need when they run.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [editor]);

  // The value changed elsewhere: a restored draft, another view of the same text.
  useEffect(() => {
    if (value === written.current) return;
    written.current = value;
    editor.commands.setContent(contentOf(value), { emitUpdate: false });
  }, [editor, value]);

  return (
    <div ref={root}>
      <RichTextEditor
        editor={editor}
        variant="subtle"
        withCodeHighlightStyles={false}
        classNames={{ root: `${classes['rich'] ?? ''} ${invalid ? (classes['invalid'] ?? '') : ''}`, content: classes['richContent'] ?? '' }}
        labels={{
          boldControlLabel: t('editor.bold'),
          italicControlLabel: t('editor.italic'),
          underlineControlLabel: t('editor.underline'),
          strikeControlLabel: t('editor.strike'),
          clearFormattingControlLabel: t('editor.clear'),
          h2ControlLabel: t('editor.h2'),
          h3ControlLabel: t('editor.h3'),
          bulletListControlLabel: t('editor.bullets'),
          orderedListControlLabel: t('editor.numbers'),
          blockquoteControlLabel: t('editor.quote'),
          hrControlLabel: t('editor.rule'),
        }}
      >
        <Toolbar editor={editor} label={label} />
        <RichTextEditor.Content />
      </RichTextEditor>
      <OffersPopup offers={tagOffers} label={t('editor.offers')} />
      <OffersPopup offers={snippetOffers} label={t('editor.snippetOffers')} />
      <UploadList uploads={uploads} onCancel={cancel} />
    </div>
  );
}

/** Pictures among what is pasted or dropped are stored and shown; true = they were all of it. */
function takePictures(data: DataTransfer | null, store: (files: readonly File[]) => void): boolean {
  const files = [...(data?.files ?? [])].filter((file) => pictureTypes.includes(file.type));
  // Programs such as spreadsheets put a picture beside the text; the text is meant.
  if (files.length === 0 || data?.types.includes('text/html')) return false;
  store(files);
  return true;
}
