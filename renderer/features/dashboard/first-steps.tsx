import { Button, Group, Text, Title } from '@mantine/core';
import { useMutation, useQueries, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconCheck } from '@tabler/icons-react';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './dashboard.module.css';

const names = ['mailbox', 'contacts', 'sequence', 'campaign'] as const;
const targets = { mailbox: '/mailboxes', contacts: '/contacts', sequence: '/sequences', campaign: '/campaigns' } as const;

export interface FirstStep {
  readonly name: (typeof names)[number];
  readonly done: boolean;
}

/** Mailbox, contacts, sequence, campaign: which of them exist already; null until all are known. */
export function useFirstSteps(): { data: readonly FirstStep[] | null } {
  const input = { limit: 1 };
  const totals = useQueries({
    queries: [
      { ...api.mailboxes.list.queryOptions({ input }), select: (page: { total: number }) => page.total },
      { ...api.subscribers.list.queryOptions({ input }), select: (page: { total: number }) => page.total },
      { ...api.sequences.list.queryOptions({ input }), select: (page: { total: number }) => page.total },
      {
        ...api.campaigns.list.queryOptions({ input: { limit: 500 } }),
        select: (page: { items: readonly { launchedAt: number | null }[] }) => page.items.filter((campaign) => campaign.launchedAt !== null).length,
      },
    ],
  });
  if (totals.some((total) => total.data === undefined)) return { data: null };
  return { data: names.map((name, index) => ({ name, done: (totals[index]?.data ?? 0) > 0 })) };
}

/** The checklist of the first days; it leaves when everything is done or somebody hides it. */
export function FirstSteps() {
  const { data } = useFirstSteps();
  const queryClient = useQueryClient();
  const hide = useMutation(api.settings.update.mutationOptions({ onSuccess: (settings) => queryClient.setQueryData(api.settings.get.queryKey({ input: {} }), settings) }));
  if (data === null || data.every((step) => step.done)) return null;
  return (
    <section className={styles['panel']} aria-label={t('dashboard.steps')}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('dashboard.steps')}</Title>
        <Group gap="sm">
          <Text size="sm" c="dimmed" className="h-num">
            {t('dashboard.steps.text', { done: data.filter((step) => step.done).length, total: data.length })}
          </Text>
          <Button variant="subtle" size="compact-sm" loading={hide.isPending} onClick={() => hide.mutate({ firstRunDone: true })}>
            {t('dashboard.steps.hide')}
          </Button>
        </Group>
      </Group>
      <StepList steps={data} />
    </section>
  );
}

export function StepList({ steps }: { steps: readonly FirstStep[] }) {
  return (
    <ol style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(180px, 1fr))', gap: 4 }}>
      {steps.map((step, index) => (
        <li key={step.name}>
          <Link to={targets[step.name]} className={styles['step']}>
            <span className={styles['stepMark']} data-done={step.done}>
              {step.done ? <IconCheck size={16} stroke={2.6} aria-label={t('dashboard.step.done')} /> : index + 1}
            </span>
            <span>
              <Text component="span" size="sm" fw={600} display="block">
                {t(`dashboard.step.${step.name}`)}
              </Text>
              <Text component="span" size="xs" c="dimmed" display="block">
                {t(`dashboard.step.${step.name}.text`)}
              </Text>
            </span>
          </Link>
        </li>
      ))}
    </ol>
  );
}
