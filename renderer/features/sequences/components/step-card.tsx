import { ActionIcon, Collapse, Text, Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconArrowsSplit2,
  IconBolt,
  IconCalendarClock,
  IconCalendarEvent,
  IconChecklist,
  IconClockHour4,
  IconCopy,
  IconDice3,
  IconFlag,
  IconHourglass,
  IconMail,
  IconSwitch3,
  IconTrash,
} from '@tabler/icons-react';
import { useId, type KeyboardEvent, type ReactNode } from 'react';
import type { GraphIssue, Step } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import classes from './sequences.module.css';

interface Props {
  readonly kind: Step['type'];
  readonly stepId: string;
  readonly name: string;
  readonly title: ReactNode;
  readonly detail: ReactNode;
  readonly badges?: ReactNode;
  readonly open: boolean;
  readonly issues: readonly GraphIssue[];
  readonly canUp: boolean;
  readonly canDown: boolean;
  readonly onToggle: () => void;
  readonly onMove: (by: number) => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
  /** Further buttons. */
  readonly tools?: ReactNode;
  /** The ways of a branching step, below its card. */
  readonly lanes?: ReactNode;
  readonly children?: ReactNode;
}

export const stepIcons = {
  email: IconMail,
  wait: IconClockHour4,
  wait_time: IconCalendarClock,
  wait_date: IconCalendarEvent,
  condition: IconArrowsSplit2,
  wait_for: IconHourglass,
  switch: IconSwitch3,
  split: IconDice3,
  task: IconChecklist,
  action: IconBolt,
  exit: IconFlag,
} as const satisfies Record<Step['type'], unknown>;

/** The frame of every step: what it is, the buttons that move, copy and delete it, and its editor when it is open. */
export function StepCard({ kind, stepId, name, title, detail, badges, open, issues, canUp, canDown, onToggle, onMove, onDuplicate, onRemove, tools, lanes, children }: Props) {
  const StepIcon = stepIcons[kind];
  const bodyId = useId();
  const blocking = issues.some((issue) => issue.blocking);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    // A step inside a lane moves alone, not with the step that holds the lane.
    event.stopPropagation();
    onMove(event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    <li className={classes['item']} onKeyDown={onKeyDown} data-step={stepId}>
      <article
        className={classes['card']}
        data-open={open}
        data-bad={blocking}
        data-kind={kind === 'email' ? 'email' : kind === 'wait' || kind === 'exit' ? kind : 'other'}
        aria-label={name}
      >
        <div className={classes['head']}>
          <span className={classes['icon']} aria-hidden>
            <StepIcon size={kind === 'email' ? 17 : 14} stroke={1.8} />
          </span>
          {children === undefined ? (
            <div className={classes['summary']}>
              <Summary title={title} detail={detail} />
            </div>
          ) : (
            <UnstyledButton
              className={classes['summary']}
              aria-expanded={open}
              aria-controls={bodyId}
              data-step-toggle
              onClick={onToggle}
              title={open ? t('sequences.collapse', { name }) : t('sequences.edit', { name })}
            >
              <Summary title={title} detail={detail} />
            </UnstyledButton>
          )}
          {badges}
          <div className={classes['tools']}>
            {tools}
            <Tool label={t('sequences.moveUp', { name })} disabled={!canUp} onClick={() => onMove(-1)} icon={<IconArrowUp size={16} />} />
            <Tool label={t('sequences.moveDown', { name })} disabled={!canDown} onClick={() => onMove(1)} icon={<IconArrowDown size={16} />} />
            {kind !== 'exit' && <Tool label={t('sequences.duplicateStep', { name })} onClick={onDuplicate} icon={<IconCopy size={16} />} />}
            <Tool label={t('sequences.removeStep', { name })} onClick={onRemove} icon={<IconTrash size={16} />} />
          </div>
        </div>
        {children !== undefined && (
          <Collapse expanded={open} id={bodyId} transitionDuration={120}>
            {open && <div className={classes['body']}>{children}</div>}
          </Collapse>
        )}
      </article>
      {lanes}
    </li>
  );
}

function Summary({ title, detail }: { readonly title: ReactNode; readonly detail: ReactNode }) {
  return (
    <>
      <Text component="span" display="block" size="sm" className={`${classes['title'] ?? ''} h-ellipsis`}>
        {title}
      </Text>
      {detail !== null && (
        <Text component="span" display="block" size="xs" c="dimmed" className="h-ellipsis">
          {detail}
        </Text>
      )}
    </>
  );
}

function Tool({ label, icon, disabled = false, onClick }: { readonly label: string; readonly icon: ReactNode; readonly disabled?: boolean; readonly onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon color="gray" size="sm" aria-label={label} disabled={disabled} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
