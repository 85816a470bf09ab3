import { Alert, Button, Group, Radio, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import type { Dispatch } from 'react';
import { dedupeModeSchema, type DedupeMode } from '../../../../shared/schemas/contact.ts';
import { t } from '../../../lib/messages/index.ts';
import { useFields, useLists } from '../api.ts';
import { listChoiceReady, type ListChoice, type WizardAction, type WizardState } from '../model/import-wizard.ts';
import classes from './contacts.module.css';

/** What happens to known addresses, and where everybody goes. */
export function OptionsStep({ state, dispatch, onDryRun }: { readonly state: WizardState; readonly dispatch: Dispatch<WizardAction>; readonly onDryRun: () => void }) {
  const lists = useLists();
  const fields = useFields();
  const { list } = state;
  const options = (lists.data?.items ?? []).map((found) => ({ value: found.id, label: found.name }));
  const choose = (kind: string) => {
    const next: ListChoice =
      kind === 'existing' ? { kind, id: options[0]?.value ?? null } : kind === 'new' ? { kind, name: state.inspection?.fileName.replace(/\.[^.]+$/, '') ?? '' } : { kind: 'none' };
    dispatch({ type: 'list', list: next });
  };
  return (
    <div className={classes['panel']}>
      <Stack gap="lg">
        <Radio.Group label={t('import.mode')} value={state.mode} onChange={(mode) => dispatch({ type: 'mode', mode: mode as DedupeMode })}>
          <Stack gap="sm" mt="xs">
            {dedupeModeSchema.options.map((mode) => (
              <label key={mode} className={classes['option']} data-checked={state.mode === mode}>
                <Radio value={mode} label={t(`import.mode.${mode}`)} description={t(`import.mode.${mode}Hint`)} />
              </label>
            ))}
          </Stack>
        </Radio.Group>
        <div>
          <Radio.Group label={t('import.list')} value={list.kind} onChange={choose}>
            <Group mt="xs" gap="lg">
              <Radio value="none" label={t('import.list.none')} />
              <Radio value="existing" label={t('import.list.existing')} disabled={options.length === 0} />
              <Radio value="new" label={t('import.list.new')} />
            </Group>
          </Radio.Group>
          {list.kind === 'existing' && (
            <Select
              mt="sm"
              maw={360}
              label={t('import.listChoose')}
              placeholder={t('import.listChoosePlaceholder')}
              data={options}
              value={list.id}
              searchable
              allowDeselect={false}
              onChange={(id) => dispatch({ type: 'list', list: { kind: 'existing', id } })}
            />
          )}
          {list.kind === 'new' && (
            <TextInput
              mt="sm"
              maw={360}
              label={t('import.listName')}
              value={list.name}
              maxLength={200}
              required
              onChange={(event) => dispatch({ type: 'list', list: { kind: 'new', name: event.currentTarget.value } })}
            />
          )}
        </div>
        <TagsInput maw={480} label={t('import.tags')} data={fields.data?.tags ?? []} value={[...state.tags]} maxTags={20} onChange={(tags) => dispatch({ type: 'tags', tags })} />
        <Group align="flex-start" gap="md">
          <TextInput
            w={360}
            label={t('contacts.field.consentSource')}
            description={t('import.consentHint')}
            placeholder={t('contacts.consentExample')}
            maxLength={300}
            value={state.consent.source}
            onChange={(event) => dispatch({ type: 'consent', consent: { ...state.consent, source: event.currentTarget.value } })}
          />
          <TextInput
            w={180}
            type="date"
            label={t('contacts.field.consentAt')}
            description={t('import.consentDateHint')}
            disabled={state.consent.source.trim() === ''}
            value={state.consent.date}
            onChange={(event) => dispatch({ type: 'consent', consent: { ...state.consent, date: event.currentTarget.value } })}
          />
        </Group>
        {state.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {state.error}
          </Alert>
        )}
        <Group justify="space-between">
          <Button variant="default" onClick={() => dispatch({ type: 'go', stage: 'mapping' })}>
            {t('import.previous')}
          </Button>
          <Button loading={state.busy} disabled={!listChoiceReady(list)} onClick={onDryRun}>
            {t('import.runDry')}
          </Button>
        </Group>
      </Stack>
    </div>
  );
}
