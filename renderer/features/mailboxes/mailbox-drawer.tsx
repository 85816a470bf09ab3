import { Alert, Anchor, Button, Drawer, Fieldset, Group, NumberInput, PasswordInput, Select, SimpleGrid, Stack, Switch, Tabs, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAlertTriangle, IconInfoCircle, IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import type { Mailbox } from '../../../shared/schemas/mailbox.ts';
import { CalendarEditor } from '../../components/calendar-editor.tsx';
import { ErrorAlert, TroubleAlert } from '../../components/error-alert.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import { describeError, type Trouble } from '../../lib/errors.ts';
import { showFieldErrors } from '../../lib/forms.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import { checkValues, newValues, tabOf, toInput, valuesOf, withPreset, type FormTab, type MailboxFormApi, type MailboxValues } from './model.ts';
import { providerById, providerOfDomain, providers } from '../../../shared/providers.ts';
import { ServerFields } from './server-fields.tsx';
import { TestResult } from './test-result.tsx';

/** Adds or edits a mailbox. */
export function MailboxDrawer({ mailbox, opened, onClose }: { mailbox: Mailbox | null; opened: boolean; onClose: () => void }) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={640}
      title={mailbox ? t('mailboxes.form.edit', { name: mailbox.name }) : t('mailboxes.form.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <MailboxForm key={mailbox?.id ?? 'new'} mailbox={mailbox} onDone={onClose} />
    </Drawer>
  );
}

function MailboxForm({ mailbox, onDone }: { mailbox: Mailbox | null; onDone: () => void }) {
  const queryClient = useQueryClient();
  const [tab, setTab] = useState<FormTab>('account');
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const stored = mailbox?.smtp.hasPassword ?? false;
  const form = useForm<MailboxValues>({
    initialValues: mailbox ? valuesOf(mailbox) : newValues(Intl.DateTimeFormat().resolvedOptions().timeZone),
    validate: (values) => checkValues(values, stored),
  });
  const preset = providerById(form.values.provider);

  const showErrors = (errors: Record<string, unknown>) => {
    const first = Object.keys(errors)[0];
    if (first !== undefined) setTab(tabOf(first));
  };
  const test = useMutation(api.mailboxes.testSettings.mutationOptions({ meta: { ownError: true } }));
  const create = useMutation(api.mailboxes.create.mutationOptions({ meta: { ownError: true } }));
  const update = useMutation(api.mailboxes.update.mutationOptions({ meta: { ownError: true } }));

  const runTest = () => {
    const { hasErrors, errors } = form.validate();
    if (hasErrors) return showErrors(errors);
    const { address, smtp, imap } = toInput(form.values);
    test.mutate({ address, smtp, imap, ...(mailbox ? { id: mailbox.id } : {}) });
  };
  const save = async (values: MailboxValues) => {
    setTrouble(null);
    try {
      if (mailbox) await update.mutateAsync({ id: mailbox.id, ...toInput(values) });
      else await create.mutateAsync(toInput(values));
      await refresh(queryClient, api.mailboxes.key(), api.workspace.key());
      notifyDone(t('mailboxes.saved'));
      onDone();
    } catch (error) {
      showErrors(describeError(error).fields);
      setTrouble(showFieldErrors(form, error));
    }
  };
  const chooseProvider = (id: string | null) => {
    if (id) form.setValues(withPreset(form.values, id));
  };
  const guessProvider = () => {
    const guess = providerOfDomain(form.values.address.slice(form.values.address.lastIndexOf('@') + 1));
    if (guess && form.values.smtp.host === '') chooseProvider(guess.id);
  };
  const mark = (name: FormTab) =>
    Object.keys(form.errors).some((path) => tabOf(path) === name) ? <IconAlertTriangle size={14} color="var(--homing-bad)" aria-label={t('mailboxes.tab.hasErrors')} /> : null;

  return (
    <form onSubmit={form.onSubmit((values) => void save(values), showErrors)} noValidate>
      <Stack gap="lg">
        <Tabs value={tab} onChange={(next) => next && setTab(next as FormTab)} keepMounted>
          <Tabs.List mb="lg">
            {(['account', 'limits', 'hours', 'sender'] as const).map((name) => (
              <Tabs.Tab key={name} value={name} rightSection={mark(name)}>
                {t(`mailboxes.tab.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="account">
            <Stack gap="md">
              <SimpleGrid cols={2} spacing="sm">
                <TextInput data-autofocus label={t('mailboxes.address')} required type="email" autoComplete="off" {...form.getInputProps('address')} onBlur={guessProvider} />
                <TextInput label={t('mailboxes.fromName')} description={undefined} placeholder={t('mailboxes.fromName.hint')} {...form.getInputProps('fromName')} />
                <Select
                  label={t('mailboxes.provider')}
                  data={[...providers.map(({ id, name }) => ({ value: id, label: name })), { value: 'custom', label: t('mailboxes.provider.custom') }]}
                  value={form.values.provider}
                  onChange={chooseProvider}
                  allowDeselect={false}
                  searchable
                />
                <PasswordInput
                  label={t('mailboxes.password')}
                  placeholder={stored ? t('mailboxes.password.stored') : t('mailboxes.password.hint')}
                  autoComplete="new-password"
                  {...form.getInputProps('smtp.password')}
                />
              </SimpleGrid>
              {preset && (
                <Alert variant="light" color="amber" icon={<IconInfoCircle size={18} />}>
                  {preset.hint}{' '}
                  <Anchor href={preset.help} target="_blank" rel="noreferrer" size="sm">
                    {t('mailboxes.provider.help')}
                  </Anchor>
                </Alert>
              )}
              <Fieldset legend={t('mailboxes.smtp')}>
                <Stack gap="sm">
                  <ServerFields form={form} side="smtp" withLogin={false} passwordStored={stored} />
                  <TextInput label={t('mailboxes.user')} placeholder={t('mailboxes.user.hint')} autoComplete="off" spellCheck={false} {...form.getInputProps('smtp.user')} />
                </Stack>
              </Fieldset>
              <Fieldset legend={t('mailboxes.imap')}>
                <Stack gap="sm">
                  <Switch
                    label={t('mailboxes.imap.on')}
                    description={form.values.imapOn ? undefined : t('mailboxes.imap.off')}
                    {...form.getInputProps('imapOn', { type: 'checkbox' })}
                  />
                  {form.values.imapOn && (
                    <>
                      <Switch label={t('mailboxes.sameLogin')} {...form.getInputProps('sameLogin', { type: 'checkbox' })} />
                      <ServerFields form={form} side="imap" withLogin={!form.values.sameLogin} passwordStored={mailbox?.imap?.hasPassword ?? false} />
                    </>
                  )}
                </Stack>
              </Fieldset>
              <TextInput label={t('mailboxes.name')} description={t('mailboxes.name.hint')} {...form.getInputProps('name')} />
            </Stack>
          </Tabs.Panel>
          <Tabs.Panel value="limits">
            <LimitFields form={form} providerNote={preset?.perDay ? t('mailboxes.limits.provider', { name: preset.name, count: preset.perDay }) : null} />
          </Tabs.Panel>
          <Tabs.Panel value="hours">
            <CalendarEditor
              value={form.values.calendar}
              onChange={(calendar) => form.setFieldValue('calendar', calendar)}
              zoneHint={t('mailboxes.hours.zoneHint')}
              error={calendarError(form.errors)}
            />
          </Tabs.Panel>
          <Tabs.Panel value="sender">
            <Stack gap="md">
              <TextInput
                label={t('mailboxes.replyTo')}
                description={form.values.replyTo ? t('mailboxes.replyTo.warning') : t('mailboxes.replyTo.hint')}
                type="email"
                {...form.getInputProps('replyTo')}
              />
              <Textarea
                label={t('mailboxes.signature')}
                description={t('mailboxes.signature.hint', { tag: '{{ sender.signature }}' })}
                autosize
                minRows={5}
                maxRows={16}
                {...form.getInputProps('signatureHtml')}
                styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
              />
            </Stack>
          </Tabs.Panel>
        </Tabs>
        {test.isPending && <Text c="dimmed">{t('mailboxes.form.testing')}</Text>}
        {test.error && <ErrorAlert error={test.error} />}
        {test.data && <TestResult result={test.data} />}
        {trouble && <TroubleAlert trouble={trouble} />}
        <Group
          justify="space-between"
          style={{ position: 'sticky', bottom: 0, background: 'var(--mantine-color-body)', padding: '12px 0', borderTop: '1px solid var(--homing-line)' }}
        >
          <Button variant="default" leftSection={<IconPlugConnected size={16} />} loading={test.isPending} onClick={runTest}>
            {t('mailboxes.form.test')}
          </Button>
          <Group gap="sm">
            <Button variant="subtle" onClick={onDone}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {t('mailboxes.form.save')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

function calendarError(errors: Record<string, unknown>): string | undefined {
  const found = Object.entries(errors).find(([path]) => path.startsWith('calendar'))?.[1];
  return typeof found === 'string' ? found : undefined;
}

function LimitFields({ form, providerNote }: { form: MailboxFormApi; providerNote: string | null }) {
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('mailboxes.limits.hint')} {providerNote}
      </Text>
      <SimpleGrid cols={2} spacing="md">
        <NumberInput label={t('mailboxes.limits.perDay')} min={1} max={100_000} allowDecimal={false} {...form.getInputProps('limits.perDay')} />
        <NumberInput label={t('mailboxes.limits.perHour')} min={1} max={100_000} allowDecimal={false} {...form.getInputProps('limits.perHour')} />
        <NumberInput
          label={t('mailboxes.limits.per24')}
          placeholder={t('mailboxes.limits.per24.hint')}
          min={1}
          max={100_000}
          allowDecimal={false}
          {...form.getInputProps('limits.per24Hours')}
        />
        <NumberInput label={t('mailboxes.limits.connections')} min={1} max={20} allowDecimal={false} {...form.getInputProps('limits.connections')} />
        <NumberInput label={t('mailboxes.limits.minGap')} min={0} max={86_400} {...form.getInputProps('limits.minGapSeconds')} />
        <NumberInput label={t('mailboxes.limits.maxGap')} min={0} max={86_400} {...form.getInputProps('limits.maxGapSeconds')} />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {t('mailboxes.limits.gap.hint')}
      </Text>
    </Stack>
  );
}
