import { ActionIcon, MultiSelect, NumberInput, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { contactStatusSchema, type ContactStatus } from '../../../../shared/schemas/contact.ts';
import { segmentEvents, type SegmentLeaf } from '../../../../shared/schemas/segment.ts';
import { t, type MessageKey } from '../../../lib/messages/index.ts';
import { compared, comparisonOf, comparisonsFor, momentNames, ruleAbout, subjectOf, textFieldNames, type Subject } from '../model/segment-rules.ts';
import classes from './segments.module.css';
import type { SegmentNames } from './use-segment-names.ts';

interface Props {
  readonly rule: SegmentLeaf;
  readonly names: SegmentNames;
  readonly onChange: (rule: SegmentLeaf) => void;
  readonly onRemove: () => void;
}

/** One rule in a row: what it is about, how it compares, with what. */
export function SegmentRuleRow({ rule, names, onChange, onRemove }: Props) {
  const subject = subjectOf(rule);
  const groups = subjects(names.custom);
  const known = groups.some(({ items }) => items.some(({ value }) => value === subject));
  return (
    <div className={classes['rule']}>
      <Select
        aria-label={t('segments.subject')}
        size="xs"
        w={176}
        searchable
        allowDeselect={false}
        maxDropdownHeight={340}
        data={known ? groups : [...groups, { group: t('segments.group.other'), items: [{ value: subject, label: subject.replace(/^field:(custom\.)?/, '') }] }]}
        value={subject}
        onChange={(value) => value !== null && value !== subject && onChange(ruleAbout(value as Subject, names.definitions))}
      />
      <Select
        aria-label={t('segments.comparison')}
        size="xs"
        w={150}
        allowDeselect={false}
        data={comparisonsFor(rule, names.definitions).map((value) => ({ value, label: t(`segments.compare.${value}` as MessageKey) }))}
        value={comparisonOf(rule)}
        onChange={(value) => value !== null && onChange(compared(rule, value))}
      />
      <RuleValue rule={rule} names={names} onChange={onChange} />
      <ActionIcon className={classes['ruleRemove'] ?? ''} color="gray" aria-label={t('segments.removeRule')} onClick={onRemove}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}

function subjects(custom: readonly string[]): { group: string; items: { value: string; label: string }[] }[] {
  const field = (name: string) => ({ value: `field:${name}`, label: t(`segments.field.${name}` as MessageKey) });
  return [
    {
      group: t('segments.group.belongs'),
      items: (['tag', 'list', 'status'] as const).map((value) => ({ value, label: t(`segments.subject.${value}`) })),
    },
    { group: t('segments.group.fields'), items: textFieldNames.map(field) },
    ...(custom.length === 0 ? [] : [{ group: t('segments.group.custom'), items: custom.map((name) => ({ value: `field:custom.${name}`, label: name })) }]),
    { group: t('segments.group.dates'), items: momentNames.map(field) },
    { group: t('segments.group.events'), items: segmentEvents.map((event) => ({ value: `event:${event}`, label: t(`segments.event.${event}`) })) },
  ];
}

type ValueProps = Omit<Props, 'onRemove'>;

function RuleValue({ rule, names, onChange }: ValueProps) {
  const label = t('segments.value');
  const wide = classes['value'] ?? '';
  switch (rule.kind) {
    case 'text': {
      if (rule.op === 'is_empty') return null;
      const choices = names.definitions.find(({ name, type }) => type === 'choice' && rule.field === `custom.${name}`)?.choices;
      return (
        <TagsInput
          aria-label={label}
          size="xs"
          className={wide}
          maxTags={100}
          acceptValueOnBlur
          placeholder={rule.values.length === 0 ? t('segments.valueHint') : ''}
          data={choices ? [...choices] : []}
          value={[...rule.values]}
          onChange={(values) => onChange({ ...rule, values })}
        />
      );
    }
    case 'number':
      return <NumberInput aria-label={label} size="xs" w={140} value={rule.value} onChange={(value) => typeof value === 'number' && onChange({ ...rule, value })} />;
    case 'date':
      return <TextInput aria-label={label} size="xs" w={150} type="date" value={rule.date} onChange={(event) => onChange({ ...rule, date: event.currentTarget.value })} />;
    case 'days':
      return (
        <>
          <NumberInput
            aria-label={label}
            size="xs"
            w={80}
            min={0}
            max={36_500}
            allowDecimal={false}
            value={rule.days}
            onChange={(days) => typeof days === 'number' && days >= 0 && onChange({ ...rule, days })}
          />
          <Text size="sm">{t('segments.days')}</Text>
        </>
      );
    case 'tag':
      return (
        <MultiSelect
          aria-label={label}
          size="xs"
          className={wide}
          searchable
          placeholder={rule.tags.length === 0 ? t('segments.anyOf') : ''}
          data={[...new Set([...names.tags, ...rule.tags])]}
          value={[...rule.tags]}
          onChange={(tags) => onChange({ ...rule, tags })}
        />
      );
    case 'list':
      return (
        <MultiSelect
          aria-label={label}
          size="xs"
          className={wide}
          searchable
          placeholder={rule.listIds.length === 0 ? t('segments.anyOf') : ''}
          data={[...names.lists, ...rule.listIds.filter((id) => !names.lists.some(({ value }) => value === id)).map((value) => ({ value, label: t('segments.gone') }))]}
          value={[...rule.listIds]}
          onChange={(listIds) => onChange({ ...rule, listIds })}
        />
      );
    case 'status':
      return (
        <MultiSelect
          aria-label={label}
          size="xs"
          className={wide}
          data={contactStatusSchema.options.map((value) => ({ value, label: t(`contactStatus.${value}`) }))}
          value={[...rule.statuses]}
          onChange={(statuses) => onChange({ ...rule, statuses: statuses as ContactStatus[] })}
        />
      );
    case 'event':
      return <EventValue rule={rule} names={names} onChange={onChange} />;
  }
}

function EventValue({
  rule,
  names,
  onChange,
}: {
  readonly rule: Extract<SegmentLeaf, { kind: 'event' }>;
  readonly names: SegmentNames;
  readonly onChange: (rule: SegmentLeaf) => void;
}) {
  return (
    <>
      <NumberInput
        aria-label={t('segments.times')}
        size="xs"
        w={56}
        min={1}
        max={1000}
        allowDecimal={false}
        value={rule.atLeast}
        onChange={(atLeast) => typeof atLeast === 'number' && atLeast >= 1 && onChange({ ...rule, atLeast })}
      />
      <Text size="sm">{t('segments.timesOrMore', { count: rule.atLeast })}</Text>
      <NumberInput
        aria-label={t('segments.within')}
        size="xs"
        w={104}
        min={1}
        max={36_500}
        allowDecimal={false}
        placeholder={t('segments.ever')}
        value={rule.withinDays ?? ''}
        suffix={t('segments.daysSuffix')}
        onChange={(days) => onChange({ ...rule, withinDays: typeof days === 'number' && days >= 1 ? days : null })}
      />
      <Select
        aria-label={t('segments.campaign')}
        size="xs"
        w={170}
        searchable
        clearable
        placeholder={t('segments.anyCampaign')}
        data={[...names.campaigns]}
        value={rule.campaignId}
        onChange={(campaignId) => onChange({ ...rule, campaignId })}
      />
    </>
  );
}
