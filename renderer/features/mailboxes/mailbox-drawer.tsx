import { Button, Drawer, Group, Stack, Tabs, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAlertTriangle, IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import { providerById } from '../../../shared/providers.ts';
import type { Mailbox } from '../../../shared/schemas/mailbox.ts';
import { CalendarEditor } from '../../components/calendar-editor.tsx';
import { ErrorAlert, TroubleAlert } from '../../components/error-alert.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import { describeError, type Trouble } from '../../lib/errors.ts';
import { showFieldErrors } from '../../lib/forms.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import { AbsenceFields } from './absence-fields.tsx';
import { AccountFields } from './account-fields.tsx';
import { LimitFields } from './limit-fields.tsx';
import { checkValues, newValues, tabOf, toInput, valuesOf, type FormTab, type MailboxValues } from './model.ts';
import { SenderFields } from './sender-fields.tsx';
import classes from './mailboxes.module.css';
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
  const form = useForm<MailboxValues>({
    initialValues: mailbox ? valuesOf(mailbox) : newValues(Intl.DateTimeFormat().resolvedOptions().timeZone),
    validate: (values) => checkValues(values, mailbox),
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
    test.mutate({ address, smtp, imap, ...signedIn(form.values), ...(mailbox ? { id: mailbox.id } : {}) });
  };
  const save = async (values: MailboxValues) => {
    setTrouble(null);
    try {
      if (mailbox) await update.mutateAsync({ id: mailbox.id, ...toInput(values) });
      else await create.mutateAsync({ ...toInput(values), ...signedIn(values) });
      await refresh(queryClient, api.mailboxes.key(), api.workspace.key());
      notifyDone(t('mailboxes.saved'));
      onDone();
    } catch (error) {
      showErrors(describeError(error).fields);
      setTrouble(showFieldErrors(form, error, (path) => (path === 'dkimKey' ? 'dkim.key' : path)));
    }
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
            <AccountFields form={form} mailbox={mailbox} />
          </Tabs.Panel>
          <Tabs.Panel value="limits">
            <LimitFields
              form={form}
              providerNote={preset?.perDay ? t('mailboxes.limits.provider', { name: preset.name, count: preset.perDay }) : null}
              rampNow={mailbox?.ramp?.perDay ?? null}
            />
          </Tabs.Panel>
          <Tabs.Panel value="hours">
            <Stack gap="lg">
              <CalendarEditor
                value={form.values.calendar}
                onChange={(calendar) => form.setFieldValue('calendar', calendar)}
                zoneHint={t('mailboxes.hours.zoneHint')}
                error={calendarError(form.errors)}
              />
              <AbsenceFields form={form} />
            </Stack>
          </Tabs.Panel>
          <Tabs.Panel value="sender">
            <SenderFields form={form} mailbox={mailbox} />
          </Tabs.Panel>
        </Tabs>
        {/* What a test found stands where the button is: below the fields nobody would see it. */}
        <Stack gap="sm" className={classes.foot}>
          {(test.isPending || test.error || test.data || trouble) && (
            <div className={classes.outcome}>
              {test.isPending && (
                <Text c="dimmed" role="status">
                  {t('mailboxes.form.testing')}
                </Text>
              )}
              {test.error && <ErrorAlert error={test.error} />}
              {test.data && <TestResult result={test.data} />}
              {trouble && <TroubleAlert trouble={trouble} />}
            </div>
          )}
          <Group justify="space-between">
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
      </Stack>
    </form>
  );
}

/** The finished sign-in, where the login is by one. */
function signedIn({ login, signIn }: MailboxValues) {
  return login === 'oauth2' && signIn !== '' ? { signIn } : {};
}

function calendarError(errors: Record<string, unknown>): string | undefined {
  const found = Object.entries(errors).find(([path]) => path.startsWith('calendar'))?.[1];
  return typeof found === 'string' ? found : undefined;
}
