import { Button, Drawer, Group, NumberInput, PasswordInput, Radio, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { providerInputSchema, providerKinds, type Provider, type ProviderKind } from '../../../shared/schemas/assist.ts';
import { TroubleAlert } from '../../components/error-alert.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import type { Trouble } from '../../lib/errors.ts';
import { showFieldErrors } from '../../lib/forms.ts';
import { t } from '../../lib/messages/index.ts';
import { useAssistRefresh } from './api.ts';

/** Adds or changes a model server. */
export function ProviderDrawer({ provider, opened, onClose }: { provider: Provider | null; opened: boolean; onClose: () => void }) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={520}
      title={provider ? t('assist.form.edit', { name: provider.name }) : t('assist.form.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <ProviderForm key={provider?.id ?? 'new'} provider={provider} onDone={onClose} />
    </Drawer>
  );
}

const usual: Record<ProviderKind, string> = { ollama: 'http://127.0.0.1:11434', openai: 'http://127.0.0.1:1234/v1' };
const here = /^https?:\/\/(127\.|localhost\b|\[::1\])/i;

function ProviderForm({ provider, onDone }: { provider: Provider | null; onDone: () => void }) {
  const done = useAssistRefresh();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const form = useForm({
    initialValues: {
      kind: provider?.kind ?? ('ollama' as ProviderKind),
      name: provider?.name ?? '',
      url: provider?.url ?? usual.ollama,
      key: '',
      models: [...(provider?.models ?? [])],
      redact: provider?.redact ?? false,
      parallel: provider?.parallel ?? 1,
      timeoutSeconds: provider?.timeoutSeconds ?? 120,
      keepAliveMinutes: provider?.keepAliveMinutes ?? 5,
      currency: provider?.currency ?? 'USD',
      priceInput: provider?.priceInput ?? 0,
      priceOutput: provider?.priceOutput ?? 0,
    },
    validate: (values) => {
      const parsed = providerInputSchema.safeParse(values);
      return parsed.success ? {} : Object.fromEntries(parsed.error.issues.map(({ path, message }) => [String(path[0]), message]));
    },
  });
  const create = useMutation(api.assist.createProvider.mutationOptions({ meta: { ownError: true } }));
  const update = useMutation(api.assist.updateProvider.mutationOptions({ meta: { ownError: true } }));
  const save = async ({ key, ...values }: typeof form.values) => {
    setTrouble(null);
    try {
      const given = { ...values, ...(key === '' ? {} : { key }) };
      if (provider) await update.mutateAsync({ id: provider.id, ...given });
      else await create.mutateAsync(given);
      await done();
      notifyDone(t('assist.form.saved'));
      onDone();
    } catch (error) {
      setTrouble(showFieldErrors(form, error));
    }
  };
  const { kind, url } = form.values;
  const chooseKind = (next: ProviderKind) => form.setValues({ kind: next, ...(url === usual[kind] ? { url: usual[next] } : {}) });
  const number = (field: 'parallel' | 'timeoutSeconds' | 'keepAliveMinutes', min: number, max: number) => ({ min, max, allowDecimal: false, ...form.getInputProps(field) });
  // Typed as people see prices, stored in cents.
  const price = (field: 'priceInput' | 'priceOutput') => ({
    min: 0,
    decimalScale: 4,
    description: t('assist.form.price.hint'),
    value: form.values[field] / 100,
    error: form.errors[field],
    onChange: (value: string | number) => form.setFieldValue(field, typeof value === 'number' ? value * 100 : 0),
  });
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))} noValidate>
      <Stack gap="lg">
        <Radio.Group label={t('assist.form.kind')} value={kind} onChange={(next) => chooseKind(next as ProviderKind)}>
          <Stack gap="sm" mt={6}>
            {providerKinds.map((each) => (
              <Radio key={each} value={each} label={t(`assist.form.kind.${each}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <TextInput label={t('assist.form.name')} data-autofocus maxLength={100} {...form.getInputProps('name')} />
        <TextInput label={t('assist.form.url')} description={t(`assist.form.url.${kind}`)} {...form.getInputProps('url')} />
        {url.trim() !== '' && !here.test(url.trim()) && (
          <Text size="sm" c="var(--homing-warn)" role="status">
            {t('assist.form.url.remote')}
          </Text>
        )}
        <PasswordInput
          label={t('assist.form.key')}
          description={t(provider?.hasKey === true ? 'assist.form.key.stored' : 'assist.form.key.hint')}
          autoComplete="off"
          {...form.getInputProps('key')}
        />
        <TagsInput label={t('assist.form.models')} description={t('assist.form.models.hint')} {...form.getInputProps('models')} />
        <Switch label={t('assist.form.redact')} description={t('assist.form.redact.hint')} {...form.getInputProps('redact', { type: 'checkbox' })} />
        <Group grow align="flex-start" gap="md">
          <NumberInput label={t('assist.form.parallel')} {...number('parallel', 1, 32)} />
          <NumberInput label={t('assist.form.timeout')} suffix={t('assist.form.seconds')} {...number('timeoutSeconds', 1, 3600)} />
          {kind === 'ollama' && <NumberInput label={t('assist.form.keepAlive')} suffix={t('assist.form.minutes')} {...number('keepAliveMinutes', 0, 1440)} />}
        </Group>
        {kind === 'openai' && (
          <Group grow align="flex-start" gap="md">
            <TextInput label={t('assist.form.currency')} maxLength={3} {...form.getInputProps('currency')} />
            <NumberInput label={t('assist.form.priceInput')} {...price('priceInput')} />
            <NumberInput label={t('assist.form.priceOutput')} {...price('priceOutput')} />
          </Group>
        )}
        {trouble && <TroubleAlert trouble={trouble} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="subtle" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending || update.isPending}>
            {t('assist.form.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
