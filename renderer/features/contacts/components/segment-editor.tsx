import { ActionIcon, Button, Group, Select, Text } from '@mantine/core';
import { IconFolderPlus, IconPlus, IconX } from '@tabler/icons-react';
import { maxSegmentDepth, type SegmentFilter, type SegmentGroup, type SegmentRule } from '../../../../shared/schemas/segment.ts';
import { t } from '../../../lib/messages/index.ts';
import { groupWith, matchOf, newGroup, ruleAbout, type GroupMatch } from '../model/segment-rules.ts';
import { SegmentRuleRow } from './segment-rule.tsx';
import classes from './segments.module.css';
import { useSegmentNames, type SegmentNames } from './use-segment-names.ts';

/** The one editor of filters: rules and nested groups of rules. Rules that lack a value count for nothing until they have one. */
export function SegmentEditor({ filter, onChange }: { readonly filter: SegmentFilter; readonly onChange: (filter: SegmentFilter) => void }) {
  const names = useSegmentNames();
  return (
    <div className={classes['editor']} role="group" aria-label={t('segments.editor')}>
      <Rules
        rules={filter.rules}
        match={filter.match}
        matches={['all', 'any']}
        depth={0}
        names={names}
        onMatch={(match) => onChange({ ...filter, match: match === 'any' ? 'any' : 'all' })}
        onRules={(rules) => onChange({ ...filter, rules })}
      />
    </div>
  );
}

interface RulesProps {
  readonly rules: readonly SegmentRule[];
  readonly match: GroupMatch;
  readonly matches: readonly GroupMatch[];
  readonly depth: number;
  readonly names: SegmentNames;
  readonly onMatch: (match: GroupMatch) => void;
  readonly onRules: (rules: SegmentRule[]) => void;
  readonly onRemove?: () => void;
}

function Rules({ rules, match, matches, depth, names, onMatch, onRules, onRemove }: RulesProps) {
  const set = (index: number, rule: SegmentRule) => onRules(rules.map((own, at) => (at === index ? rule : own)));
  const drop = (index: number) => (rules.length === 1 && onRemove ? onRemove() : onRules(rules.filter((_, at) => at !== index)));
  const add = (rule: SegmentRule) => onRules([...rules, rule]);
  return (
    <>
      {(rules.length > 1 || depth > 0) && (
        <Group gap="sm" mb={8} wrap="nowrap">
          <Select
            aria-label={t('segments.match')}
            size="xs"
            w={150}
            allowDeselect={false}
            data={matches.map((value) => ({ value, label: t(`segments.match.${value}`) }))}
            value={match}
            onChange={(value) => value !== null && onMatch(value as GroupMatch)}
          />
          <Text size="sm" c="dimmed">
            {t('segments.matchOf')}
          </Text>
          {onRemove && (
            <ActionIcon ms="auto" color="gray" aria-label={t('segments.removeGroup')} onClick={onRemove}>
              <IconX size={16} />
            </ActionIcon>
          )}
        </Group>
      )}
      <ul className={classes['rules']}>
        {rules.map((rule, index) => (
          <li key={index}>
            {rule.kind === 'group' ? (
              <GroupBox group={rule} depth={depth + 1} names={names} onChange={(group) => set(index, group)} onRemove={() => drop(index)} />
            ) : (
              <SegmentRuleRow rule={rule} names={names} onChange={(next) => set(index, next)} onRemove={() => drop(index)} />
            )}
          </li>
        ))}
      </ul>
      <Group gap="xs">
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => add(ruleAbout('field:company', names.definitions))}>
          {t('segments.addRule')}
        </Button>
        {depth < maxSegmentDepth && (
          <Button size="compact-sm" variant="subtle" leftSection={<IconFolderPlus size={15} />} onClick={() => add(newGroup())}>
            {t('segments.addGroup')}
          </Button>
        )}
      </Group>
    </>
  );
}

interface GroupProps {
  readonly group: SegmentGroup;
  readonly depth: number;
  readonly names: SegmentNames;
  readonly onChange: (group: SegmentGroup) => void;
  readonly onRemove: () => void;
}

function GroupBox({ group, depth, names, onChange, onRemove }: GroupProps) {
  return (
    <div className={classes['group']} role="group" aria-label={t('segments.group')}>
      <Rules
        rules={group.rules}
        match={matchOf(group)}
        matches={['all', 'any', 'none', 'not_all']}
        depth={depth}
        names={names}
        onMatch={(match) => onChange(groupWith(group, match))}
        onRules={(rules) => onChange({ ...group, rules })}
        onRemove={onRemove}
      />
    </div>
  );
}
