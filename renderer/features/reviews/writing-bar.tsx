import { Alert, Button, Group, Progress, Text } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { LinkButton } from '../../components/links.tsx';
import { t } from '../../lib/messages/index.ts';
import { useWriting, type Scope } from './api.ts';

/** How far the writing of passages is, and the way to a model where there is none. */
export function WritingBar({ scope, waiting, personal }: { readonly scope: Scope; readonly waiting: number; readonly personal: boolean }) {
  const { writing, start, cancel, aheadHours, off, noModel } = useWriting();
  if (writing?.state === 'running') {
    const text = t('reviews.writing', { done: writing.done, total: writing.total });
    return (
      <Group mb="md" gap="md" wrap="nowrap" role="status">
        <Text size="sm" className="h-num" style={{ whiteSpace: 'nowrap' }}>
          {text}
        </Text>
        <Progress value={(writing.done / Math.max(1, writing.total)) * 100} aria-label={text} style={{ flex: 1 }} />
        <Button size="compact-md" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({})}>
          {t('reviews.writing.cancel')}
        </Button>
      </Group>
    );
  }
  if (personal && (noModel || off)) {
    return (
      <Alert variant="light" mb="md" icon={<IconSparkles size={18} />}>
        <Group justify="space-between" gap="md">
          <Text size="sm">{t(off ? 'reviews.writing.off' : 'reviews.writing.noModel')}</Text>
          <LinkButton to="/settings/models" size="compact-md" variant="default">
            {t('reviews.writing.connect')}
          </LinkButton>
        </Group>
      </Alert>
    );
  }
  if (waiting === 0) return null;
  const silent = writing?.state === 'no_model';
  return (
    <Group mb="md" gap="md">
      <Text size="sm" role={silent ? 'status' : undefined}>
        {t('reviews.writing.waiting', { count: waiting })} {silent ? t('reviews.writing.silent') : aheadHours > 0 && t('reviews.writing.ahead', { hours: aheadHours })}
      </Text>
      <Button size="compact-md" variant="default" leftSection={<IconSparkles size={16} />} loading={start.isPending} onClick={() => start.mutate({ ...scope })}>
        {t('reviews.writing.now')}
      </Button>
    </Group>
  );
}
