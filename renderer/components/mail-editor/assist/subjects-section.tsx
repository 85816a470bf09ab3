import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSparkles, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import { client } from '../../../lib/client.ts';
import { t } from '../../../lib/messages/index.ts';
import { ErrorAlert } from '../../error-alert.tsx';
import type { MailTexts } from '../mail-editor.tsx';
import { AssistNote } from './note.tsx';
import { plainText } from './paragraphs.ts';

/** Subject lines for the text, each with its reason. */
export function SubjectsSection({ mail, onChange }: { readonly mail: MailTexts; readonly onChange: (change: Partial<MailTexts>) => void }) {
  const abort = useRef<AbortController | null>(null);
  const text = plainText(mail);
  const ideas = useMutation({
    mutationFn: () => {
      abort.current = new AbortController();
      return client.assist.subjectIdeas({ text, count: 5 }, { signal: abort.current.signal });
    },
    meta: { ownError: true },
  });
  return (
    <Stack gap="sm" align="flex-start">
      <Group gap="xs">
        <Button size="compact-sm" variant="default" leftSection={<IconSparkles size={14} />} loading={ideas.isPending} disabled={text === ''} onClick={() => ideas.mutate()}>
          {t(ideas.data ? 'assist.subjects.again' : 'assist.subjects.find')}
        </Button>
        {ideas.isPending && (
          <Button size="compact-sm" variant="subtle" leftSection={<IconX size={14} />} onClick={() => abort.current?.abort()}>
            {t('assist.stop')}
          </Button>
        )}
      </Group>
      {ideas.error && abort.current?.signal.aborted !== true && <ErrorAlert error={ideas.error} />}
      {ideas.data && (
        <>
          <AssistNote source={ideas.data.model === null ? 'rules' : 'model'} model={ideas.data.model} note={ideas.data.note} />
          {ideas.data.ideas.length === 0 && <Text size="sm">{t('assist.subjects.none')}</Text>}
          <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none', width: '100%' }}>
            {ideas.data.ideas.map(({ subject, reason }) => (
              <Group key={subject} component="li" justify="space-between" wrap="nowrap" gap="sm">
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                    {subject}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {reason}
                  </Text>
                </div>
                <Button
                  size="compact-xs"
                  variant="light"
                  style={{ flex: 'none' }}
                  disabled={mail.subject === subject}
                  {...(mail.subject === subject ? {} : { 'aria-label': t('assist.subjects.useThis', { subject }) })}
                  onClick={() => onChange({ subject })}
                >
                  {t(mail.subject === subject ? 'assist.used' : 'assist.use')}
                </Button>
              </Group>
            ))}
          </Stack>
        </>
      )}
    </Stack>
  );
}
