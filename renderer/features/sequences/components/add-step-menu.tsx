import { ActionIcon, Button, Menu, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { StepType } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import { stepIcons } from './step-card.tsx';

const groups = [
  ['write', ['email', 'wait', 'wait_time', 'wait_date']],
  ['decide', ['condition', 'wait_for', 'switch', 'split']],
  ['do', ['task', 'action', 'exit']],
] as const satisfies readonly (readonly [string, readonly StepType[]])[];

/** A button with a menu of all kinds of steps. `small` = an icon whose label names the place. */
export function AddStepMenu({ label, small = false, onAdd }: { readonly label: string; readonly small?: boolean; readonly onAdd: (type: StepType) => void }) {
  return (
    <Menu position="bottom-start" width={330} withinPortal>
      <Menu.Target>
        {small ? (
          <ActionIcon color="gray" size="sm" aria-label={label} title={label}>
            <IconPlus size={16} />
          </ActionIcon>
        ) : (
          <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} aria-label={label}>
            {t('steps.add')}
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <StepKinds onAdd={onAdd} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** The kinds of steps as items of a menu. */
export function StepKinds({ onAdd }: { readonly onAdd: (type: StepType) => void }) {
  return groups.map(([group, kinds]) => (
    <div key={group}>
      <Menu.Label>{t(`steps.group.${group}`)}</Menu.Label>
      {kinds.map((kind) => {
        const KindIcon = stepIcons[kind];
        return (
          <Menu.Item key={kind} leftSection={<KindIcon size={18} stroke={1.7} />} onClick={() => onAdd(kind)}>
            <Text size="sm" fw={560}>
              {t(`steps.kind.${kind}`)}
            </Text>
            <Text size="xs" c="dimmed">
              {t(`steps.hint.${kind}`)}
            </Text>
          </Menu.Item>
        );
      })}
    </div>
  ));
}
