import { ActionIcon, Button, Fieldset, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { Mailbox } from '../../../shared/schemas/mailbox.ts';
import { PictureButton } from '../../components/picture-button.tsx';
import { t } from '../../lib/messages/index.ts';
import { DkimFields } from './dkim-fields.tsx';
import type { MailboxFormApi } from './model.ts';

/** How mails of a mailbox present their sender. */
export function SenderFields({ form, mailbox }: { form: MailboxFormApi; mailbox: Mailbox | null }) {
  const { values } = form;
  return (
    <Stack gap="lg">
      <AliasFields form={form} />
      <TextInput
        label={t('mailboxes.replyTo')}
        description={values.replyTo ? t('mailboxes.replyTo.warning') : t('mailboxes.replyTo.hint')}
        type="email"
        {...form.getInputProps('replyTo')}
      />
      <div style={{ position: 'relative' }}>
        <Textarea
          label={t('mailboxes.signature')}
          description={t('mailboxes.signature.hint', { tag: '{{ sender.signature }}' })}
          autosize
          minRows={4}
          maxRows={16}
          {...form.getInputProps('signatureHtml')}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
        <div style={{ position: 'absolute', top: 0, insetInlineEnd: 0 }}>
          <PictureButton field={t('mailboxes.signature')} onInsert={(html) => form.setFieldValue('signatureHtml', `${form.getValues().signatureHtml}${html}`)} />
        </div>
      </div>
      <DkimFields form={form} mailbox={mailbox} />
    </Stack>
  );
}

/** Other addresses of the account, and which one stands in From. */
function AliasFields({ form }: { form: MailboxFormApi }) {
  const { aliases, sendAs, address } = form.values;
  const choices = [...new Set(aliases.map((alias) => alias.address.trim()).filter((each) => each !== ''))];
  const account = t('mailboxes.sendAs.account', { address: address.trim() || t('mailboxes.address') });
  return (
    <Fieldset legend={t('mailboxes.aliases')}>
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          {t('mailboxes.aliases.hint')}
        </Text>
        {aliases.map((_, index) => (
          <Group key={index} gap="sm" wrap="nowrap" align="flex-start">
            <TextInput label={t('mailboxes.aliases.address')} type="email" style={{ flex: 1 }} {...form.getInputProps(`aliases.${index}.address`)} />
            <TextInput
              label={t('mailboxes.aliases.name')}
              placeholder={t('mailboxes.aliases.nameHint')}
              maxLength={120}
              style={{ flex: 1 }}
              {...form.getInputProps(`aliases.${index}.name`)}
            />
            <ActionIcon
              mt={26}
              aria-label={t('mailboxes.aliases.remove', { number: index + 1 })}
              onClick={() =>
                form.setFieldValue(
                  'aliases',
                  aliases.filter((__, at) => at !== index),
                )
              }
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={15} />}
            disabled={aliases.length >= 20}
            onClick={() => form.setFieldValue('aliases', [...aliases, { address: '', name: '' }])}
          >
            {t('mailboxes.aliases.add')}
          </Button>
        </Group>
        {choices.length > 0 && (
          <Select
            label={t('mailboxes.sendAs')}
            data={[{ value: '', label: account }, ...choices.map((value) => ({ value, label: value }))]}
            value={choices.includes(sendAs) ? sendAs : ''}
            onChange={(value) => form.setFieldValue('sendAs', value ?? '')}
            allowDeselect={false}
            error={form.errors['sendAs']}
          />
        )}
      </Stack>
    </Fieldset>
  );
}
