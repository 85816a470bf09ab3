import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly label: string;
  readonly labelId: string;
  readonly hintId: string;
  readonly hint?: ReactNode;
  readonly error: string | null;
  /** A finding that does not block. */
  readonly advice: string | null;
  readonly aside?: ReactNode;
  /** Gives the field the keyboard. */
  readonly onLabel: () => void;
  readonly children: ReactNode;
}

/** Label, messages and hint around a field that is an editor of its own. */
export function EditorField({ label, labelId, hintId, hint, error, advice, aside, onLabel, children }: Props) {
  return (
    <div>
      <Group justify="space-between" mb={4} gap="sm" wrap="nowrap">
        <Text id={labelId} size="sm" fw={500} onClick={onLabel} style={{ cursor: 'default' }}>
          {label}
        </Text>
        <Group gap="sm" wrap="nowrap">
          {aside}
        </Group>
      </Group>
      {children}
      <div id={hintId}>
        {error !== null && (
          <Text size="xs" c="var(--mantine-color-error)" mt={4}>
            {error}
          </Text>
        )}
        {advice !== null && (
          <Text size="xs" c="var(--homing-warn)" mt={4}>
            {advice}
          </Text>
        )}
        {hint !== undefined && (
          <Text size="xs" c="dimmed" mt={4}>
            {hint}
          </Text>
        )}
      </div>
    </div>
  );
}
