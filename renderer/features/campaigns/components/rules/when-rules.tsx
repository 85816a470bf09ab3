import { Alert, Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import { CalendarEditor, WeekEditor } from '../../../../components/calendar-editor.tsx';
import { WeekPicture } from '../../../../components/week-picture.tsx';
import { allCountries } from '../../../../lib/countries.ts';
import { t } from '../../../../lib/messages/index.ts';
import { openStretches } from '../../../../lib/week.ts';
import { fromLocalInput, toLocalInput } from '../../model/campaign-form.ts';
import { Advanced, NumberRule, type RulesProps } from './fields.tsx';

const usualWaking = { start: '07:00', end: '21:00' };

/** When mails may leave: windows, time zone, holidays, waking hours, start. */
export function WhenRules({ rules, onChange }: RulesProps) {
  return (
    <Stack gap="md">
      <CalendarEditor value={rules.calendar} zoneHint={t('campaigns.rules.zoneHint')} onChange={(calendar) => onChange({ calendar })} />
      <Switch label={t('campaigns.rules.useContactZone')} checked={rules.useContactZone} onChange={(event) => onChange({ useContactZone: event.currentTarget.checked })} />
      <WakingField rules={rules} onChange={onChange} />
      <Switch label={t('campaigns.rules.holidays')} checked={rules.observeHolidays} onChange={(event) => onChange({ observeHolidays: event.currentTarget.checked })} />
      {rules.observeHolidays && (
        <Select
          label={t('campaigns.rules.holidayCountry')}
          placeholder={t('campaigns.rules.holidayCountry.none')}
          data={allCountries()}
          value={rules.holidayCountry}
          searchable
          clearable
          maw={340}
          onChange={(holidayCountry) => onChange({ holidayCountry })}
        />
      )}
      <OpenHours rules={rules} />
      <StartField startAt={rules.startAt} onChange={(startAt) => onChange({ startAt })} />
      <Advanced used={rules.followUpWindows !== null}>
        <Switch
          label={t('campaigns.rules.followUpWindows')}
          description={t('campaigns.rules.followUpWindows.hint')}
          checked={rules.followUpWindows !== null}
          onChange={(event) => onChange({ followUpWindows: event.currentTarget.checked ? rules.calendar.windows : null })}
        />
        {rules.followUpWindows !== null && (
          <WeekEditor label={t('campaigns.rules.followUpWindows.hours')} windows={rules.followUpWindows} onChange={(followUpWindows) => onChange({ followUpWindows })} />
        )}
        <Group maw={420}>
          <NumberRule
            label={t('campaigns.rules.stale')}
            value={rules.staleAfterHours}
            min={1}
            max={8760}
            suffix={t('campaigns.rules.stale.unit')}
            onChange={(staleAfterHours) => onChange({ staleAfterHours })}
          />
        </Group>
      </Advanced>
    </Stack>
  );
}

function WakingField({ rules, onChange }: RulesProps) {
  const waking = rules.wakingHours;
  return (
    <Group gap="md" mih={34}>
      <Switch label={t('campaigns.rules.waking')} checked={waking !== null} onChange={(event) => onChange({ wakingHours: event.currentTarget.checked ? usualWaking : null })} />
      {waking && (
        <Group gap={6} wrap="nowrap">
          <TextInput
            type="time"
            size="xs"
            aria-label={t('campaigns.rules.wakingFrom')}
            value={waking.start}
            onChange={(event) => event.currentTarget.value && onChange({ wakingHours: { ...waking, start: event.currentTarget.value } })}
          />
          <span aria-hidden>–</span>
          <TextInput
            type="time"
            size="xs"
            aria-label={t('campaigns.rules.wakingTo')}
            value={waking.end === '24:00' ? '00:00' : waking.end}
            onChange={(event) =>
              event.currentTarget.value && onChange({ wakingHours: { ...waking, end: event.currentTarget.value === '00:00' ? '24:00' : event.currentTarget.value } })
            }
          />
        </Group>
      )}
    </Group>
  );
}

/** What window and waking hours leave together, where the window is read in the recipient's time. */
function OpenHours({ rules }: Pick<RulesProps, 'rules'>) {
  const waking = rules.useContactZone ? rules.wakingHours : null;
  const first = openStretches(rules.calendar.windows, waking);
  const followUps = rules.followUpWindows === null ? null : openStretches(rules.followUpWindows, waking);
  if ([first, followUps ?? []].every((week) => week.every((day) => day.length === 0))) {
    return (
      <Alert color="amber" variant="light">
        {t('campaigns.rules.picture.none')}
      </Alert>
    );
  }
  const layers =
    followUps === null
      ? [{ key: 'all', label: t('campaigns.rules.picture.both'), week: first }]
      : [
          { key: 'first', label: t('campaigns.rules.picture.first'), week: first },
          { key: 'followUps', label: t('campaigns.rules.picture.followUps'), week: followUps },
        ];
  return <WeekPicture title={t('campaigns.rules.picture')} layers={layers} />;
}

/** A date field keeps what is half typed; only a whole moment, or nothing, is a value. */
function StartField({ startAt, onChange }: { readonly startAt: number | null; readonly onChange: (startAt: number | null) => void }) {
  return (
    <TextInput
      type="datetime-local"
      label={t('campaigns.rules.startAt')}
      description={t('campaigns.rules.startAt.hint')}
      maw={340}
      value={toLocalInput(startAt)}
      onChange={(event) => {
        const { value, validity } = event.currentTarget;
        if (!validity.badInput) onChange(fromLocalInput(value));
      }}
    />
  );
}
