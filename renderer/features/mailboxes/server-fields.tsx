import { Checkbox, Group, NumberInput, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { t } from '../../lib/messages/index.ts';
import type { MailboxFormApi } from './model.ts';

interface ServerFieldsProps {
  readonly form: MailboxFormApi;
  readonly side: 'smtp' | 'imap';
  readonly withLogin: boolean;
  readonly passwordStored: boolean;
}

const usualPorts = { smtp: { tls: 465, starttls: 587, none: 25 }, imap: { tls: 993, starttls: 143, none: 143 } } as const;

/** Server, port, encryption and, where wanted, the login of one side. */
export function ServerFields({ form, side, withLogin, passwordStored }: ServerFieldsProps) {
  const values = form.values[side];
  const changeSecurity = (security: string | null) => {
    if (security !== 'tls' && security !== 'starttls' && security !== 'none') return;
    // The usual port follows the encryption, unless somebody wrote an unusual one.
    const usual = values.port === usualPorts[side][values.security];
    form.setFieldValue(`${side}.security`, security);
    if (usual) form.setFieldValue(`${side}.port`, usualPorts[side][security]);
  };
  return (
    <Stack gap="sm">
      <Group align="flex-start" gap="sm" grow preventGrowOverflow={false} wrap="nowrap">
        <TextInput label={t('mailboxes.host')} {...form.getInputProps(`${side}.host`)} style={{ flex: 3 }} spellCheck={false} />
        <NumberInput label={t('mailboxes.port')} min={1} max={65535} allowDecimal={false} {...form.getInputProps(`${side}.port`)} style={{ flex: 1, minWidth: 76 }} />
        <Select
          label={t('mailboxes.security')}
          data={(['tls', 'starttls', 'none'] as const).map((value) => ({ value, label: t(`mailboxes.security.${value}`) }))}
          value={values.security}
          onChange={changeSecurity}
          allowDeselect={false}
          style={{ flex: 1.5, minWidth: 120 }}
        />
      </Group>
      {values.security === 'none' ? (
        <Text size="xs" c="var(--homing-warn)">
          {t('mailboxes.security.noneHint')}
        </Text>
      ) : (
        <Checkbox
          label={t('mailboxes.selfSigned')}
          description={values.allowSelfSigned ? t('mailboxes.selfSigned.hint') : undefined}
          {...form.getInputProps(`${side}.allowSelfSigned`, { type: 'checkbox' })}
        />
      )}
      {withLogin && (
        <Group align="flex-start" grow gap="sm">
          <TextInput label={t('mailboxes.user')} placeholder={t('mailboxes.user.hint')} autoComplete="off" spellCheck={false} {...form.getInputProps(`${side}.user`)} />
          <PasswordInput
            label={t('mailboxes.password')}
            placeholder={passwordStored ? t('mailboxes.password.stored') : ''}
            autoComplete="new-password"
            {...form.getInputProps(`${side}.password`)}
          />
        </Group>
      )}
    </Stack>
  );
}
