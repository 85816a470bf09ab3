import { Alert, Group, TextInput } from '@mantine/core';
import type { Campaign } from '../../../../shared/schemas/campaign.ts';
import { SaveState } from '../../../components/save-state.tsx';
import { WherePermitted } from '../../../components/where-permitted.tsx';
import { useCampaignRefusal } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useCampaignForm } from '../use-campaign-form.ts';
import classes from './campaigns.module.css';
import { CampaignOwner } from './campaign-owner.tsx';
import { MailboxesSection } from './mailboxes-section.tsx';
import { RulesForm } from './rules-form.tsx';
import { Section } from './section.tsx';

/** What can be changed while a campaign runs: name, mailboxes and rules. Sequence and audience are fixed. */
export function CampaignSettings({ campaign }: { readonly campaign: Campaign }) {
  const form = useCampaignForm(campaign);
  const refusal = useCampaignRefusal(campaign, 'update');
  const ended = campaign.status === 'stopped' || campaign.status === 'finished';
  if (ended) {
    return (
      <Alert variant="light" color="gray">
        {t('campaigns.settingsLocked')}
      </Alert>
    );
  }
  const { name, mailboxIds, rules } = form.value;
  return (
    <div className={classes['scrollPanel']}>
      <div style={{ maxWidth: 900 }}>
        <WherePermitted refusal={refusal} label={t('campaigns.form')}>
          <Group justify="space-between" align="flex-end">
            <TextInput
              label={t('campaigns.newName')}
              style={{ flex: 1 }}
              value={name}
              maxLength={200}
              error={name.trim() === '' ? t('campaigns.nameMissing') : undefined}
              onChange={(event) => {
                const value = event.currentTarget.value;
                form.edit((old) => ({ ...old, name: value }));
              }}
            />
            <CampaignOwner campaign={campaign} />
            <SaveState status={form.status} error={form.error} onSave={() => void form.save()} />
          </Group>
          <Section id="mailboxes" title={t('campaigns.section.mailboxes')}>
            <MailboxesSection mailboxIds={mailboxIds} onChange={(next) => form.edit((old) => ({ ...old, mailboxIds: next }))} />
          </Section>
          <Section id="rules" title={t('campaigns.section.rules')}>
            <RulesForm rules={rules} onChange={(change) => form.edit((old) => ({ ...old, rules: { ...old.rules, ...change } }))} />
          </Section>
        </WherePermitted>
      </div>
    </div>
  );
}
