import { ActionIcon, Button, Checkbox, Popover } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react';
import type { Contact } from '../../../../shared/schemas/contact.ts';
import type { Column } from '../../../components/data-table.tsx';
import { t } from '../../../lib/messages/index.ts';
import classes from './segments.module.css';

interface Props {
  readonly all: readonly Column<Contact>[];
  readonly shown: readonly string[];
  /** Null = the usual ones for the width. */
  readonly onChange: (shown: string[] | null) => void;
}

/** Chooses columns and their order: those that show come first, in their order. */
export function ColumnsMenu({ all, shown, onChange }: Props) {
  const known = shown.filter((id) => all.some((column) => column.id === id));
  // Name and address in one column, or each in its own: two headings alike would not be told apart.
  const others = all.filter(({ id }) => !known.includes(id) && id !== 'person');
  const move = (index: number, step: number) => {
    const next = [...known];
    const [taken] = next.splice(index, 1);
    if (taken !== undefined) next.splice(index + step, 0, taken);
    onChange(next);
  };
  return (
    <Popover position="bottom-end" width={300} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />}>
          {t('columns.title')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ul className={classes['columns']} aria-label={t('columns.title')}>
          {known.map((id, index) => {
            const header = all.find((column) => column.id === id)?.header ?? id;
            return (
              <li key={id} className={classes['column']}>
                <Checkbox label={header} checked disabled={known.length === 1} onChange={() => onChange(known.filter((own) => own !== id))} style={{ flex: 1 }} />
                <ActionIcon size="sm" color="gray" disabled={index === 0} aria-label={t('columns.up', { column: header })} onClick={() => move(index, -1)}>
                  <IconArrowUp size={14} />
                </ActionIcon>
                <ActionIcon size="sm" color="gray" disabled={index === known.length - 1} aria-label={t('columns.down', { column: header })} onClick={() => move(index, 1)}>
                  <IconArrowDown size={14} />
                </ActionIcon>
              </li>
            );
          })}
          {others.map(({ id, header }) => (
            <li key={id} className={classes['column']}>
              <Checkbox label={header} checked={false} onChange={() => onChange([...known, id])} style={{ flex: 1 }} />
            </li>
          ))}
        </ul>
        <Button size="compact-sm" variant="subtle" mt={6} onClick={() => onChange(null)}>
          {t('columns.reset')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
