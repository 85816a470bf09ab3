import { Group, Text, TextInput, Textarea } from '@mantine/core';
import { useId, useRef, type ReactNode } from 'react';
import { PictureButton } from '../picture-button.tsx';
import classes from './mail-editor.module.css';
import { MergeTagMenu } from './merge-tag-menu.tsx';
import { TemplateMenu } from './template-menu.tsx';
import { htmlToText, insertAt, textToHtml } from './text.ts';

interface Props {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  /** A finding that does not block. */
  readonly advice?: string | null;
  readonly multiline?: boolean;
  readonly code?: boolean;
  /** Offers pictures: for HTML. */
  readonly pictures?: boolean;
  /** Offers snippets, written in this way. */
  readonly snippets?: 'html' | 'text';
  readonly minRows?: number;
  readonly maxLength: number;
  readonly aside?: ReactNode;
}

/** A text field into which merge tags can be inserted at the caret. */
export function TaggedField({
  label,
  name,
  value,
  onChange,
  placeholder,
  hint,
  error,
  advice,
  multiline = false,
  code = false,
  pictures = false,
  snippets,
  minRows = 7,
  maxLength,
  aside,
}: Props) {
  const id = useId();
  const hintId = `${id}-hint`;
  const input = useRef<HTMLInputElement | HTMLTextAreaElement | null>(null);
  const insert = (text: string) => {
    const element = input.current;
    const at = element?.selectionStart ?? value.length;
    const next = insertAt(value, text, at, element?.selectionEnd ?? at);
    onChange(next.value);
    // After the new value is on the page and the menu gave the focus back.
    setTimeout(() => {
      element?.focus();
      element?.setSelectionRange(next.caret, next.caret);
    }, 0);
  };
  const common = {
    id,
    value,
    maxLength,
    placeholder,
    error: error ?? undefined,
    // The text itself stays readable: only the border and the sentence below are red.
    styles: { input: { color: 'var(--mantine-color-text)' } },
    'data-field': name,
    'aria-describedby': hint ? hintId : undefined,
  };
  return (
    <div>
      <Group justify="space-between" mb={4} gap="sm" wrap="nowrap">
        <Text component="label" htmlFor={id} size="sm" fw={500}>
          {label}
        </Text>
        <Group gap="sm" wrap="nowrap">
          {aside}
          {snippets && <TemplateMenu kind="snippet" field={label} onInsert={(snippet) => insert(writtenAs(snippets, snippet))} />}
          {pictures && <PictureButton field={label} onInsert={insert} />}
          <MergeTagMenu field={label} onInsert={insert} />
        </Group>
      </Group>
      {multiline ? (
        <Textarea
          {...common}
          ref={(element) => {
            input.current = element;
          }}
          autosize
          minRows={minRows}
          maxRows={26}
          spellCheck={!code}
          classNames={{ input: code ? (classes['code'] ?? '') : '' }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          {...common}
          ref={(element) => {
            input.current = element;
          }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {advice && (
        <Text size="xs" c="var(--homing-warn)" mt={4}>
          {advice}
        </Text>
      )}
      {hint && (
        <Text size="xs" c="dimmed" mt={4} id={hintId}>
          {hint}
        </Text>
      )}
    </div>
  );
}

function writtenAs(way: 'html' | 'text', { html, text }: { readonly html: string; readonly text: string }): string {
  if (way === 'html') return html.trim() === '' ? textToHtml(text) : html;
  return text.trim() === '' ? htmlToText(html) : text;
}
