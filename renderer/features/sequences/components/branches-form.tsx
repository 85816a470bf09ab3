import { ActionIcon, Button, Group, NumberInput, Select, Stack, TagsInput, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { edgesOf, nextStepId } from '../../../../shared/graph.ts';
import type { SequenceGraph, StepOf } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import { newArm, newBranch, newCase } from '../model/new-step.ts';
import type { Names } from '../use-names.ts';
import { DurationInput } from './duration-input.tsx';
import { FieldInput, RulesFields } from './rules-fields.tsx';
import classes from './sequences.module.css';

interface Props<Step> {
  readonly step: Step;
  readonly graph: SequenceGraph;
  readonly names: Names;
  readonly onChange: (step: Step) => void;
}

/** A new way leads to where everybody else goes. */
function elseOf(graph: SequenceGraph, stepId: string): string | null {
  const step = graph.steps.find(({ id }) => id === stepId);
  if (step === undefined) return null;
  return step.type === 'split' ? (edgesOf(graph, step).at(-1)?.to ?? null) : nextStepId(graph, step);
}

export function ConditionForm({ step, graph, names, onChange }: Props<StepOf<'condition'>>) {
  return (
    <Branches
      list={step.branches}
      label={(number) => t('steps.branch', { number })}
      remove={(number) => t('steps.removeBranch', { number })}
      add={t('steps.addBranch')}
      hint={t('steps.firstWins')}
      onAdd={() => ({ ...newBranch(), next: elseOf(graph, step.id) })}
      onChange={(branches) => onChange({ ...step, branches })}
      fields={(branch, set) => <RulesFields rules={branch.when} graph={graph} names={names} onChange={(when) => set({ ...branch, when })} />}
    />
  );
}

export function WaitForForm({ step, graph, names, onChange }: Props<StepOf<'wait_for'>>) {
  return (
    <Branches
      list={step.branches}
      label={(number) => t('steps.branch', { number })}
      remove={(number) => t('steps.removeBranch', { number })}
      add={t('steps.addBranch')}
      hint={t('steps.windowHint')}
      onAdd={() => ({ ...newBranch(), within: 'P3D', next: elseOf(graph, step.id) })}
      onChange={(branches) => onChange({ ...step, branches })}
      fields={(branch, set) => (
        <>
          <DurationInput label={t('steps.window')} value={branch.within} onChange={(within) => set({ ...branch, within })} />
          <RulesFields rules={branch.when} graph={graph} names={names} onChange={(when) => set({ ...branch, when })} />
        </>
      )}
    />
  );
}

const matches = ['equals', 'contains', 'wildcard'] as const;

export function SwitchForm({ step, graph, names, onChange }: Props<StepOf<'switch'>>) {
  return (
    <Stack gap="md">
      <FieldInput value={step.field} fields={names.fields} onChange={(field) => onChange({ ...step, field })} />
      <Branches
        list={step.cases}
        label={(number) => t('steps.case', { number })}
        remove={(number) => t('steps.removeCase', { number })}
        add={t('steps.addCase')}
        hint={t('steps.firstWins')}
        onAdd={() => ({ ...newCase(), next: elseOf(graph, step.id) })}
        onChange={(cases) => onChange({ ...step, cases })}
        fields={(one, set) => (
          <Group gap="xs" align="flex-start">
            <Select
              label={t('steps.caseMatch')}
              w={170}
              allowDeselect={false}
              data={matches.map((value) => ({ value, label: t(`steps.caseMatch.${value}`) }))}
              value={one.match}
              onChange={(value) => set({ ...one, match: value as typeof one.match })}
            />
            <TagsInput
              label={t('steps.values')}
              style={{ flex: 1, minWidth: 220 }}
              {...(one.values.length === 0 ? { placeholder: t('steps.valuesPlaceholder') } : {})}
              {...(one.match === 'wildcard' ? { description: t('steps.wildcardHint') } : {})}
              acceptValueOnBlur
              maxTags={50}
              value={one.values}
              onChange={(values) => set({ ...one, values: values.map((value) => value.slice(0, 200)) })}
            />
          </Group>
        )}
      />
    </Stack>
  );
}

export function SplitForm({ step, graph, onChange }: Props<StepOf<'split'>>) {
  return (
    <Branches
      list={step.arms}
      label={(number) => t('steps.arm', { number })}
      remove={(number) => t('steps.removeArm', { number })}
      add={t('steps.addArm')}
      hint={t('steps.splitHint')}
      onAdd={() => ({ ...newArm(), next: elseOf(graph, step.id) })}
      onChange={(arms) => onChange({ ...step, arms })}
      fields={(arm, set) => (
        <NumberInput
          label={t('steps.weight')}
          w={110}
          min={0}
          max={1000}
          allowDecimal={false}
          value={arm.weight}
          onChange={(value) => typeof value === 'number' && set({ ...arm, weight: value })}
        />
      )}
    />
  );
}

interface BranchesProps<Branch> {
  readonly list: readonly Branch[];
  readonly label: (number: number) => string;
  readonly remove: (number: number) => string;
  readonly add: string;
  readonly hint: string;
  readonly onAdd: () => Branch;
  readonly onChange: (list: Branch[]) => void;
  readonly fields: (branch: Branch, set: (branch: Branch) => void) => ReactNode;
}

/** The branches of a step, each with a name and what it is chosen by; the order is the order in which they are tried. */
function Branches<Branch extends { readonly id: string; readonly name: string }>({ list, label, remove, add, hint, onAdd, onChange, fields }: BranchesProps<Branch>) {
  const set = (branch: Branch) => onChange(list.map((own) => (own.id === branch.id ? branch : own)));
  const earlier = (index: number) => onChange(list.toSpliced(index, 1).toSpliced(index - 1, 0, ...list.slice(index, index + 1)));
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {hint}
      </Text>
      {list.map((branch, index) => (
        <fieldset key={branch.id} className={classes['branch']} data-field={`branches.${index}`}>
          <legend>{label(index + 1)}</legend>
          <Group gap="xs" align="flex-end" wrap="nowrap" mb="xs">
            <TextInput
              aria-label={`${t('steps.branchName')}, ${label(index + 1)}`}
              placeholder={t('steps.branchNamePlaceholder')}
              style={{ flex: 1 }}
              maxLength={100}
              value={branch.name}
              onChange={(event) => set({ ...branch, name: event.currentTarget.value })}
            />
            <Tooltip label={t('steps.branchUp', { number: index + 1 })}>
              <ActionIcon color="gray" aria-label={t('steps.branchUp', { number: index + 1 })} disabled={index === 0} onClick={() => earlier(index)}>
                <IconArrowUp size={16} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={remove(index + 1)}>
              <ActionIcon color="gray" aria-label={remove(index + 1)} disabled={list.length < 2} onClick={() => onChange(list.filter((own) => own !== branch))}>
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          </Group>
          <Stack gap="xs">{fields(branch, set)}</Stack>
        </fieldset>
      ))}
      <Group>
        <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />} disabled={list.length >= 20} onClick={() => onChange([...list, onAdd()])}>
          {add}
        </Button>
      </Group>
    </Stack>
  );
}
