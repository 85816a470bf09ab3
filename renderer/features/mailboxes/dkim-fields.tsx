import { FileButton, Button, Group, Paper, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconFileUpload } from '@tabler/icons-react';
import type { Mailbox } from '../../../shared/schemas/mailbox.ts';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { RecordToCopy } from './domain-health-panel.tsx';
import type { MailboxFormApi } from './model.ts';

/** Signing with a key of the user's own. The stored key is never read back; what it needs in DNS is. */
export function DkimFields({ form, mailbox }: { form: MailboxFormApi; mailbox: Mailbox | null }) {
  const { dkimOn, address } = form.values;
  const switchTo = (on: boolean) => {
    form.setFieldValue('dkimOn', on);
    const domain = address.trim().split('@')[1] ?? '';
    if (on && form.getValues().dkim.domain === '') form.setFieldValue('dkim.domain', domain);
  };
  return (
    <Stack gap="sm">
      <Switch label={t('mailboxes.dkim')} description={t('mailboxes.dkim.hint')} checked={dkimOn} onChange={(event) => switchTo(event.currentTarget.checked)} />
      {dkimOn && (
        <>
          <SimpleGrid cols={2} spacing="sm">
            <TextInput label={t('mailboxes.dkim.domain')} spellCheck={false} {...form.getInputProps('dkim.domain')} />
            <TextInput label={t('mailboxes.dkim.selector')} placeholder="homing1" spellCheck={false} {...form.getInputProps('dkim.selector')} />
          </SimpleGrid>
          <Textarea
            label={t('mailboxes.dkim.key')}
            description={t('mailboxes.dkim.key.hint')}
            placeholder={mailbox?.dkim ? t('mailboxes.dkim.key.stored') : '-----BEGIN PRIVATE KEY-----'}
            autosize
            minRows={3}
            maxRows={6}
            maxLength={10_000}
            autoComplete="off"
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 'var(--mantine-font-size-xs)' } }}
            {...form.getInputProps('dkim.key')}
          />
          <Group>
            <FileButton accept=".pem,.key,.txt,application/x-pem-file" onChange={(file) => void file?.text().then((text) => form.setFieldValue('dkim.key', text.slice(0, 10_000)))}>
              {(props) => (
                <Button {...props} variant="default" size="xs" leftSection={<IconFileUpload size={15} />}>
                  {t('mailboxes.dkim.file')}
                </Button>
              )}
            </FileButton>
          </Group>
          {mailbox?.dkim ? (
            <Published mailbox={mailbox} domain={mailbox.dkim.domain} />
          ) : (
            <Text size="xs" c="dimmed">
              {t('mailboxes.dkim.afterSave')}
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}

function Published({ mailbox, domain }: { mailbox: Mailbox; domain: string }) {
  const { data: record } = useQuery({ ...api.mailboxes.dkimRecord.queryOptions({ input: { id: mailbox.id } }), staleTime: 0 });
  if (!record) return null;
  return (
    <Paper p="sm" bg="var(--homing-surface-2)">
      <Text size="sm" mb={4}>
        {t('mailboxes.dkim.publish', { domain })}
      </Text>
      <RecordToCopy record={record} />
    </Paper>
  );
}
