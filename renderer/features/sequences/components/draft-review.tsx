import { Alert, Paper, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconSparkles } from '@tabler/icons-react';
import type { SequenceDraft } from '../../../../shared/schemas/sequence-draft.ts';
import { languageName } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';

/** The mails of a draft as they were written, who wrote them, and what in them the brief does not say. */
export function DraftReview({ draft }: { readonly draft: SequenceDraft }) {
  const mails = draft.graph.steps.flatMap((step) => (step.type === 'email' ? step.variants.slice(0, 1) : []));
  const origin =
    draft.source === 'model' ? t('brief.byModel', { model: draft.model ?? '' }) : t(`brief.byRules.${draft.note ?? 'no_model'}`, { language: languageName(draft.language) });
  return (
    <Stack gap="sm" role="status" aria-label={t('brief.draft')}>
      <Alert color="pine" variant="light" icon={<IconSparkles size={18} />}>
        {origin}
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
          {draft.findings
            .filter(({ mail }) => mail === index + 1)
            .map(({ code, found }) => (
              <Text key={`${code} ${found}`} size="sm" c="var(--homing-warn)" mt={4}>
                <IconAlertTriangle size={14} aria-hidden style={{ verticalAlign: '-2px', marginInlineEnd: 6 }} />
                {t(`reviews.finding.${code}`, { found })}
              </Text>
            ))}
        </Paper>
      ))}
    </Stack>
  );
}
