import { Button, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSparkles } from '@tabler/icons-react';
import { LinkAnchor } from '../../components/links.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './comparison.module.css';

/** Asks a language model about the mails of a competitor, only when a person says so. */
export function ModelReading({ competitor }: { readonly competitor: string }) {
  const ask = useMutation(api.comparison.read.mutationOptions());
  const { reading = null, model = null, note = null } = ask.data ?? {};
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" c="dimmed">
        {t('comparison.readingText')}
      </Text>
      <Button variant="light" leftSection={<IconSparkles size={16} />} loading={ask.isPending} onClick={() => ask.mutate({ competitor })}>
        {t('comparison.ask')}
      </Button>
      <div role="status">
        {note !== null && (
          <Text size="sm">
            {t(`comparison.note.${note}`)}{' '}
            {(note === 'no_model' || note === 'off') && (
              <LinkAnchor to="/settings/models" size="sm">
                {t('comparison.models')}
              </LinkAnchor>
            )}
          </Text>
        )}
        {reading !== null && (
          <Stack gap="xs">
            {(['offer', 'audience', 'tone'] as const).map((part) =>
              reading[part] === '' ? null : (
                <Text key={part} size="sm">
                  <b>{t(`comparison.reading.${part}`)}:</b> {reading[part]}
                </Text>
              ),
            )}
            {(['borrow', 'avoid'] as const).map((part) =>
              reading[part].length === 0 ? null : (
                <div key={part}>
                  <Text size="sm" fw={600}>
                    {t(`comparison.reading.${part}`)}
                  </Text>
                  <ul className={styles['points']}>
                    {reading[part].map((item) => (
                      <li key={item}>
                        <Text size="sm">{item}</Text>
                      </li>
                    ))}
                  </ul>
                </div>
              ),
            )}
            <Text size="xs" c="dimmed">
              {t('comparison.says', { model: model ?? '' })}
            </Text>
          </Stack>
        )}
      </div>
    </Stack>
  );
}
