import {
  Anchor,
  Button,
  Code,
  CopyButton,
  Group,
  Paper,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
  Title,
  useMantineColorScheme,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { settingsPatchSchema, type Settings, type SettingsPatch, type Workspace } from '../../../shared/schemas/settings.ts';
import { LinkButton } from '../../components/links.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { QueryState } from '../../components/states.tsx';
import { WherePermitted } from '../../components/where-permitted.tsx';
import { api, getTransport } from '../../lib/client.ts';
import { useWorkspace } from '../../lib/clock.ts';
import { useRefusal } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';
import { RetryChoices } from './retry-policy.tsx';
import { Secrets } from './secrets.tsx';
import { Team } from './team.tsx';

/** Everything of the workspace that a person may choose. Each change is stored at once. */
export function SettingsScreen() {
  const settings = useQuery(api.settings.get.queryOptions({ input: {} }));
  const workspace = useWorkspace();
  const refusal = useRefusal('settings', 'update');
  return (
    <Page maxWidth={980}>
      <PageHeader title={t('nav.settings')} description={t('settings.description')} />
      <QueryState query={settings}>
        {(values) => (
          <Stack gap="lg" pb="xl">
            <WherePermitted refusal={refusal} label={t('nav.settings')}>
              <Choices settings={values} />
            </WherePermitted>
            <Section title={t('team.title')}>
              <Team />
            </Section>
            <QueryState query={workspace}>{(data) => <OfWorkspace workspace={data} />}</QueryState>
          </Stack>
        )}
      </QueryState>
    </Page>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper p="lg" component="section" aria-label={title}>
      <Title order={2} mb="md">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

function Choices({ settings }: { settings: Settings }) {
  const queryClient = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const update = useMutation(
    api.settings.update.mutationOptions({
      onSuccess: (next) => {
        queryClient.setQueryData(api.settings.get.queryKey({ input: {} }), next);
        notifyDone(t('settings.saved'));
      },
    }),
  );
  const save = (patch: SettingsPatch) => update.mutate(patch);
  return (
    <>
      <Section title={t('settings.look')}>
        <SegmentedControl
          size="sm"
          aria-label={t('settings.theme')}
          data={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`settings.theme.${value}`) }))}
          value={settings.theme}
          onChange={(value) => {
            const theme = value as Settings['theme'];
            setColorScheme(theme === 'system' ? 'auto' : theme);
            save({ theme });
          }}
        />
      </Section>
      <Section title={t('settings.mail')}>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <StoredText
            label={t('settings.postal')}
            hint={t('settings.postal.hint', { tag: '{{ sender.postal_address }}' })}
            value={settings.postalAddress}
            onSave={(postalAddress) => save({ postalAddress })}
            multiline
          />
          <StoredText
            label={t('settings.optOut')}
            hint={t('settings.optOut.hint')}
            placeholder={t('settings.optOut.placeholder')}
            value={settings.optOutLine}
            onSave={(optOutLine) => save({ optOutLine })}
          />
          <StoredText
            label={t('settings.dnsServers')}
            hint={t('settings.dnsServers.hint')}
            placeholder={t('settings.dnsServers.placeholder')}
            value={settings.dnsServers.join(', ')}
            check={(text) => (settingsPatchSchema.safeParse({ dnsServers: serversOf(text) }).success ? null : t('settings.dnsServers.error'))}
            onSave={(text) => save({ dnsServers: serversOf(text) })}
          />
          <StoredText
            label={t('settings.attachmentsFolder')}
            hint={t('settings.attachmentsFolder.hint')}
            placeholder={t('settings.attachmentsFolder.placeholder')}
            value={settings.attachmentsFolder}
            maxLength={1000}
            check={(text) => (text.trim() === '' || /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(text.trim()) ? null : t('settings.attachmentsFolder.error'))}
            onSave={(text) => save({ attachmentsFolder: text.trim() })}
          />
          <StoredText
            label={t('settings.unsubscribeUrl')}
            hint={t('settings.unsubscribeUrl.hint')}
            placeholder="https://mail.example.com"
            value={settings.unsubscribeUrl}
            check={(text) => (text.trim() === '' || /^https:\/\/[^\s/?#@]+\.[^\s?#]+$/.test(text.trim()) ? null : t('settings.unsubscribeUrl.error'))}
            onSave={(text) => save({ unsubscribeUrl: text.trim() })}
          />
        </SimpleGrid>
      </Section>
      <Section title={t('settings.retry')}>
        <RetryChoices policy={settings.retry} onSave={(retry) => save({ retry })} />
      </Section>
      <Section title={t('settings.models')}>
        <Text mb="md">{t('settings.models.text')}</Text>
        <LinkButton to="/settings/models" variant="default">
          {t('settings.models.open')}
        </LinkButton>
      </Section>
      <Section title={t('settings.reports')}>
        <Switch
          label={t('settings.csvBom')}
          description={t('settings.csvBom.hint')}
          checked={settings.csvBom}
          onChange={(event) => save({ csvBom: event.currentTarget.checked })}
        />
      </Section>
    </>
  );
}

function serversOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((server) => server !== '');
}

/** A text that is stored when it is left, or with its button. */
function StoredText({
  label,
  hint,
  value,
  onSave,
  multiline = false,
  placeholder,
  maxLength = 500,
  check,
}: {
  label: string;
  hint: string;
  value: string;
  onSave: (value: string) => void;
  multiline?: boolean;
  placeholder?: string;
  maxLength?: number;
  /** Why a text cannot be stored; null = it can. */
  check?: (value: string) => string | null;
}) {
  const [text, setText] = useState(value);
  const changed = text !== value;
  const error = changed ? (check?.(text) ?? null) : null;
  const props = { label, description: hint, value: text, maxLength, error, ...(placeholder === undefined ? {} : { placeholder }) };
  return (
    <Stack gap="sm" align="flex-start">
      {multiline ? (
        <Textarea {...props} autosize minRows={2} w="100%" onChange={(event) => setText(event.currentTarget.value)} />
      ) : (
        <TextInput {...props} w="100%" onChange={(event) => setText(event.currentTarget.value)} />
      )}
      {changed && (
        <Group gap="sm">
          <Button size="xs" disabled={error !== null} onClick={() => onSave(text)}>
            {t('common.save')}
          </Button>
          <Button size="xs" variant="subtle" onClick={() => setText(value)}>
            {t('common.cancel')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function OfWorkspace({ workspace }: { workspace: Workspace }) {
  const practice = useMutation(
    api.workspace.openPractice.mutationOptions({
      onSuccess: ({ url }) => {
        if (url === null) notifyDone(t('settings.practice.opened'));
        else window.location.assign(url);
      },
    }),
  );
  const headless = getTransport().kind !== 'electron';
  return (
    <>
      <Section title={t('settings.secrets')}>
        <Secrets workspace={workspace} />
      </Section>
      {!workspace.practice && (
        <Section title={t('settings.practice')}>
          <Text mb="md">{t('settings.practice.text')}</Text>
          <Button variant="default" loading={practice.isPending} onClick={() => practice.mutate({})}>
            {t('settings.practice.open')}
          </Button>
        </Section>
      )}
      <Section title={t('settings.data')}>
        <Stack gap="sm">
          <Copyable label={t('settings.dataDir')} value={workspace.dataDir} />
          <Text size="sm" c="dimmed">
            {t('settings.dataDir.hint')}
          </Text>
          <Copyable label={t('settings.instance')} value={workspace.instanceId} />
        </Stack>
      </Section>
      <Section title={t('settings.api')}>
        <Text>{t('settings.api.text')}</Text>
        {headless ? (
          <Anchor href="/docs" target="_blank" rel="noreferrer" mt="sm" display="inline-block">
            {t('settings.api.docs')}
          </Anchor>
        ) : (
          <Text size="sm" c="dimmed" mt="sm">
            {t('settings.api.headless')}
          </Text>
        )}
      </Section>
      <Section title={t('settings.about')}>
        <Text>{t('settings.about.text', { version: workspace.version })}</Text>
      </Section>
    </>
  );
}

function Copyable({ label, value }: { label: string; value: string }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <Text size="sm" fw={560} w={130} style={{ flex: 'none' }}>
        {label}
      </Text>
      <Code className="h-ellipsis" title={value} style={{ flex: '0 1 auto' }}>
        {value}
      </Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="subtle" onClick={copy}>
            {copied ? t('common.copied') : t('common.copy')}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
