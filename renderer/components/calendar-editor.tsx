import { ActionIcon, Alert, Button, Group, Pill, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { alwaysOpen, officeHours, type Calendar } from '../../shared/schemas/common.ts';
import { t, type MessageKey } from '../lib/messages/index.ts';
import { fromWeek, toWeek, type Span, type Week } from '../lib/week.ts';
import { allZones } from '../lib/zones.ts';
import styles from './components.module.css';

interface CalendarEditorProps {
  readonly value: Calendar;
  readonly onChange: (value: Calendar) => void;
  /** What the zone means here, for example "where the zone of the recipient is unknown". */
  readonly zoneHint?: string;
  readonly error?: string | undefined;
}

const dayNumbers = [1, 2, 3, 4, 5, 6, 7] as const;

/** Sending hours per weekday, with a time zone and days off. Used by mailboxes and campaigns. */
export function CalendarEditor({ value, onChange, zoneHint, error }: CalendarEditorProps) {
  return (
    <Stack gap="md">
      <Select
        label={t('calendar.zone')}
        description={zoneHint ?? t('calendar.zoneHint')}
        data={allZones(value.zone)}
        value={value.zone}
        searchable
        allowDeselect={false}
        limit={60}
        maw={340}
        onChange={(zone) => zone && onChange({ ...value, zone })}
      />
      <WeekEditor windows={value.windows} onChange={(windows) => onChange({ ...value, windows })} error={error} />
      <Holidays days={value.holidays} onChange={(holidays) => onChange({ ...value, holidays })} />
    </Stack>
  );
}

interface WeekEditorProps {
  readonly windows: Calendar['windows'];
  readonly onChange: (windows: Calendar['windows']) => void;
  readonly label?: string;
  readonly error?: string | undefined;
}

/** Hours per weekday: several stretches a day, over midnight where the end comes before the start. */
export function WeekEditor({ windows, onChange, label = t('calendar.days'), error }: WeekEditorProps) {
  const week = toWeek(windows);
  const setWeek = (next: Week) => onChange(fromWeek(next));
  const setDay = (day: number, spans: readonly Span[]) => setWeek({ ...week, [day]: spans });
  const monday = week[1] ?? [];
  return (
    <div role="group" aria-label={label}>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <Group gap="xs">
          <Button variant="subtle" size="compact-xs" onClick={() => onChange([...officeHours])}>
            {t('calendar.office')}
          </Button>
          <Button variant="subtle" size="compact-xs" onClick={() => onChange([...alwaysOpen])}>
            {t('calendar.always')}
          </Button>
          <Button variant="subtle" size="compact-xs" onClick={() => setWeek({ ...week, 2: monday, 3: monday, 4: monday, 5: monday })}>
            {t('calendar.copy')}
          </Button>
        </Group>
      </Group>
      {dayNumbers.map((day) => (
        <DayRow key={day} day={day} spans={week[day] ?? []} onChange={(spans) => setDay(day, spans)} />
      ))}
      {windows.every((window) => window.days.length === 0) && (
        <Alert color="amber" variant="light" mt="sm">
          {t('calendar.none')}
        </Alert>
      )}
      {error !== undefined && (
        <Text size="xs" c="var(--mantine-color-error)" mt={4}>
          {error}
        </Text>
      )}
    </div>
  );
}

function DayRow({ day, spans, onChange }: { day: number; spans: readonly Span[]; onChange: (spans: readonly Span[]) => void }) {
  const name = t(`day.${day}` as MessageKey);
  const put = (index: number, span: Span) => onChange(spans.map((old, at) => (at === index ? span : old)));
  return (
    <div className={styles['calendarRow']}>
      <Switch
        mt={6}
        label={name}
        aria-label={t('calendar.open', { day: name })}
        checked={spans.length > 0}
        onChange={(event) => onChange(event.currentTarget.checked ? [{ start: '09:00', end: '17:00' }] : [])}
      />
      {spans.length === 0 ? (
        <Text size="sm" c="dimmed" mt={6}>
          {t('calendar.closed')}
        </Text>
      ) : (
        <Stack gap={4}>
          {spans.map((span, index) => (
            <Group key={index} gap={6} wrap="nowrap">
              <TextInput
                type="time"
                size="xs"
                aria-label={t('calendar.from', { day: name })}
                value={span.start}
                onChange={(event) => event.currentTarget.value && put(index, { ...span, start: event.currentTarget.value })}
              />
              <span aria-hidden>–</span>
              {/* A browser's time field knows no 24:00: midnight at the end is written as 00:00. */}
              <TextInput
                type="time"
                size="xs"
                aria-label={t('calendar.to', { day: name })}
                value={span.end === '24:00' ? '00:00' : span.end}
                onChange={(event) => event.currentTarget.value && put(index, { ...span, end: event.currentTarget.value === '00:00' ? '24:00' : event.currentTarget.value })}
              />
              <ActionIcon size="sm" aria-label={t('calendar.removeWindow', { day: name })} onClick={() => onChange(spans.filter((_, at) => at !== index))}>
                <IconX size={14} />
              </ActionIcon>
              {(span.start === span.end || (span.start === '00:00' && span.end === '24:00')) && (
                <Text size="xs" c="dimmed">
                  {t('calendar.allDay')}
                </Text>
              )}
              {span.end < span.start && (
                <Text size="xs" c="dimmed">
                  {t('calendar.overnight')}
                </Text>
              )}
            </Group>
          ))}
        </Stack>
      )}
      <ActionIcon mt={3} aria-label={t('calendar.addWindow', { day: name })} onClick={() => onChange([...spans, { start: '18:00', end: '20:00' }])}>
        <IconPlus size={16} />
      </ActionIcon>
    </div>
  );
}

function Holidays({ days, onChange }: { days: readonly string[]; onChange: (days: string[]) => void }) {
  const [date, setDate] = useState('');
  const add = () => {
    if (date && !days.includes(date)) onChange([...days, date].sort());
    setDate('');
  };
  return (
    <div>
      <Group align="flex-end" gap="sm">
        <TextInput type="date" label={t('calendar.holidays')} description={t('calendar.holidaysHint')} value={date} onChange={(event) => setDate(event.currentTarget.value)} />
        <Button variant="default" onClick={add} disabled={!date}>
          {t('calendar.addHoliday')}
        </Button>
      </Group>
      {days.length > 0 && (
        <Pill.Group mt="sm">
          {days.map((day) => (
            <Pill key={day} withRemoveButton removeButtonProps={{ 'aria-label': `${t('common.remove')} ${day}` }} onRemove={() => onChange(days.filter((other) => other !== day))}>
              {day}
            </Pill>
          ))}
        </Pill.Group>
      )}
    </div>
  );
}
