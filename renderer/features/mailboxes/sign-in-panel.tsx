import { Alert, Anchor, Button, Code, CopyButton, Group, Loader, Paper, PasswordInput, Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { IconCircleCheck, IconExternalLink } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Mailbox, OAuthSettings } from '../../../shared/schemas/mailbox.ts';
import type { SignIn } from '../../../shared/schemas/sign-in.ts';
import { ErrorAlert } from '../../components/error-alert.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { EndpointFields, noEndpoints, type EndpointValues } from './endpoint-fields.tsx';

type SignInProvider = 'google' | 'microsoft' | 'custom';

interface SignInPanelProps {
  readonly provider: SignInProvider;
  readonly address: string;
  /** The stored mailbox, null for one that is being added. */
  readonly mailbox: Mailbox | null;
  /** A sign-in ended well, and a new mailbox is stored with it; null = it was given up. */
  readonly onDone: (signInId: string | null) => void;
}

const askEveryMs = 1500;

/** Signs a mailbox in at its provider, with a client id of the user's own. */
export function SignInPanel({ provider, address, mailbox, onDone }: SignInPanelProps) {
  const { data: known } = useQuery(api.mailboxes.list.queryOptions({ input: { limit: 500, sort: 'name' } }));
  const earlier = known?.items.find((each) => each.oauth?.provider === provider)?.oauth;
  const [clientId, setClientId] = useState<string | null>(null);
  const [clientSecret, setClientSecret] = useState('');
  const [tenant, setTenant] = useState<string | null>(null);
  const [flow, setFlow] = useState<'browser' | 'code'>('browser');
  const [opened, setOpened] = useState<SignIn | null>(null);
  const [typedEndpoints, setEndpoints] = useState<EndpointValues | null>(null);
  const endpoints = typedEndpoints ?? endpointsOf(earlier);
  const name = t(`mailboxes.signIn.${provider}`);

  const start = useMutation(
    api.mailboxes.startSignIn.mutationOptions({
      meta: { ownError: true },
      onSuccess(begun) {
        setOpened(begun);
        window.open(begun.url, '_blank', 'noreferrer');
      },
    }),
  );
  const closed = (id: string) => setOpened((before) => (before?.id === id ? null : before));
  const cancel = useMutation(
    api.mailboxes.cancelSignIn.mutationOptions({ meta: { ownError: true }, onSuccess: (_gone, { id: ended }) => closed(ended), onError: (_error, { id: ended }) => closed(ended) }),
  );
  const waiting = opened?.state === 'waiting';
  const progress = useQuery({
    ...api.mailboxes.getSignIn.queryOptions({ input: { id: opened?.id ?? '' } }),
    enabled: waiting,
    refetchInterval: askEveryMs,
    staleTime: 0,
    gcTime: 0,
  });
  const latest = progress.data;
  useEffect(() => {
    if (!latest || latest.state === 'waiting') return;
    setOpened((before) => (before?.id === latest.id ? latest : before));
    if (latest.state === 'done') onDone(latest.id);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the end of a sign-in is told once
  }, [latest?.state, latest?.id]);

  const { mutate: giveUp } = cancel;
  const openedId = opened?.id;
  // Whoever leaves has given up what was not saved; a sign-in that a mailbox took is gone by then.
  useEffect(() => {
    if (openedId === undefined) return;
    return () => {
      giveUp({ id: openedId });
      if (mailbox === null) onDone(null);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each sign-in
  }, [openedId]);

  const offersCode = provider === 'microsoft' || (provider === 'custom' && endpoints.device.trim() !== '');
  const incomplete = provider === 'custom' && [endpoints.authorization, endpoints.token, endpoints.scope].some((each) => each.trim() === '');
  const id = (clientId ?? earlier?.clientId ?? '').trim();
  const begin = () =>
    start.mutate({
      ...{ provider, clientId: id, clientSecret: clientSecret.trim(), account: address.trim(), flow: offersCode ? flow : 'browser' },
      tenant: (tenant ?? earlier?.tenant ?? '').trim() || 'common',
      ...(provider === 'custom' ? { endpoints: { ...endpoints, device: endpoints.device.trim() || null, revocation: endpoints.revocation.trim() || null } } : {}),
      ...(mailbox ? { mailboxId: mailbox.id } : {}),
    });

  if (opened?.state === 'done') {
    return (
      <Alert variant="light" color="pine" icon={<IconCircleCheck size={18} />} role="status">
        {t(mailbox ? 'mailboxes.signIn.done' : 'mailboxes.signIn.doneNew', { account: opened.account })}
      </Alert>
    );
  }
  if (waiting) return <Waiting opened={opened} name={name} onCancel={() => cancel.mutate({ id: opened.id })} />;
  return (
    <Paper p="md" bg="var(--homing-surface-2)">
      <Stack gap="sm">
        <Text size="sm">
          {provider === 'custom' ? t('mailboxes.signIn.explainOwn') : t('mailboxes.signIn.explain', { name })}{' '}
          {provider !== 'custom' && (
            <Anchor href={helpPages[provider]} underline="always" target="_blank" rel="noreferrer" size="sm">
              {t('mailboxes.signIn.help')}
            </Anchor>
          )}
        </Text>
        {provider === 'custom' && <EndpointFields values={endpoints} onChange={setEndpoints} />}
        <SimpleGrid cols={2} spacing="sm">
          <TextInput
            label={t('mailboxes.signIn.clientId')}
            value={clientId ?? earlier?.clientId ?? ''}
            onChange={(event) => setClientId(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          {provider !== 'microsoft' ? (
            <PasswordInput
              label={t('mailboxes.signIn.clientSecret')}
              value={clientSecret}
              onChange={(event) => setClientSecret(event.currentTarget.value)}
              autoComplete="new-password"
            />
          ) : (
            <TextInput
              label={t('mailboxes.signIn.tenant')}
              placeholder="common"
              value={tenant ?? earlier?.tenant ?? ''}
              onChange={(event) => setTenant(event.currentTarget.value)}
              spellCheck={false}
            />
          )}
        </SimpleGrid>
        {offersCode && (
          <Radio.Group value={flow} onChange={(value) => setFlow(value === 'code' ? 'code' : 'browser')} aria-label={t('mailboxes.signIn.flow')}>
            <Group gap="lg">
              <Radio value="browser" label={t('mailboxes.signIn.flow.browser')} />
              <Radio value="code" label={t('mailboxes.signIn.flow.code')} />
            </Group>
          </Radio.Group>
        )}
        {opened?.state === 'failed' && opened.message && (
          <Alert variant="light" color="red" role="alert">
            {opened.message}
          </Alert>
        )}
        {start.error && <ErrorAlert error={start.error} />}
        <Group>
          <Button leftSection={<IconExternalLink size={16} />} disabled={id === '' || incomplete || !/^\S+@\S+$/.test(address.trim())} loading={start.isPending} onClick={begin}>
            {t('mailboxes.signIn.start', { name })}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function endpointsOf(earlier: OAuthSettings | null | undefined): EndpointValues {
  const known = earlier?.endpoints;
  return known ? { ...known, device: known.device ?? '', revocation: known.revocation ?? '' } : noEndpoints;
}

const helpPages = {
  google: 'https://developers.google.com/identity/protocols/oauth2/native-app',
  microsoft: 'https://learn.microsoft.com/entra/identity-platform/quickstart-register-app',
} as const;

function Waiting({ opened, name, onCancel }: { opened: SignIn; name: string; onCancel: () => void }) {
  return (
    <Paper p="md" bg="var(--homing-surface-2)" role="status">
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap">
          <Loader size="xs" />
          <Text size="sm">{t('mailboxes.signIn.waiting', { name })}</Text>
        </Group>
        {opened.userCode && (
          <Group gap="sm">
            <Text size="sm">{t('mailboxes.signIn.code')}</Text>
            <Code fz="lg" fw={620} px="sm">
              {opened.userCode}
            </Code>
            <CopyButton value={opened.userCode}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="subtle" onClick={copy}>
                  {copied ? t('common.copied') : t('common.copy')}
                </Button>
              )}
            </CopyButton>
          </Group>
        )}
        <Group gap="md">
          <Anchor href={opened.url} target="_blank" rel="noreferrer" size="sm">
            {t('mailboxes.signIn.open')}
          </Anchor>
          <Button size="compact-sm" variant="subtle" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
