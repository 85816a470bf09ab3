import { Alert, Anchor, Button, Fieldset, Group, Loader, PasswordInput, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconInfoCircle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { providerById, providers } from '../../../shared/providers.ts';
import type { ServerCandidate } from '../../../shared/schemas/discovery.ts';
import type { Mailbox } from '../../../shared/schemas/mailbox.ts';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import { withCandidate, withPreset, type MailboxFormApi } from './model.ts';
import { ServerFields } from './server-fields.tsx';
import { SignInPanel } from './sign-in-panel.tsx';

/** Address, login and servers. For a new mailbox the address finds its servers. */
export function AccountFields({ form, mailbox }: { form: MailboxFormApi; mailbox: Mailbox | null }) {
  const { values } = form;
  const stored = mailbox?.smtp.hasPassword ?? false;
  const preset = providerById(values.provider);
  const signIn = preset?.signIn ?? (values.provider === 'custom' ? 'custom' : null);
  // A query, so that leaving or another address ends the search.
  const [asked, setAsked] = useState<string | null>(null);
  const discover = useQuery({
    ...api.mailboxes.discover.queryOptions({ input: { address: asked ?? '' } }),
    enabled: asked !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const [best] = discover.data?.candidates ?? [];
  useEffect(() => {
    // What a person wrote meanwhile stands.
    const now = form.getValues();
    if (best && now.smtp.host === '' && now.address.trim() === asked) form.setValues(withCandidate(now, best));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each answer
  }, [best]);
  const lookUp = () => {
    const address = values.address.trim();
    if (mailbox === null && values.smtp.host === '' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) setAsked(address);
  };
  return (
    <Stack gap="md">
      <SimpleGrid cols={2} spacing="sm">
        <TextInput data-autofocus label={t('mailboxes.address')} required type="email" autoComplete="off" {...form.getInputProps('address')} onBlur={lookUp} />
        <TextInput label={t('mailboxes.fromName')} placeholder={t('mailboxes.fromName.hint')} {...form.getInputProps('fromName')} />
      </SimpleGrid>
      <Found discover={discover} chosenHost={values.smtp.host} onChoose={(candidate) => form.setValues(withCandidate(form.getValues(), candidate))} />
      <SimpleGrid cols={2} spacing="sm">
        <Select
          label={t('mailboxes.provider')}
          data={[...providers.map(({ id, name }) => ({ value: id, label: name })), { value: 'custom', label: t('mailboxes.provider.custom') }]}
          value={values.provider}
          onChange={(id) => id && form.setValues(withPreset(values, id))}
          allowDeselect={false}
          searchable
        />
        {values.login === 'password' && (
          <PasswordInput
            label={t(preset?.password === 'app' ? 'mailboxes.appPassword' : 'mailboxes.password')}
            placeholder={stored ? t('mailboxes.password.stored') : t('mailboxes.password.hint')}
            autoComplete="new-password"
            {...form.getInputProps('smtp.password')}
          />
        )}
      </SimpleGrid>
      {signIn && (
        <SegmentedControl
          aria-label={t('mailboxes.login')}
          data={[
            { value: 'password', label: t(preset?.password === 'app' ? 'mailboxes.appPassword' : 'mailboxes.password') },
            { value: 'oauth2', label: t('mailboxes.signIn.start', { name: t(`mailboxes.signIn.${signIn}`) }) },
          ]}
          value={values.login}
          onChange={(login) => form.setFieldValue('login', login === 'oauth2' ? 'oauth2' : 'password')}
        />
      )}
      {preset && values.login === 'password' && (
        <Alert variant="light" color="amber" icon={<IconInfoCircle size={18} />}>
          {preset.hint}
          <Group gap="md" mt={4}>
            {preset.passwordPage && (
              <Anchor href={preset.passwordPage} underline="always" target="_blank" rel="noreferrer" size="sm" fw={600}>
                {t('mailboxes.appPassword.make')}
              </Anchor>
            )}
            <Anchor href={preset.help} underline="always" target="_blank" rel="noreferrer" size="sm">
              {t('mailboxes.provider.help')}
            </Anchor>
          </Group>
        </Alert>
      )}
      {values.login === 'oauth2' && mailbox?.oauth && <SignedIn mailbox={mailbox} onSignedOut={() => form.setFieldValue('login', 'password')} />}
      {values.login === 'oauth2' && signIn && (
        <div>
          <SignInPanel
            key={signIn}
            provider={signIn}
            address={values.address}
            mailbox={mailbox}
            onDone={(id) => {
              if (mailbox === null) form.setFieldValue('signIn', id ?? '');
            }}
          />
          {form.errors['signIn'] && (
            <Text size="xs" mt={4} c="var(--homing-bad)" role="alert">
              {form.errors['signIn']}
            </Text>
          )}
        </div>
      )}
      <Fieldset legend={t('mailboxes.smtp')}>
        <Stack gap="sm">
          <ServerFields form={form} side="smtp" withLogin={false} passwordStored={stored} />
          <TextInput label={t('mailboxes.user')} placeholder={t('mailboxes.user.hint')} autoComplete="off" spellCheck={false} {...form.getInputProps('smtp.user')} />
        </Stack>
      </Fieldset>
      <Fieldset legend={t('mailboxes.imap')}>
        <Stack gap="sm">
          <Switch label={t('mailboxes.imap.on')} description={values.imapOn ? undefined : t('mailboxes.imap.off')} {...form.getInputProps('imapOn', { type: 'checkbox' })} />
          {values.imapOn && (
            <>
              {values.login === 'password' && <Switch label={t('mailboxes.sameLogin')} {...form.getInputProps('sameLogin', { type: 'checkbox' })} />}
              <ServerFields form={form} side="imap" withLogin={values.login === 'password' && !values.sameLogin} passwordStored={mailbox?.imap?.hasPassword ?? false} />
            </>
          )}
        </Stack>
      </Fieldset>
      <TextInput label={t('mailboxes.name')} description={t('mailboxes.name.hint')} {...form.getInputProps('name')} />
    </Stack>
  );
}

interface FoundProps {
  readonly discover: { readonly isFetching: boolean; readonly isError: boolean; readonly data: { readonly candidates: readonly ServerCandidate[] } | undefined };
  readonly chosenHost: string;
  readonly onChoose: (candidate: ServerCandidate) => void;
}

/** Where the servers below come from, and what else was found. */
function Found({ discover, chosenHost, onChoose }: FoundProps) {
  if (discover.isFetching) {
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" />
        <Text size="sm" c="dimmed">
          {t('mailboxes.found.looking')}
        </Text>
      </Group>
    );
  }
  if (!discover.data && !discover.isError) return null;
  const { candidates } = discover.data ?? { candidates: [] };
  const chosen = candidates.find(({ smtp }) => smtp.host === chosenHost);
  const others = candidates.filter((candidate) => candidate !== chosen);
  if (candidates.length === 0) {
    return (
      <Text size="sm" c="var(--homing-warn)" role="status">
        {t('mailboxes.found.nothing')}
      </Text>
    );
  }
  return (
    <Group gap="xs" role="status">
      {chosen && <Text size="sm">{t(`mailboxes.found.${chosen.source}`, { name: chosen.name || chosen.smtp.host, place: chosen.foundAt })}</Text>}
      {others.map((candidate) => (
        <Button key={`${candidate.source} ${candidate.smtp.host}`} size="compact-xs" variant="light" onClick={() => onChoose(candidate)}>
          {t('mailboxes.found.use', { name: candidate.name || candidate.smtp.host, source: candidate.source })}
        </Button>
      ))}
    </Group>
  );
}

function SignedIn({ mailbox, onSignedOut }: { mailbox: Mailbox; onSignedOut: () => void }) {
  const queryClient = useQueryClient();
  const signOut = useMutation(
    api.mailboxes.signOut.mutationOptions({
      async onSuccess() {
        onSignedOut();
        await refresh(queryClient, api.mailboxes.key(), api.workspace.key());
      },
    }),
  );
  return (
    <Group justify="space-between">
      <Text size="sm">{t('mailboxes.signIn.as', { account: mailbox.oauth?.account ?? '' })}</Text>
      <Button size="compact-sm" variant="subtle" loading={signOut.isPending} onClick={() => signOut.mutate({ id: mailbox.id })}>
        {t('mailboxes.signIn.out')}
      </Button>
    </Group>
  );
}
