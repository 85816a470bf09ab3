import { Alert, Paper, Stack, Text } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import type { SequenceDraft } from '../../../../shared/schemas/sequence-draft.ts';
import { t } from '../../../lib/messages/index.ts';
import { DraftFindings, originOf } from './draft-note.tsx';

/** The mails of a draft as they were written, who wrote them, and what in them the brief does not say. */
export function DraftReview({ draft }: { readonly draft: SequenceDraft }) {
  const mails = draft.graph.steps.flatMap((step) => (step.type === 'email' ? step.variants.slice(0, 1) : []));
  return (
    <Stack gap="sm" role="status" aria-label={t('brief.draft')}>
      <Alert color="pine" variant="light" icon={<IconSparkles size={18} />}>
        {originOf(draft)} {t('brief.notStored')}
        <DraftFindings findings={draft.findings.filter(({ mail }) => mail === null)} named={false} />
      </Alert>
      {mails.map(({ subject, text }, index) => (
        <Paper key={index} withBorder p="md">
          <Text size="sm" fw={600} mb={6}>
            {t('brief.mail', { number: index + 1 })}
            {subject !== '' && ` · ${subject}`}
          </Text>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {text}
          </Text>
          <Text size="sm" component="div" c="var(--homing-warn)">
            <DraftFindings findings={draft.findings.filter(({ mail }) => mail === index + 1)} named={false} />
          </Text>
        </Paper>
      ))}
    </Stack>
  );
}
