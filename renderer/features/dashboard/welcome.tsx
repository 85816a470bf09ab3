import { Button, Group, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAt, IconSchool } from '@tabler/icons-react';
import { LinkButton } from '../../components/links.tsx';
import logo from '../../../resources/icons/homing.svg';
import { notifyDone } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import { useWorkspace } from '../../lib/clock.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './dashboard.module.css';
import { StepList, useFirstSteps } from './first-steps.tsx';

/** The very first screen: one's own mailbox, or practice. */
export function Welcome() {
  const queryClient = useQueryClient();
  const { data: workspace } = useWorkspace();
  const { data: steps } = useFirstSteps();
  const practice = useMutation(
    api.workspace.openPractice.mutationOptions({
      onSuccess: ({ url }) => {
        if (url === null) notifyDone(t('welcome.practice.opened'));
        else window.location.assign(url);
      },
    }),
  );
  const skip = useMutation(api.settings.update.mutationOptions({ onSuccess: (settings) => queryClient.setQueryData(api.settings.get.queryKey({ input: {} }), settings) }));
  return (
    <div className={styles['welcome']}>
      <Group gap="lg" wrap="nowrap" align="flex-start">
        <img src={logo} alt="" width={64} height={64} style={{ borderRadius: 16, flex: 'none' }} />
        <div>
          <Title order={1} fz="1.75rem">
            {t('welcome.title')}
          </Title>
          <Text size="lg" c="dimmed" mt={4}>
            {t('welcome.text')}
          </Text>
        </div>
      </Group>
      <Group gap="lg" align="stretch">
        <div className={styles['choice']}>
          <IconAt size={28} stroke={1.5} aria-hidden color="var(--mantine-color-anchor)" />
          <Title order={2}>{t('welcome.mailbox')}</Title>
          <Text c="dimmed" style={{ flex: 1 }}>
            {t('welcome.mailbox.text')}
          </Text>
          <LinkButton to="/mailboxes" search={{ edit: 'new' }} mt="sm">
            {t('welcome.mailbox')}
          </LinkButton>
        </div>
        {workspace?.practice !== true && (
          <div className={styles['choice']}>
            <IconSchool size={28} stroke={1.5} aria-hidden color="var(--mantine-color-anchor)" />
            <Title order={2}>{t('welcome.practice')}</Title>
            <Text c="dimmed" style={{ flex: 1 }}>
              {t('welcome.practice.text')}
            </Text>
            <Button variant="default" mt="sm" loading={practice.isPending} onClick={() => practice.mutate({})}>
              {t('welcome.practice')}
            </Button>
          </div>
        )}
      </Group>
      <section className={styles['panel']}>
        <Title order={2} mb="sm">
          {t('welcome.how')}
        </Title>
        {steps && <StepList steps={steps} />}
      </section>
      <Group justify="flex-end">
        <Button variant="subtle" loading={skip.isPending} onClick={() => skip.mutate({ firstRunDone: true })}>
          {t('welcome.skip')}
        </Button>
      </Group>
    </div>
  );
}
