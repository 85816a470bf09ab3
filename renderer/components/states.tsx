import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconFeather, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { describeError } from '../lib/errors.ts';
import { t } from '../lib/messages/index.ts';
import styles from './components.module.css';

/** What a screen or list shows when there is nothing yet: what it is for and the first step. */
export function EmptyState({ title, children, action, icon }: { title: string; children?: ReactNode; action?: ReactNode; icon?: ReactNode }) {
  return (
    <div className={styles['state']}>
      <div className={styles['stateIcon']} aria-hidden>
        {icon ?? <IconFeather size={26} stroke={1.6} />}
      </div>
      <Title order={2}>{title}</Title>
      {children !== undefined && <Text c="dimmed">{children}</Text>}
      {action !== undefined && (
        <Group mt="sm" justify="center" gap="sm">
          {action}
        </Group>
      )}
    </div>
  );
}

/** What went wrong and what to do about it, in the words of the error's code. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const trouble = describeError(error);
  return (
    <div className={styles['state']} role="alert">
      <div className={styles['stateIcon']} data-tone="bad" aria-hidden>
        <IconAlertTriangle size={26} stroke={1.6} />
      </div>
      <Title order={2}>{trouble.title}</Title>
      {trouble.sentence !== trouble.title && <Text>{trouble.sentence}</Text>}
      <Text c="dimmed">{trouble.advice}</Text>
      {onRetry && (
        <Button mt="sm" variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
          {t('common.retry')}
        </Button>
      )}
    </div>
  );
}

/** Rows of grey bars while data comes. */
export function LoadingState({ rows = 6, height = 36 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="sm" p="sm" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} radius="sm" style={{ opacity: 1 - index / (rows + 2) }} />
      ))}
    </Stack>
  );
}

interface QueryLike<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** The three faces of a query: skeleton, error with retry, content. Old data stays on screen while a refetch fails. */
export function QueryState<T>({ query, loading, children }: { query: QueryLike<T>; loading?: ReactNode; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <>{loading ?? <LoadingState />}</>;
}
