import { Button, Group, NumberInput, Popover, Stack, Text, TextInput } from '@mantine/core';
import { mergeAttributes, Node } from '@tiptap/core';
import { NodeViewWrapper, ReactNodeViewRenderer, type NodeViewProps } from '@tiptap/react';
import { useState } from 'react';
import { useInlinePictures } from '../../lib/inline-pictures.ts';
import { t } from '../../lib/messages/index.ts';
import classes from './mail-editor.module.css';

/** A picture in the text: a stored file as `cid:<file id>`, or one that lies elsewhere. */
export const Picture = Node.create({
  name: 'picture',
  group: 'inline',
  inline: true,
  atom: true,
  draggable: true,

  addAttributes() {
    return {
      src: { default: '' },
      alt: { default: '' },
      width: { default: null, parseHTML: (element) => Number(element.getAttribute('width')) || null },
    };
  },
  parseHTML() {
    // What was copied out of another program names files that nobody else has.
    return [{ tag: 'img[src^="cid:"]' }, { tag: 'img[src^="https:"]' }, { tag: 'img[src^="data:image/"]' }];
  },
  renderHTML({ HTMLAttributes }) {
    return ['img', mergeAttributes(HTMLAttributes)];
  },
  addNodeView() {
    return ReactNodeViewRenderer(PictureView, { as: 'span' });
  },
});

function PictureView({ node, selected, updateAttributes, deleteNode, editor }: NodeViewProps) {
  const { src, alt, width } = node.attrs as { src: string; alt: string; width: number | null };
  const [opened, setOpened] = useState(false);
  const shown = useInlinePictures(`<img src="${src.startsWith('cid:') ? src : ''}">`);
  const url = src.startsWith('cid:') ? (/src="(data:[^"]*)"/.exec(shown.html)?.[1] ?? null) : src.startsWith('data:image/') ? src : null;
  return (
    <NodeViewWrapper as="span" className={classes['picturePlace']} data-drag-handle>
      <Popover opened={opened} onChange={setOpened} width={300} trapFocus withinPortal>
        <Popover.Target>
          <span data-chip className={classes['picture']} data-selected={selected || undefined} onClick={() => editor.isEditable && setOpened(true)}>
            {url === null ? (
              <Text component="span" size="xs" c="dimmed">
                {shown.missing > 0 ? t('editor.pictureMissing') : src.startsWith('cid:') ? t('common.loading') : t('editor.pictureElsewhere', { address: src })}
              </Text>
            ) : (
              <img src={url} alt={alt} {...(width === null ? {} : { width })} />
            )}
          </span>
        </Popover.Target>
        <Popover.Dropdown p="sm">
          {opened && (
            <Stack gap="sm">
              <TextInput
                label={t('editor.alt')}
                description={t('editor.altHint')}
                data-autofocus
                value={alt}
                maxLength={300}
                onChange={(event) => updateAttributes({ alt: event.currentTarget.value })}
              />
              <NumberInput
                label={t('editor.width')}
                min={1}
                max={600}
                allowDecimal={false}
                value={width ?? ''}
                onChange={(value) => updateAttributes({ width: typeof value === 'number' && value > 0 ? Math.min(600, value) : null })}
              />
              <Group justify="space-between">
                <Button variant="subtle" color="red" size="xs" onClick={() => deleteNode()}>
                  {t('editor.removePicture')}
                </Button>
                <Button
                  size="xs"
                  onClick={() => {
                    setOpened(false);
                    editor.commands.focus();
                  }}
                >
                  {t('common.close')}
                </Button>
              </Group>
            </Stack>
          )}
        </Popover.Dropdown>
      </Popover>
    </NodeViewWrapper>
  );
}
