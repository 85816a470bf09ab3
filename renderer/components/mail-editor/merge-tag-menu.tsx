import { Button, Group, Popover, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconBraces, IconSearch } from '@tabler/icons-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { t } from '../../lib/messages/index.ts';
import { mergeTag } from '../../../shared/merge-tags.ts';
import { useMergeTags } from './api.ts';
import classes from './mail-editor.module.css';

interface Tag {
  readonly tag: string;
  readonly label: string;
  readonly example: string;
}

/** A button that opens the merge tags, asks for a fallback and inserts `{{ first_name | default: "there" }}`. */
export function MergeTagMenu({ field, onInsert }: { readonly field: string; readonly onInsert: (text: string) => void }) {
  const [opened, setOpened] = useState(false);
  const insert = (text: string) => {
    setOpened(false);
    onInsert(text);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={320} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconBraces size={14} aria-hidden />}
          onClick={() => setOpened((open) => !open)}
          aria-label={t('sequences.insertTagInto', { field })}
        >
          {t('sequences.insertTag')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">{opened && <TagPicker onInsert={insert} />}</Popover.Dropdown>
    </Popover>
  );
}

function TagPicker({ onInsert }: { readonly onInsert: (text: string) => void }) {
  const tags = useMergeTags();
  const [q, setQ] = useState('');
  const [chosen, setChosen] = useState<Tag | null>(null);
  const [fallback, setFallback] = useState('');
  const listId = useId();
  if (chosen) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          onInsert(mergeTag(chosen.tag, fallback));
        }}
      >
        <Stack gap="sm">
          <div>
            <Text fw={600}>{chosen.label}</Text>
            <Text size="xs" c="dimmed" ff="monospace" className={classes['wrap']}>
              {mergeTag(chosen.tag, fallback)}
            </Text>
          </div>
          <TextInput
            label={t('sequences.fallback')}
            placeholder={t('sequences.fallbackPlaceholder')}
            description={t('sequences.fallbackHint')}
            value={fallback}
            maxLength={200}
            data-autofocus
            autoFocus
            onChange={(event) => setFallback(event.currentTarget.value)}
          />
          <Group justify="space-between">
            <Button variant="subtle" size="xs" onClick={() => setChosen(null)}>
              {t('common.back')}
            </Button>
            <Button type="submit" size="xs">
              {t('sequences.insert')}
            </Button>
          </Group>
        </Stack>
      </form>
    );
  }
  const wanted = q.trim().toLowerCase();
  const found = (tags.data?.tags ?? []).filter((tag) => wanted === '' || `${tag.label} ${tag.tag}`.toLowerCase().includes(wanted));
  return (
    <Stack gap="xs" onKeyDown={(event) => moveFocus(event, listId)}>
      <TextInput
        aria-label={t('sequences.tagSearch')}
        placeholder={t('sequences.tagSearch')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={q}
        data-autofocus
        onChange={(event) => setQ(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = found[0];
          if (event.key === 'Enter' && first) {
            event.preventDefault();
            setChosen(first);
          }
        }}
      />
      <ScrollArea.Autosize mah={280} type="auto" id={listId}>
        {found.map((tag) => (
          <UnstyledButton key={tag.tag} className={classes['tag']} data-tag onClick={() => setChosen(tag)}>
            <Text size="sm">{tag.label}</Text>
            <Text size="xs" c="dimmed" className="h-ellipsis">
              <span className={classes['mono']}>{tag.tag}</span>
              {tag.example !== '' && ` · ${t('sequences.tagExample', { example: tag.example })}`}
            </Text>
          </UnstyledButton>
        ))}
        {tags.isError && (
          <Text size="sm" c="var(--mantine-color-error)" p="sm">
            {t('sequences.tagsFailed')}
          </Text>
        )}
        {tags.isPending && (
          <Text size="sm" c="dimmed" p="sm">
            {t('common.loading')}
          </Text>
        )}
        {tags.isSuccess && found.length === 0 && (
          <Text size="sm" c="dimmed" p="sm">
            {t('sequences.noTag')}
          </Text>
        )}
      </ScrollArea.Autosize>
    </Stack>
  );
}

/** Arrow keys walk the list. */
export function moveFocus(event: KeyboardEvent<HTMLElement>, listId: string): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const buttons = [...(document.getElementById(listId)?.querySelectorAll<HTMLElement>('[data-tag]') ?? [])];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = buttons[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
