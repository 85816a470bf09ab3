import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { t } from '../../lib/messages/index.ts';
import type { MailboxFormApi } from './model.ts';

/** Days on which nothing leaves from a mailbox. */
export function AbsenceFields({ form }: { form: MailboxFormApi }) {
  const { absences } = form.values;
  const add = () => form.setFieldValue('absences', [...absences, { from: '', to: '', note: '' }]);
  const remove = (index: number) =>
    form.setFieldValue(
      'absences',
      absences.filter((_, at) => at !== index),
    );
  return (
    <Fieldset legend={t('mailboxes.absences')}>
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          {t('mailboxes.absences.hint')} {absences.length === 0 && t('mailboxes.absences.none')}
        </Text>
        {absences.map((_, index) => (
          <Group key={index} gap="sm" wrap="nowrap" align="flex-start">
            <TextInput type="date" label={t('mailboxes.absences.from')} {...form.getInputProps(`absences.${index}.from`)} />
            <TextInput type="date" label={t('mailboxes.absences.to')} min={absences[index]?.from} {...form.getInputProps(`absences.${index}.to`)} />
            <TextInput label={t('mailboxes.absences.note')} maxLength={200} style={{ flex: 1 }} {...form.getInputProps(`absences.${index}.note`)} />
            <ActionIcon mt={26} aria-label={t('mailboxes.absences.remove', { number: index + 1 })} onClick={() => remove(index)}>
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button variant="default" size="xs" leftSection={<IconPlus size={15} />} onClick={add}>
            {t('mailboxes.absences.add')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
