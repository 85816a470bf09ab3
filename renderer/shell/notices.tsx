import { List, Stack, Text, Title } from '@mantine/core';
import { type ErrorComponentProps } from '@tanstack/react-router';
import { IconMapOff } from '@tabler/icons-react';
import { LinkButton } from '../components/links.tsx';
import logo from '../../resources/icons/homing.svg';
import { EmptyState, ErrorState } from '../components/states.tsx';
import { t } from '../lib/messages/index.ts';
import styles from './shell.module.css';

/** What a browser tab without the token shows. */
export function NoTokenPage({ expired }: { expired: boolean }) {
  return (
    <main className={styles['center']}>
      <div className={styles['notice']}>
        <Stack gap="md">
          <img src={logo} alt="" width={52} height={52} style={{ borderRadius: 13 }} />
          <Title order={1}>{t('noToken.title')}</Title>
          <Text>{t('noToken.text')}</Text>
          <List spacing="sm">
            <List.Item>{t('noToken.desktop')}</List.Item>
            <List.Item>{t('noToken.headless')}</List.Item>
          </List>
          {expired && <Text c="dimmed">{t('noToken.expired')}</Text>}
        </Stack>
      </div>
    </main>
  );
}

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <EmptyState title={t('notFound.title')} icon={<IconMapOff size={26} stroke={1.6} />} action={<LinkButton to="/">{t('notFound.action')}</LinkButton>}>
      {t('notFound.text')}
    </EmptyState>
  );
}

/** A screen that threw: the shell stays usable. */
export function ScreenError({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={reset} />;
}
