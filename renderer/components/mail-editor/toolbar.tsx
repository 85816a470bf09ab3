import { Button, ColorSwatch, Group, Menu, Popover, TextInput } from '@mantine/core';
import { RichTextEditor } from '@mantine/tiptap';
import { useEditorState, type Editor } from '@tiptap/react';
import { IconArrowBackUp, IconArrowForwardUp, IconColumns2, IconLink, IconPalette } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '../../lib/messages/index.ts';
import { PictureButton } from '../picture-button.tsx';
import { safeColors } from './document.ts';
import { isMailAddress, pictureOf, snippetContent } from './extensions.ts';
import { MergeTagMenu } from './merge-tag-menu.tsx';
import { TemplateMenu } from './template-menu.tsx';

/** What can be done to the text, as buttons. Everything has a key as well. */
export function Toolbar({ editor, label }: { readonly editor: Editor; readonly label: string }) {
  const can = useEditorState({ editor, selector: (state) => ({ undo: state.editor.can().undo(), redo: state.editor.can().redo(), columns: state.editor.isActive('columns') }) });
  const insertPicture = (html: string) => {
    const picture = pictureOf(html);
    if (picture) editor.chain().focus().insertContent(picture).run();
  };
  return (
    <RichTextEditor.Toolbar role="toolbar" aria-label={`${t('editor.toolbar')}: ${label}`}>
      <RichTextEditor.ControlsGroup>
        <RichTextEditor.Control aria-label={t('editor.undo')} title={`${t('editor.undo')} (Ctrl Z)`} disabled={!can.undo} onClick={() => editor.chain().focus().undo().run()}>
          <IconArrowBackUp size={16} stroke={1.6} />
        </RichTextEditor.Control>
        <RichTextEditor.Control aria-label={t('editor.redo')} title={`${t('editor.redo')} (Ctrl Shift Z)`} disabled={!can.redo} onClick={() => editor.chain().focus().redo().run()}>
          <IconArrowForwardUp size={16} stroke={1.6} />
        </RichTextEditor.Control>
      </RichTextEditor.ControlsGroup>
      <RichTextEditor.ControlsGroup>
        <RichTextEditor.Bold />
        <RichTextEditor.Italic />
        <RichTextEditor.Underline />
        <RichTextEditor.Strikethrough />
        <ColorMenu editor={editor} />
        <LinkControl editor={editor} />
        <RichTextEditor.ClearFormatting />
      </RichTextEditor.ControlsGroup>
      <RichTextEditor.ControlsGroup>
        <RichTextEditor.H2 />
        <RichTextEditor.H3 />
        <RichTextEditor.BulletList />
        <RichTextEditor.OrderedList />
        <RichTextEditor.Blockquote />
        <RichTextEditor.Hr />
        <RichTextEditor.Control
          aria-label={t('editor.columns')}
          title={t('editor.columns')}
          disabled={can.columns}
          onClick={() => {
            const column = { type: 'column', content: [{ type: 'paragraph' }] };
            editor
              .chain()
              .focus()
              .insertContent({ type: 'columns', content: [column, column] })
              .run();
          }}
        >
          <IconColumns2 size={16} stroke={1.6} />
        </RichTextEditor.Control>
      </RichTextEditor.ControlsGroup>
      <Group gap={4} ms="auto" wrap="nowrap">
        <PictureButton field={label} onInsert={insertPicture} />
        <TemplateMenu kind="snippet" field={label} onInsert={(snippet) => editor.chain().focus().insertContent(snippetContent(snippet)).run()} />
        <MergeTagMenu field={label} onInsert={(source) => editor.chain().focus().insertContent({ type: 'mergeTag', attrs: { source } }).run()} />
      </Group>
    </RichTextEditor.Toolbar>
  );
}

function ColorMenu({ editor }: { readonly editor: Editor }) {
  const color = useEditorState({ editor, selector: (state) => state.editor.getAttributes('textStyle')['color'] as string | undefined });
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <RichTextEditor.Control aria-label={t('editor.color')} title={t('editor.color')} active={color !== undefined && color !== null}>
          <IconPalette size={16} stroke={1.6} {...(color ? { color } : {})} />
        </RichTextEditor.Control>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => editor.chain().focus().unsetMark('textStyle').run()}>{t('editor.color.none')}</Menu.Item>
        {safeColors.map(({ value, name }) => (
          <Menu.Item key={value} leftSection={<ColorSwatch color={value} size={14} />} onClick={() => editor.chain().focus().setMark('textStyle', { color: value }).run()}>
            {t(`editor.color.${name}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function LinkControl({ editor }: { readonly editor: Editor }) {
  const [opened, setOpened] = useState(false);
  const [href, setHref] = useState('');
  const [wrong, setWrong] = useState(false);
  const active = useEditorState({ editor, selector: (state) => state.editor.isActive('link') });
  const toggle = () => {
    setHref(String(editor.getAttributes('link')['href'] ?? ''));
    setWrong(false);
    setOpened((open) => !open);
  };
  const save = () => {
    const typed = href.trim();
    const address = /^[\w.-]+\.[a-z]{2,}(?:[/?#]|$)/i.test(typed) ? `https://${typed}` : /^[^\s@/:]+@[^\s@/]+$/.test(typed) ? `mailto:${typed}` : typed;
    if (address !== '' && !isMailAddress(address)) {
      setWrong(true);
      return;
    }
    setOpened(false);
    const chain = editor.chain().focus().extendMarkRange('link');
    if (address === '') chain.unsetLink().run();
    else if (editor.state.selection.empty && !editor.isActive('link'))
      chain.insertContent({ type: 'text', text: typed, marks: [{ type: 'link', attrs: { href: address } }] }).run();
    else chain.setLink({ href: address }).run();
  };
  return (
    <Popover opened={opened} onChange={setOpened} width={320} trapFocus withinPortal>
      <Popover.Target>
        <RichTextEditor.Control aria-label={t('editor.link')} title={`${t('editor.link')} (Ctrl K)`} active={active} onClick={toggle} data-link-control>
          <IconLink size={16} stroke={1.6} />
        </RichTextEditor.Control>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            event.stopPropagation();
            save();
          }}
        >
          <TextInput
            label={t('editor.linkAddress')}
            placeholder={t('editor.linkPlaceholder')}
            data-autofocus
            value={href}
            error={wrong ? t('editor.linkInvalid') : undefined}
            onChange={(event) => setHref(event.currentTarget.value)}
          />
          <Group justify="space-between" mt="sm">
            <Button
              variant="subtle"
              size="xs"
              disabled={!active}
              onClick={() => {
                setOpened(false);
                editor.chain().focus().extendMarkRange('link').unsetLink().run();
              }}
            >
              {t('editor.unlink')}
            </Button>
            <Button type="submit" size="xs">
              {t('editor.save')}
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
