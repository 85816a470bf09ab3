import { SimpleGrid, Stack, Switch } from '@mantine/core';
import type { CampaignRules } from '../../../../../shared/schemas/campaign.ts';
import { t } from '../../../../lib/messages/index.ts';
import { Advanced, Choice, NumberRule, type RulesProps } from './fields.tsx';

const usualAutoPause: NonNullable<CampaignRules['autoPause']> = { bouncePercent: 5, complaintPercent: 0.1, floor: 50 };
const reactions = ['stop', 'pause', 'continue'] as const;

/** What replies, notes and bounces do. */
export function EventRules({ rules, onChange }: RulesProps) {
  const { onCompanyReply, onSoftBounce, autoPause } = rules;
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <Choice
          label={t('campaigns.rules.onReply')}
          value={rules.onReply}
          options={reactions.map((value) => [value, t(`campaigns.rules.does.${value}`)] as const)}
          onChange={(onReply) => onChange({ onReply })}
        />
        <Choice
          label={t('campaigns.rules.onOutOfOffice')}
          hint={t('campaigns.rules.onOutOfOffice.hint')}
          value={rules.onOutOfOffice}
          options={[
            ['pause', t('campaigns.rules.does.pauseAbsent')],
            ['continue', t('campaigns.rules.does.continue')],
          ]}
          onChange={(onOutOfOffice) => onChange({ onOutOfOffice })}
        />
      </SimpleGrid>
      <Switch
        label={t('campaigns.rules.autoPause')}
        description={t('campaigns.rules.autoPause.hint')}
        checked={autoPause !== null}
        onChange={(event) => onChange({ autoPause: event.currentTarget.checked ? usualAutoPause : null })}
      />
      {autoPause !== null && (
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
          <NumberRule
            label={t('campaigns.rules.autoPause.bounce')}
            value={autoPause.bouncePercent}
            min={0.1}
            max={100}
            decimals={2}
            suffix=" %"
            onChange={(bouncePercent) => onChange({ autoPause: { ...autoPause, bouncePercent } })}
          />
          <NumberRule
            label={t('campaigns.rules.autoPause.complaint')}
            value={autoPause.complaintPercent}
            min={0.01}
            max={100}
            decimals={2}
            suffix=" %"
            onChange={(complaintPercent) => onChange({ autoPause: { ...autoPause, complaintPercent } })}
          />
          <NumberRule
            label={t('campaigns.rules.autoPause.floor')}
            value={autoPause.floor}
            min={10}
            max={10_000}
            onChange={(floor) => onChange({ autoPause: { ...autoPause, floor } })}
          />
        </SimpleGrid>
      )}
      <Advanced used={onCompanyReply.action !== 'nothing' || rules.onMeeting !== 'stop' || onSoftBounce.stopAfter !== 3}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
          <Choice
            label={t('campaigns.rules.onMeeting')}
            value={rules.onMeeting}
            options={reactions.map((value) => [value, t(`campaigns.rules.does.${value}`)] as const)}
            onChange={(onMeeting) => onChange({ onMeeting })}
          />
          <Stack gap="sm">
            <Choice
              label={t('campaigns.rules.onCompany')}
              value={onCompanyReply.action}
              options={[
                ['nothing', t('campaigns.rules.does.nothing')],
                ['pause', t('campaigns.rules.company.pause')],
                ['stop', t('campaigns.rules.company.stop')],
              ]}
              onChange={(action) => onChange({ onCompanyReply: { ...onCompanyReply, action } })}
            />
            {onCompanyReply.action === 'pause' && (
              <NumberRule
                label={t('campaigns.rules.company.days')}
                value={onCompanyReply.pauseDays}
                min={1}
                max={365}
                onChange={(pauseDays) => onChange({ onCompanyReply: { ...onCompanyReply, pauseDays } })}
              />
            )}
          </Stack>
          <NumberRule
            label={t('campaigns.rules.softBounces')}
            value={onSoftBounce.stopAfter}
            min={1}
            max={20}
            onChange={(stopAfter) => onChange({ onSoftBounce: { stopAfter } })}
          />
        </SimpleGrid>
      </Advanced>
    </Stack>
  );
}
