import { Anchor, Button, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Provider } from '../../../shared/schemas/assist.ts';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { useAssistRefresh, useLook, usePullActions, usePulls } from './api.ts';
import { PullLine } from './pull-line.tsx';

const ollamaHere = 'http://127.0.0.1:11434';

/** The way to a first model on this computer; gone when a host is ready, or when only others are used. */
export function Guide({ providers }: { providers: readonly Provider[] }) {
  const here = providers.find(({ kind, local }) => kind === 'ollama' && local);
  if (here === undefined) return providers.length === 0 ? <Start /> : null;
  return here.enabled ? <Progress provider={here} /> : null;
}

function Start() {
  const done = useAssistRefresh();
  const create = useMutation(api.assist.createProvider.mutationOptions({ onSettled: done }));
  const connect = () => create.mutate({ name: t('assist.guide.thisComputer'), url: ollamaHere });
  return (
    <Frame>
      <Step number={1} done={false}>
        <Text>{t('assist.guide.install')}</Text>
        <GetOllama />
      </Step>
      <Step number={2} done={false}>
        <Text mb="sm">{t('assist.guide.connect')}</Text>
        <Button loading={create.isPending} onClick={connect}>
          {t('assist.guide.connectNow')}
        </Button>
      </Step>
      <PullStep provider={null} />
    </Frame>
  );
}

function Progress({ provider }: { provider: Provider }) {
  const look = useLook(provider);
  const { state } = look.provider.health;
  if (look.looking || state === 'ready' || state === 'login' || state === 'locked') return null;
  const answers = state === 'no_model';
  return (
    <Frame>
      <Step number={1} done={answers}>
        {answers ? (
          <Text>{t('assist.guide.installed')}</Text>
        ) : (
          <>
            <Text>{t('assist.guide.install')}</Text>
            <Text size="sm" c="var(--homing-warn)" role="status">
              {t('assist.guide.notYet')}
            </Text>
            <GetOllama />
          </>
        )}
      </Step>
      <Step number={2} done>
        <Text>{t('assist.guide.connected')}</Text>
      </Step>
      <PullStep provider={answers ? provider : null} />
    </Frame>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <Paper p="lg" component="section" aria-labelledby="assist-guide">
      <Title order={2} id="assist-guide">
        {t('assist.guide')}
      </Title>
      <Text c="dimmed" mb="lg">
        {t('assist.guide.text')}
      </Text>
      <Stack gap="lg" component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
        {children}
      </Stack>
      <Text size="sm" c="dimmed" mt="lg">
        {t('assist.guide.other')}
      </Text>
    </Paper>
  );
}

function Step({ number, done, children }: { number: number; done: boolean; children: ReactNode }) {
  return (
    <li style={{ display: 'flex', gap: 12 }}>
      <ThemeIcon radius="xl" size={26} variant={done ? 'filled' : 'light'} style={{ flex: 'none' }}>
        {done ? <IconCheck size={15} aria-hidden /> : <span aria-hidden>{number}</span>}
        <span className="h-visually-hidden">{done ? `${t('assist.guide.step', { step: number })}: ${t('assist.guide.done')}` : t('assist.guide.step', { step: number })}</span>
      </ThemeIcon>
      <div style={{ minWidth: 0, flex: 1, paddingTop: 2 }}>{children}</div>
    </li>
  );
}

function GetOllama() {
  return (
    <Anchor href="https://ollama.com/download" target="_blank" rel="noreferrer" underline="always" size="sm" fw={600}>
      {t('assist.guide.download')}
    </Anchor>
  );
}

/** `provider` = the one that can download now. */
function PullStep({ provider }: { provider: Provider | null }) {
  const { data } = useQuery(api.assist.recommendation.queryOptions({ input: {} }));
  if (data === undefined) return null;
  const { best, memoryGigabytes: memory } = data;
  return (
    <Step number={3} done={false}>
      {best === null ? (
        <Text>{t('assist.guide.tooSmall', { memory })}</Text>
      ) : (
        <>
          <Text mb="sm">{t('assist.guide.pull', { label: best.label, memory, note: best.note })}</Text>
          {provider === null ? (
            <Button disabled>{t('assist.guide.pullNow', { name: best.name, size: best.gigabytes })}</Button>
          ) : (
            <PullButton provider={provider} name={best.name} size={best.gigabytes} />
          )}
        </>
      )}
    </Step>
  );
}

function PullButton({ provider, name, size }: { provider: Provider; name: string; size: number }) {
  const { start } = usePullActions();
  const pulls = usePulls(provider.id);
  const running = pulls.find(({ state }) => state === 'running');
  const latest = pulls[0];
  if (running !== undefined) return <PullLine pull={running} />;
  return (
    <Stack gap="sm" align="flex-start">
      {latest?.state === 'failed' && <PullLine pull={latest} />}
      <Group>
        <Button loading={start.isPending} onClick={() => start.mutate({ id: provider.id, model: name })}>
          {t('assist.guide.pullNow', { name, size })}
        </Button>
      </Group>
    </Stack>
  );
}
