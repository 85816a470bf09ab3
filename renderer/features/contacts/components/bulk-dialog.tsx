import { Button, Group, Modal, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { BulkAction } from '../../../../shared/schemas/bulk.ts';
import { TroubleAlert } from '../../../components/error-alert.tsx';
import { OwnerSelect } from '../../../components/owner-select.tsx';
import { describeError, type Trouble } from '../../../lib/errors.ts';
import { t, type MessageKey } from '../../../lib/messages/index.ts';
import { useFields } from '../api.ts';

export type AskedAction = 'add_tags' | 'remove_tags' | 'set_field' | 'set_owner';

interface Props {
  readonly kind: AskedAction;
  readonly count: number;
  /** Resolves when it has begun. */
  readonly onApply: (action: BulkAction) => Promise<void>;
  readonly onClose: () => void;
}

const titles = { add_tags: 'bulk.addTagsTitle', remove_tags: 'bulk.removeTagsTitle', set_field: 'bulk.setFieldTitle', set_owner: 'bulk.setOwnerTitle' } as const;
const settable = ['first_name', 'last_name', 'company', 'title', 'phone', 'website', 'city', 'country'] as const;

/** Asks which tags, or which field and value, before many contacts are changed. */
export function BulkDialog({ kind, count, onApply, onClose }: Props) {
  const fields = useFields();
  const [tags, setTags] = useState<string[]>([]);
  const [field, setField] = useState('company');
  const [value, setValue] = useState('');
  const [ownerId, setOwnerId] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const definition = fields.data?.definitions.find(({ name }) => field === `custom.${name}`);
  const apply = () => {
    const action: BulkAction = kind === 'set_field' ? { kind, field, value } : kind === 'set_owner' ? { kind, ownerId } : { kind, tags };
    onApply(action).then(onClose, (error: unknown) => setTrouble(describeError(error)));
  };
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t(titles[kind], { count })} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <Stack>
          {trouble && <TroubleAlert trouble={trouble} />}
          {kind === 'set_field' ? (
            <>
              <Select
                label={t('bulk.field')}
                searchable
                allowDeselect={false}
                data={[
                  ...settable.map((name) => ({ value: name, label: t(`segments.field.${name}` as MessageKey) })),
                  ...(fields.data?.custom ?? []).map((name) => ({ value: `custom.${name}`, label: name })),
                ]}
                value={field}
                onChange={(next) => next !== null && setField(next)}
              />
              {definition?.type === 'choice' ? (
                <Select
                  label={t('bulk.value')}
                  description={t('bulk.valueHint')}
                  clearable
                  data={definition.choices}
                  value={value === '' ? null : value}
                  onChange={(next) => setValue(next ?? '')}
                />
              ) : (
                <TextInput
                  label={t('bulk.value')}
                  description={t('bulk.valueHint')}
                  maxLength={10_000}
                  value={value}
                  data-autofocus
                  onChange={(event) => setValue(event.currentTarget.value)}
                />
              )}
            </>
          ) : kind === 'set_owner' ? (
            <OwnerSelect label={t('team.owner')} description={t('bulk.ownerHint')} placeholder={t('team.everybodys')} clearable value={ownerId} onChange={setOwnerId} />
          ) : (
            <TagsInput
              label={t('bulk.tags')}
              description={t('contacts.field.tagsHint')}
              data={fields.data?.tags ?? []}
              maxTags={20}
              comboboxProps={{ position: 'top' }}
              acceptValueOnBlur
              value={tags}
              data-autofocus
              onChange={setTags}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" disabled={(kind === 'add_tags' || kind === 'remove_tags') && tags.length === 0}>
              {t('bulk.apply', { count })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
