import { Autocomplete, Checkbox, Group, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { SequenceGraph, Step, StepAction, StepOf } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import type { Names } from '../use-names.ts';
import { ConditionForm, SplitForm, SwitchForm, WaitForForm } from './branches-form.tsx';
import { DurationInput } from './duration-input.tsx';
import { FieldInput } from './rules-fields.tsx';
import { WaitForm } from './wait-form.tsx';
import { daysName } from '../words-of-steps.ts';

interface Props {
  readonly step: Exclude<Step, { type: 'email' }>;
  readonly graph: SequenceGraph;
  readonly names: Names;
  readonly error: string | null;
  readonly onChange: (step: Step) => void;
}

/** Edits a step of any kind but a mail. */
export function StepForm({ step, graph, names, error, onChange }: Props) {
  switch (step.type) {
    case 'wait':
      return <WaitForm step={step} error={error} onChange={(change) => onChange({ ...step, ...change })} />;
    case 'wait_time':
      return <WaitTimeForm step={step} onChange={onChange} />;
    case 'wait_date':
      return <WaitDateForm step={step} names={names} onChange={onChange} />;
    case 'condition':
      return <ConditionForm step={step} graph={graph} names={names} onChange={onChange} />;
    case 'wait_for':
      return <WaitForForm step={step} graph={graph} names={names} onChange={onChange} />;
    case 'switch':
      return <SwitchForm step={step} graph={graph} names={names} onChange={onChange} />;
    case 'split':
      return <SplitForm step={step} graph={graph} names={names} onChange={onChange} />;
    case 'task':
      return <TaskForm step={step} onChange={onChange} />;
    case 'action':
      return <ActionForm step={step} names={names} onChange={onChange} />;
    case 'exit':
      return null;
  }
}

/** A clock time. An emptied field stays what it was. */
function TimeInput({ label, value, onChange }: { readonly label: string; readonly value: string; readonly onChange: (time: string) => void }) {
  return <TextInput label={label} type="time" w={120} value={value} onChange={(event) => event.currentTarget.value !== '' && onChange(event.currentTarget.value)} />;
}

function WaitTimeForm({ step, onChange }: { readonly step: StepOf<'wait_time'>; readonly onChange: (step: Step) => void }) {
  return (
    <Stack gap="sm">
      <Group gap="lg" align="flex-end">
        <TimeInput label={t('steps.time')} value={step.time} onChange={(time) => onChange({ ...step, time })} />
        <Checkbox.Group label={t('steps.days')} value={step.days.map(String)} onChange={(days) => onChange({ ...step, days: days.map(Number).sort() })}>
          <Group gap="sm" mt={6}>
            {([1, 2, 3, 4, 5, 6, 7] as const).map((day) => (
              <Checkbox key={day} value={String(day)} label={t(`steps.day.${day}`)} />
            ))}
          </Group>
        </Checkbox.Group>
      </Group>
      <Text size="sm" c="dimmed">
        {t('steps.timeSentence', { time: step.time, days: daysName(step.days) })}
      </Text>
    </Stack>
  );
}

type Side = 'before' | 'on' | 'after';

function WaitDateForm({ step, names, onChange }: { readonly step: StepOf<'wait_date'>; readonly names: Names; readonly onChange: (step: Step) => void }) {
  const side: Side = step.offsetDays === 0 ? 'on' : step.offsetDays < 0 ? 'before' : 'after';
  const days = Math.abs(step.offsetDays);
  const set = (amount: number, next: Side) => onChange({ ...step, offsetDays: next === 'on' ? 0 : next === 'before' ? -Math.max(1, amount) : Math.max(1, amount) });
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        {side !== 'on' && (
          <NumberInput label={t('steps.offset')} w={90} min={1} max={730} allowDecimal={false} value={days} onChange={(value) => typeof value === 'number' && set(value, side)} />
        )}
        <Select
          label={t('steps.when')}
          w={160}
          allowDeselect={false}
          data={(['before', 'on', 'after'] as const).map((value) => ({ value, label: t(`steps.offset.${value}`) }))}
          value={side}
          onChange={(value) => set(days, value as Side)}
        />
        <FieldInput value={step.field} fields={names.fields} onChange={(field) => onChange({ ...step, field })} />
        <TimeInput label={t('steps.time')} value={step.time} onChange={(time) => onChange({ ...step, time })} />
      </Group>
      <Text size="sm" c="dimmed">
        {t('steps.dateHint')}
      </Text>
    </Stack>
  );
}

function TaskForm({ step, onChange }: { readonly step: StepOf<'task'>; readonly onChange: (step: Step) => void }) {
  return (
    <Stack gap="sm">
      <TextInput
        label={t('steps.title')}
        placeholder={t('steps.titlePlaceholder')}
        maxLength={200}
        value={step.title}
        data-field="title"
        onChange={(event) => onChange({ ...step, title: event.currentTarget.value })}
      />
      <Textarea
        label={t('steps.note')}
        placeholder={t('steps.notePlaceholder')}
        maxLength={5000}
        autosize
        minRows={2}
        value={step.note}
        onChange={(event) => onChange({ ...step, note: event.currentTarget.value })}
      />
      <DurationInput label={t('steps.dueIn')} value={step.dueIn} onChange={(dueIn) => onChange({ ...step, dueIn })} />
      <Checkbox
        label={t('steps.skipWay')}
        checked={step.skipped !== undefined}
        onChange={(event) => {
          const { skipped: _skipped, ...rest } = step;
          onChange(event.currentTarget.checked ? { ...rest, skipped: step.next ?? null } : rest);
        }}
      />
      <Text size="sm" c="dimmed">
        {t('steps.taskHint')}
      </Text>
    </Stack>
  );
}

const actions = [
  'add_tag',
  'remove_tag',
  'set_field',
  'add_to_list',
  'remove_from_list',
  'webhook',
  'notify',
  'move_to',
  'convert',
] as const satisfies readonly StepAction['kind'][];

function newAction(kind: StepAction['kind']): StepAction {
  switch (kind) {
    case 'add_tag':
    case 'remove_tag':
      return { kind, tag: '' };
    case 'set_field':
      return { kind, field: '', value: '' };
    case 'add_to_list':
    case 'remove_from_list':
      return { kind, listId: '' };
    case 'webhook':
      return { kind, url: '' };
    case 'notify':
      return { kind, message: '' };
    case 'move_to':
      return { kind, sequenceId: '' };
    case 'convert':
      return { kind, goal: '' };
  }
}

function ActionForm({ step, names, onChange }: { readonly step: StepOf<'action'>; readonly names: Names; readonly onChange: (step: Step) => void }) {
  const set = (action: StepAction) => onChange({ ...step, action });
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select
          label={t('steps.action')}
          w={220}
          allowDeselect={false}
          data={actions.map((value) => ({ value, label: t(`steps.action.${value}`) }))}
          value={step.action.kind}
          data-field="action"
          onChange={(value) => value !== step.action.kind && set(newAction(value as StepAction['kind']))}
        />
        <ActionFields action={step.action} names={names} onChange={set} />
      </Group>
      {step.action.kind === 'webhook' && <Hint>{t('steps.webhookHint')}</Hint>}
      {step.action.kind === 'notify' && <Hint>{t('steps.notifyHint')}</Hint>}
      {step.action.kind === 'move_to' && <Hint>{t('steps.moveHint')}</Hint>}
    </Stack>
  );
}

function Hint({ children }: { readonly children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

function ActionFields({ action, names, onChange }: { readonly action: StepAction; readonly names: Names; readonly onChange: (action: StepAction) => void }) {
  switch (action.kind) {
    case 'add_tag':
    case 'remove_tag':
      return <Autocomplete label={t('steps.tag')} w={240} maxLength={100} data={[...names.tags]} value={action.tag} onChange={(tag) => onChange({ ...action, tag })} />;
    case 'set_field':
      return (
        <>
          <FieldInput
            value={action.field}
            fields={names.fields.filter((field) => field !== 'email' && field !== 'time_zone')}
            onChange={(field) => onChange({ ...action, field })}
          />
          <TextInput label={t('steps.value')} w={200} maxLength={1000} value={action.value} onChange={(event) => onChange({ ...action, value: event.currentTarget.value })} />
        </>
      );
    case 'add_to_list':
    case 'remove_from_list':
      return (
        <Select
          label={t('steps.list')}
          w={240}
          searchable
          data={[...names.lists]}
          value={action.listId === '' ? null : action.listId}
          onChange={(value) => onChange({ ...action, listId: value ?? '' })}
        />
      );
    case 'webhook':
      return (
        <TextInput
          label={t('steps.url')}
          style={{ flex: 1, minWidth: 260 }}
          type="url"
          placeholder="https://"
          maxLength={2000}
          value={action.url}
          onChange={(event) => onChange({ ...action, url: event.currentTarget.value })}
        />
      );
    case 'notify':
      return (
        <TextInput
          label={t('steps.message')}
          style={{ flex: 1, minWidth: 260 }}
          placeholder={t('steps.messagePlaceholder')}
          maxLength={500}
          value={action.message}
          onChange={(event) => onChange({ ...action, message: event.currentTarget.value })}
        />
      );
    case 'move_to':
      return (
        <Select
          label={t('steps.sequence')}
          w={300}
          searchable
          data={[...names.sequences]}
          value={action.sequenceId === '' ? null : action.sequenceId}
          onChange={(value) => onChange({ ...action, sequenceId: value ?? '' })}
        />
      );
    case 'convert':
      return (
        <TextInput
          label={t('steps.goal')}
          w={240}
          placeholder={t('steps.goalPlaceholder')}
          maxLength={100}
          value={action.goal}
          onChange={(event) => onChange({ ...action, goal: event.currentTarget.value })}
        />
      );
  }
}
