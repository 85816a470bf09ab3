import { Button, Group, Popover, Select, Stack, Text, TextInput } from '@mantine/core';
import { NodeViewWrapper, type NodeViewProps } from '@tiptap/react';
import { useState } from 'react';
import { mergeTag, outputKeys, readMergeTag, unknownTag, type PlainTag } from '../../../shared/merge-tags.ts';
import { t } from '../../lib/messages/index.ts';
import { customFieldsIn, useMergeTags } from './api.ts';
import classes from './mail-editor.module.css';

/** A merge tag as a reader of the mail will think of it: its name and its fallback. A click, or Enter on it, edits it. */
export function MergeTagChip({ node, selected, editor, updateAttributes, deleteNode }: NodeViewProps) {
  const source = String(node.attrs['source']);
  const tags = useMergeTags();
  const [opened, setOpened] = useState(false);
  const plain = readMergeTag(source);
  const custom = customFieldsIn(tags.data?.tags);
  const unknown = unknownTag(outputKeys(source) ?? [], custom);
  const label = plain === null ? source.replace(/^\{[{%]-?\s*|\s*-?[}%]\}$/g, '') : (tags.data?.tags.find(({ tag }) => tag === plain.name)?.label ?? plain.name);
  const close = () => {
    setOpened(false);
    editor.commands.focus();
  };
  const kind = unknown !== null ? 'unknown' : source.startsWith('{%') ? 'logic' : 'tag';
  return (
    <NodeViewWrapper as="span" className={classes['chipPlace']}>
      <Popover opened={opened} onChange={setOpened} width={320} position="bottom-start" trapFocus withinPortal withRoles={false}>
        <Popover.Target>
          <span
            data-chip
            data-kind={kind}
            data-selected={selected || undefined}
            className={classes['chip']}
            title={unknown?.message ?? source}
            onClick={() => editor.isEditable && setOpened(true)}
          >
            {label}
            {plain?.fallback ? <span className={classes['chipFallback']}>{plain.fallback}</span> : null}
          </span>
        </Popover.Target>
        <Popover.Dropdown p="sm">
          {opened && (
            <TagForm
              source={source}
              plain={plain}
              unknown={unknown}
              tags={tags.data?.tags ?? []}
              onRemove={() => {
                deleteNode();
                close();
              }}
              onSave={(changed) => {
                updateAttributes({ source: changed });
                close();
              }}
            />
          )}
        </Popover.Dropdown>
      </Popover>
    </NodeViewWrapper>
  );
}

interface FormProps {
  readonly source: string;
  readonly plain: PlainTag | null;
  readonly unknown: ReturnType<typeof unknownTag>;
  readonly tags: readonly { readonly tag: string; readonly label: string }[];
  readonly onSave: (source: string) => void;
  readonly onRemove: () => void;
}

function TagForm({ source, plain, unknown, tags, onSave, onRemove }: FormProps) {
  const [name, setName] = useState(plain?.name ?? '');
  const [fallback, setFallback] = useState(plain?.fallback ?? '');
  const [raw, setRaw] = useState(source);
  const { suggestion = null } = unknown ?? {};
  const choices = tags.some(({ tag }) => tag === name) || name === '' ? tags : [{ tag: name, label: name }, ...tags];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onSave(plain === null ? raw : mergeTag(name, fallback));
      }}
    >
      <Stack gap="sm">
        {unknown && (
          <Text size="xs" c="var(--mantine-color-error)">
            {unknown.message}
          </Text>
        )}
        {suggestion !== null && (
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => onSave(plain === null ? raw.replace(/^(\{\{-?\s*)[^|}\s]+/, `$1${suggestion}`) : mergeTag(suggestion, plain.fallback ?? ''))}
          >
            {t('editor.useTag', { tag: mergeTag(suggestion) })}
          </Button>
        )}
        {plain === null ? (
          <TextInput label={t('editor.liquid')} data-autofocus value={raw} classNames={{ input: classes['mono'] ?? '' }} onChange={(event) => setRaw(event.currentTarget.value)} />
        ) : (
          <>
            <Select
              label={t('editor.tag')}
              searchable
              allowDeselect={false}
              value={name}
              data={choices.map(({ tag, label }) => ({ value: tag, label }))}
              onChange={(value) => value !== null && setName(value)}
              comboboxProps={{ withinPortal: false }}
              maxDropdownHeight={200}
            />
            <TextInput
              label={t('sequences.fallback')}
              placeholder={t('sequences.fallbackPlaceholder')}
              description={t('sequences.fallbackHint')}
              data-autofocus
              maxLength={200}
              value={fallback}
              onChange={(event) => setFallback(event.currentTarget.value)}
            />
          </>
        )}
        <Group justify="space-between">
          <Button variant="subtle" color="red" size="xs" onClick={onRemove}>
            {t('editor.removeTag')}
          </Button>
          <Button type="submit" size="xs" disabled={plain === null && !/^\{[{%][\s\S]*[}%]\}$/.test(raw.trim())}>
            {t('editor.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
