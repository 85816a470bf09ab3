import { Stack, Text } from '@mantine/core';
import type { Provider } from '../../../shared/schemas/assist.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { t } from '../../lib/messages/index.ts';

/** Tells what would leave this computer, and asks. */
export function askConsent({ url }: Pick<Provider, 'url'>): Promise<boolean> {
  const { host, protocol } = new URL(url);
  return confirmDialog({
    title: t('assist.consent.title', { host }),
    confirm: t('assist.consent.agree', { host }),
    children: (
      <Stack gap="sm">
        <Text>{t('assist.consent.text')}</Text>
        {protocol === 'http:' && (
          <Text fw={600} c="var(--homing-bad)">
            {t('assist.consent.plain')}
          </Text>
        )}
        <Text>{t('assist.consent.law')}</Text>
        <Text c="dimmed">{t('assist.consent.back')}</Text>
      </Stack>
    ),
  });
}
