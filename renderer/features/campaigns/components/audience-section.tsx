import { Anchor, Button, Group, MultiSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Audience } from '../../../../shared/schemas/campaign.ts';
import { t } from '../../../lib/messages/index.ts';
import { useLists, usePreflight, useSegments } from '../api.ts';
import { summariseAudience } from '../model/audience.ts';

interface Props {
  readonly campaignId: string;
  readonly audience: Audience;
  /** The audience on screen is not stored yet, so that the count is of an older one. */
  readonly counting: boolean;
  readonly onChange: (audience: Audience) => void;
}

/** Who is enrolled, with the honest count: each person once, without the suppressed. */
export function AudienceSection({ campaignId, audience, counting, onChange }: Props) {
  const lists = useLists();
  const preflight = usePreflight(campaignId);
  const items = lists.data?.items ?? [];
  const segments = useSegments().data?.items ?? [];
  const segmentIds = (audience.segmentIds ?? []).filter((id) => segments.some((segment) => segment.id === id));
  const summary = summariseAudience(audience, items);
  const waiting = counting || preflight.isFetching;
  return (
    <Stack gap="sm" align="flex-start">
      <SegmentedControl
        aria-label={t('campaigns.audience.kind')}
        size="sm"
        value={audience.everyone ? 'everyone' : 'lists'}
        data={[
          { value: 'lists', label: t('campaigns.audience.lists') },
          { value: 'everyone', label: t('campaigns.audience.everyone') },
        ]}
        onChange={(value) => onChange({ ...audience, everyone: value === 'everyone' })}
      />
      {!audience.everyone && lists.isSuccess && items.length === 0 && segments.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('campaigns.audience.noLists')}{' '}
          <Anchor size="sm" renderRoot={(props) => <Link to="/contacts" {...props} />}>
            {t('campaigns.audience.toContacts')}
          </Anchor>
        </Text>
      )}
      {!audience.everyone && items.length > 0 && (
        <MultiSelect
          label={t('campaigns.audience.chooseLists')}
          data={items.map((list) => ({ value: list.id, label: t('campaigns.audience.listOption', { name: list.name, count: list.contacts }) }))}
          value={audience.listIds.filter((id) => items.some((list) => list.id === id))}
          searchable
          clearable
          w="100%"
          maw={560}
          onChange={(listIds) => onChange({ ...audience, listIds })}
        />
      )}
      {!audience.everyone && segments.length > 0 && (
        <MultiSelect
          label={t('campaigns.audience.chooseSegments')}
          description={t('campaigns.audience.segmentsHint')}
          data={segments.map((segment) => ({ value: segment.id, label: segment.name }))}
          value={segmentIds}
          searchable
          clearable
          w="100%"
          maw={560}
          onChange={(next) => onChange({ ...audience, segmentIds: next })}
        />
      )}
      {lists.isSuccess && summary.kind === 'some' && summary.missingLists > 0 && (
        <Text size="sm" c="var(--homing-warn)">
          {t('campaigns.audience.missing', { count: summary.missingLists })}
        </Text>
      )}
      {!audience.everyone && audience.contactIds.length > 0 && (
        <Group gap="sm">
          <Text size="sm">{t('campaigns.audience.contacts', { count: audience.contactIds.length })}</Text>
          <Button size="compact-xs" variant="subtle" onClick={() => onChange({ ...audience, contactIds: [] })}>
            {t('campaigns.audience.dropContacts')}
          </Button>
        </Group>
      )}
      <div role="status" aria-live="polite" aria-busy={waiting}>
        {waiting ? (
          <Text size="sm" c="dimmed">
            {t('campaigns.audience.counting')}
          </Text>
        ) : (
          preflight.data && (
            <>
              <Text size="sm" fw={600} className="h-num">
                {t('campaigns.audience.people', { count: preflight.data.people })}
              </Text>
              {preflight.data.leftOut
                .filter(({ count }) => count > 0)
                .map(({ reason, count }) => (
                  <Text key={reason} size="sm" c="dimmed" className="h-num">
                    {t(`campaigns.leftOut.${reason}`, { count })}
                  </Text>
                ))}
            </>
          )
        )}
      </div>
    </Stack>
  );
}
