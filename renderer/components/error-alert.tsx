import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { describeError, type Trouble } from '../lib/errors.ts';

/** An error inside a form or panel: the sentence and the advice. */
export function ErrorAlert({ error }: { error: unknown }) {
  return <TroubleAlert trouble={describeError(error)} />;
}

export function TroubleAlert({ trouble }: { trouble: Trouble }) {
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={trouble.title} role="alert">
      {trouble.sentence !== trouble.title && <Text size="sm">{trouble.sentence}</Text>}
      <Text size="sm" c="dimmed">
        {trouble.advice}
      </Text>
    </Alert>
  );
}
