import { ActionIcon, Button, Group, Modal, MultiSelect, Select, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Contact } from '../../../../shared/schemas/contact.ts';
import { TroubleAlert } from '../../../components/error-alert.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import type { Trouble } from '../../../lib/errors.ts';
import { showFieldErrors } from '../../../lib/forms.ts';
import { t } from '../../../lib/messages/index.ts';
import { allZones } from '../../../lib/zones.ts';
import { useContactActions, useFields, useLists } from '../api.ts';
import { dayOfMoment, momentOfDay } from '../model/consent.ts';
import { customFromRows, rowsFromCustom, repeatedNames, type CustomRow } from '../model/custom-fields.ts';
import { nameOf } from '../words.ts';

interface Values {
  email: string;
  firstName: string;
  lastName: string;
  company: string;
  title: string;
  phone: string;
  website: string;
  city: string;
  country: string;
  timeZone: string | null;
  consentSource: string;
  /** `YYYY-MM-DD`, or empty. */
  consentDay: string;
  tags: string[];
  listIds: string[];
}

const textFields = ['firstName', 'lastName', 'company', 'title', 'phone', 'website', 'city', 'country'] as const;

/** Adds a contact, or edits one. `listId` is chosen beforehand for a new one. */
export function ContactFormDialog({ contact, listId, onClose }: { readonly contact: Contact | null; readonly listId?: string | null; readonly onClose: () => void }) {
  const { create, update } = useContactActions();
  const fields = useFields();
  const lists = useLists();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [custom, setCustom] = useState<CustomRow[]>(() => rowsFromCustom(contact?.custom ?? {}));
  const repeated = repeatedNames(custom);
  const form = useForm<Values>({
    initialValues: {
      email: contact?.email ?? '',
      ...(Object.fromEntries(textFields.map((field) => [field, contact?.[field] ?? ''])) as Record<(typeof textFields)[number], string>),
      timeZone: contact?.timeZone ?? null,
      consentSource: contact?.consentSource ?? '',
      consentDay: dayOfMoment(contact?.consentAt ?? null),
      tags: contact?.tags ?? [],
      listIds: listId ? [listId] : [],
    },
    validate: { email: (value) => (/^[^\s@]+@[^\s@]+$/.test(value.trim()) ? null : t('contacts.emailInvalid')) },
  });
  const submit = form.onSubmit(async ({ listIds, consentDay, ...values }) => {
    if (repeated.size > 0) return;
    setTrouble(null);
    // The same day keeps its time of day.
    const consentAt = consentDay === dayOfMoment(contact?.consentAt ?? null) ? (contact?.consentAt ?? null) : momentOfDay(consentDay);
    const input = { ...values, consentAt, custom: customFromRows(custom) };
    try {
      if (contact) {
        const saved = await update.mutateAsync({ id: contact.id, ...input });
        notifyDone(t('contacts.saved', { name: nameOf(saved) }));
      } else {
        const made = await create.mutateAsync({ ...input, ...(listIds.length > 0 ? { listIds } : {}) });
        notifyDone(t('contacts.created', { name: nameOf(made) }));
      }
      onClose();
    } catch (error) {
      setTrouble(showFieldErrors(form, error));
    }
  });
  return (
    <Modal
      opened
      onClose={onClose}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      title={contact ? t('contacts.editTitle', { name: nameOf(contact) }) : t('contacts.newTitle')}
      size="lg"
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          {trouble && <TroubleAlert trouble={trouble} />}
          <TextInput label={t('contacts.field.email')} type="email" required maxLength={320} data-autofocus {...form.getInputProps('email')} />
          <SimpleGrid cols={2} spacing="md" verticalSpacing="sm">
            {textFields.map((field) => (
              <TextInput key={field} label={t(`contacts.field.${field}`)} maxLength={field === 'website' ? 500 : field === 'phone' ? 60 : 120} {...form.getInputProps(field)} />
            ))}
          </SimpleGrid>
          <Select
            label={t('contacts.field.timeZone')}
            description={t('contacts.field.timeZoneHint')}
            placeholder={t('contacts.unknownZone')}
            data={allZones(form.values.timeZone ?? 'UTC')}
            searchable
            clearable
            limit={60}
            {...form.getInputProps('timeZone')}
          />
          <Group align="flex-start" wrap="nowrap">
            <TextInput
              label={t('contacts.field.consentSource')}
              placeholder={t('contacts.consentExample')}
              maxLength={300}
              style={{ flex: 1 }}
              {...form.getInputProps('consentSource')}
            />
            <TextInput label={t('contacts.field.consentAt')} type="date" w={170} {...form.getInputProps('consentDay')} />
          </Group>
          <TagsInput label={t('contacts.field.tags')} description={t('contacts.field.tagsHint')} data={fields.data?.tags ?? []} maxTags={100} {...form.getInputProps('tags')} />
          {!contact && (
            <MultiSelect
              label={t('contacts.field.lists')}
              data={(lists.data?.items ?? []).map((list) => ({ value: list.id, label: list.name }))}
              searchable
              clearable
              {...form.getInputProps('listIds')}
            />
          )}
          <CustomFields rows={custom} known={fields.data?.custom ?? []} repeated={repeated} onChange={setCustom} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {contact ? t('common.save') : t('contacts.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function CustomFields({
  rows,
  known,
  repeated,
  onChange,
}: {
  readonly rows: CustomRow[];
  readonly known: readonly string[];
  readonly repeated: ReadonlySet<string>;
  readonly onChange: (rows: CustomRow[]) => void;
}) {
  const unused = known.filter((name) => !rows.some((row) => row.name === name));
  const put = (index: number, change: Partial<CustomRow>) => onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {t('contacts.customFields')}
      </Text>
      <Stack gap="sm">
        {rows.map((row, index) => (
          <Group key={row.key} gap="sm" align="flex-start" wrap="nowrap">
            <TextInput
              aria-label={t('contacts.customName')}
              placeholder={t('contacts.customName')}
              value={row.name}
              maxLength={80}
              w={190}
              error={repeated.has(row.name) ? t('contacts.customTwice') : undefined}
              onChange={(event) => put(index, { name: event.currentTarget.value })}
            />
            <TextInput
              aria-label={t('contacts.customValue')}
              placeholder={t('contacts.customValue')}
              value={row.value}
              maxLength={10_000}
              style={{ flex: 1 }}
              onChange={(event) => put(index, { value: event.currentTarget.value })}
            />
            <ActionIcon mt={4} color="gray" aria-label={t('contacts.removeField', { name: row.name })} onClick={() => onChange(rows.filter((_, at) => at !== index))}>
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group gap="xs">
          <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={15} />} onClick={() => onChange([...rows, { key: crypto.randomUUID(), name: '', value: '' }])}>
            {t('contacts.addField')}
          </Button>
          {unused.slice(0, 6).map((name) => (
            <Button key={name} size="compact-xs" variant="default" onClick={() => onChange([...rows, { key: crypto.randomUUID(), name, value: '' }])}>
              {name}
            </Button>
          ))}
        </Group>
      </Stack>
    </div>
  );
}
