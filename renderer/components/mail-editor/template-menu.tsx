import { Button, Popover, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconBlocks, IconBookmark, IconSearch, IconTemplate } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { Template, TemplateKind } from '../../../shared/schemas/sequence.ts';
import { t } from '../../lib/messages/index.ts';
import { useTemplates } from './api.ts';
import classes from './mail-editor.module.css';
import { moveFocus } from './merge-tag-menu.tsx';

interface Props {
  readonly kind: TemplateKind;
  /** What it is inserted into, for screen readers. */
  readonly field: string;
  readonly onInsert: (template: Template) => void;
  /** Keeps what is written as a template of this name; absent = not offered. */
  readonly onKeep?: (name: string) => void;
}

/** A button that opens the templates or snippets to insert one, and perhaps to keep what is written as a new one. */
export function TemplateMenu({ kind, field, onInsert, onKeep }: Props) {
  const [opened, setOpened] = useState(false);
  const close = <T,>(then: (value: T) => void) => {
    return (value: T) => {
      setOpened(false);
      then(value);
    };
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={340} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={kind === 'snippet' ? <IconBlocks size={14} aria-hidden /> : <IconTemplate size={14} aria-hidden />}
          onClick={() => setOpened((open) => !open)}
          aria-label={t(`editor.insert.${kind}`, { field })}
        >
          {t(`editor.menu.${kind}`)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">{opened && <TemplatePicker kind={kind} onInsert={close(onInsert)} {...(onKeep === undefined ? {} : { onKeep: close(onKeep) })} />}</Popover.Dropdown>
    </Popover>
  );
}

function TemplatePicker({ kind, onInsert, onKeep }: Omit<Props, 'field'>) {
  const templates = useTemplates(kind, '');
  const [q, setQ] = useState('');
  const listId = useId();
  const wanted = q.trim().toLowerCase();
  const all = templates.data?.items ?? [];
  const found = all.filter((template) => `${template.name} ${template.subject}`.toLowerCase().includes(wanted));
  return (
    <Stack gap="xs" onKeyDown={(event) => moveFocus(event, listId)}>
      <TextInput
        aria-label={t(`editor.find.${kind}`)}
        placeholder={t(`editor.find.${kind}`)}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={q}
        maxLength={200}
        data-autofocus
        onChange={(event) => setQ(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = found[0];
          if (event.key !== 'Enter') return;
          event.preventDefault();
          if (first) onInsert(first);
        }}
      />
      <ScrollArea.Autosize mah={280} type="auto" id={listId}>
        {found.map((template) => (
          <UnstyledButton key={template.id} className={classes['tag']} data-tag onClick={() => onInsert(template)}>
            <Text size="sm">{template.name}</Text>
            <Text size="xs" c="dimmed" className="h-ellipsis">
              {beginningOf(template)}
            </Text>
          </UnstyledButton>
        ))}
        {found.length === 0 && (
          <Text size="sm" c={templates.isError ? 'var(--mantine-color-error)' : 'dimmed'} p="sm">
            {templates.isError ? t('editor.templatesFailed') : templates.isPending ? t('common.loading') : t(all.length === 0 ? `editor.none.${kind}` : 'editor.noneFound')}
          </Text>
        )}
      </ScrollArea.Autosize>
      {onKeep && (
        <Button variant="default" size="xs" leftSection={<IconBookmark size={14} aria-hidden />} disabled={wanted === ''} onClick={() => onKeep(q.trim())}>
          {wanted === '' ? t('editor.keepHint') : t('editor.keep', { name: q.trim() })}
        </Button>
      )}
    </Stack>
  );
}

/** Subject, or the first words. */
export function beginningOf({ subject, html, text }: Pick<Template, 'subject' | 'html' | 'text'>): string {
  const body = (text.trim() || html.replace(/<[^>]*>/g, ' ').replaceAll('&nbsp;', ' ')).replace(/\s+/g, ' ').trim();
  return [subject, body.slice(0, 200)].filter(Boolean).join(' · ');
}
