import { ActionIcon, Autocomplete, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { countedEvents, fieldOperators, type BranchRules, type SequenceGraph, type StepTest } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import { emails, mailNumber } from '../model/graph.ts';
import { newTest } from '../model/new-step.ts';
import type { Names } from '../use-names.ts';

const kinds = ['event', 'field', 'tag', 'list', 'segment', 'score'] as const satisfies readonly StepTest['kind'][];

interface Props {
  readonly rules: BranchRules;
  readonly graph: SequenceGraph;
  readonly names: Names;
  readonly onChange: (rules: BranchRules) => void;
}

/** What must hold for a branch: a list of tests, all or any of them. */
export function RulesFields({ rules, graph, names, onChange }: Props) {
  const { match, tests } = rules;
  const set = (index: number, test: StepTest) => onChange({ match, tests: tests.map((own, at) => (at === index ? test : own)) });
  return (
    <Stack gap="xs">
      {tests.length > 1 && (
        <Select
          label={t('steps.match')}
          w={200}
          allowDeselect={false}
          data={(['all', 'any'] as const).map((value) => ({ value, label: t(`steps.match.${value}`) }))}
          value={match}
          onChange={(value) => onChange({ match: value === 'any' ? 'any' : 'all', tests })}
        />
      )}
      {tests.map((test, index) => (
        <Group key={index} gap="xs" align="flex-end" wrap="wrap">
          <Select
            label={t('steps.testKind')}
            w={124}
            allowDeselect={false}
            data={kinds.map((value) => ({ value, label: t(`steps.test.${value}`) }))}
            value={test.kind}
            onChange={(value) => value !== test.kind && set(index, newTest(value as StepTest['kind']))}
          />
          <TestFields test={test} graph={graph} names={names} onChange={(next) => set(index, next)} />
          <Select
            aria-label={t('steps.notLabel')}
            w={108}
            allowDeselect={false}
            data={(['false', 'true'] as const).map((value) => ({ value, label: t(`steps.not.${value}`) }))}
            value={test.not ? 'true' : 'false'}
            onChange={(value) => set(index, { ...test, not: value === 'true' })}
          />
          <ActionIcon color="gray" size="lg" aria-label={t('steps.removeTest')} onClick={() => onChange({ match, tests: tests.filter((_, at) => at !== index) })}>
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      {tests.some(notMeasured) && (
        <Text size="xs" c="dimmed">
          {t('steps.notMeasured')}
        </Text>
      )}
      <Group>
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => onChange({ match, tests: [...tests, newTest('tag')] })}>
          {t('steps.addTest')}
        </Button>
      </Group>
    </Stack>
  );
}

function notMeasured(test: StepTest): boolean {
  return test.kind === 'score' || (test.kind === 'event' && (test.event === 'opened' || test.event === 'clicked'));
}

interface TestProps {
  readonly test: StepTest;
  readonly graph: SequenceGraph;
  readonly names: Names;
  readonly onChange: (test: StepTest) => void;
}

function TestFields({ test, graph, names, onChange }: TestProps) {
  switch (test.kind) {
    case 'event':
      return (
        <>
          <Select
            label={t('steps.event')}
            w={120}
            allowDeselect={false}
            data={countedEvents.map((value) => ({ value, label: t(`steps.event.${value}`) }))}
            value={test.event}
            onChange={(value) => onChange({ ...test, event: value as typeof test.event })}
          />
          <NumberInput
            label={t('steps.atLeast')}
            w={80}
            min={1}
            max={1000}
            allowDecimal={false}
            value={test.atLeast}
            onChange={(value) => typeof value === 'number' && value >= 1 && onChange({ ...test, atLeast: value })}
          />
          <Select
            label={t('steps.ofMail')}
            w={130}
            allowDeselect={false}
            data={[
              { value: '', label: t('steps.anyMail') },
              ...emails(graph).map(({ id }) => ({ value: id, label: t('sequences.mailStep', { number: mailNumber(graph, id) ?? 0 }) })),
            ]}
            value={test.stepId ?? ''}
            onChange={(value) => onChange({ ...test, stepId: value === '' ? null : value })}
          />
        </>
      );
    case 'field':
      return (
        <>
          <FieldInput value={test.field} fields={names.fields} onChange={(field) => onChange({ ...test, field })} />
          <Select
            label={t('steps.op')}
            w={130}
            allowDeselect={false}
            data={fieldOperators.map((value) => ({ value, label: t(`steps.op.${value}`) }))}
            value={test.op}
            onChange={(value) => onChange({ ...test, op: value as typeof test.op })}
          />
          {test.op !== 'is_empty' && (
            <TextInput label={t('steps.value')} w={150} maxLength={500} value={test.value} onChange={(event) => onChange({ ...test, value: event.currentTarget.value })} />
          )}
        </>
      );
    case 'tag':
      return <Autocomplete label={t('steps.tag')} w={160} maxLength={100} data={[...names.tags]} value={test.tag} onChange={(tag) => onChange({ ...test, tag })} />;
    case 'list':
      return (
        <Select
          label={t('steps.list')}
          w={160}
          data={[...names.lists]}
          searchable
          value={test.listId === '' ? null : test.listId}
          onChange={(value) => onChange({ ...test, listId: value ?? '' })}
        />
      );
    case 'segment':
      return (
        <Select
          label={t('steps.segment')}
          w={160}
          data={[...names.segments]}
          searchable
          value={test.segmentId === '' ? null : test.segmentId}
          onChange={(value) => onChange({ ...test, segmentId: value ?? '' })}
        />
      );
    case 'score':
      return (
        <NumberInput
          label={t('steps.score')}
          w={150}
          min={0}
          max={100}
          value={test.atLeast}
          onChange={(value) => typeof value === 'number' && onChange({ ...test, atLeast: value })}
        />
      );
  }
}

/** A field of a contact, by name. */
export function FieldInput({ value, fields, onChange }: { readonly value: string; readonly fields: readonly string[]; readonly onChange: (field: string) => void }) {
  return (
    <Autocomplete
      label={t('steps.field')}
      placeholder={t('steps.fieldPlaceholder')}
      w={190}
      maxLength={100}
      data={[...fields]}
      value={value}
      data-field="field"
      onChange={onChange}
    />
  );
}
