import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  /** Why the person here may not change it; null = they may. */
  readonly refusal: string | null;
  readonly label: string;
  readonly children: ReactNode;
}

/** Fields that are shown, but out of reach and with the reason for whoever may not change them. */
export function WherePermitted({ refusal, label, children }: Props) {
  return (
    <fieldset disabled={refusal !== null} aria-label={label} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <Stack gap="lg">
        {refusal !== null && <Text c="dimmed">{refusal}</Text>}
        {children}
      </Stack>
    </fieldset>
  );
}
