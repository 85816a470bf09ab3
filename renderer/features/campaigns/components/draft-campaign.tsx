import { Anchor, Group, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { IconTrash } from '@tabler/icons-react';
import type { Campaign } from '../../../../shared/schemas/campaign.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { MayButton } from '../../../components/may-button.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { SaveState } from '../../../components/save-state.tsx';
import { WherePermitted } from '../../../components/where-permitted.tsx';
import { useCampaignRefusal } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useCampaignActions } from '../api.ts';
import { useCampaignForm } from '../use-campaign-form.ts';
import { AudienceSection } from './audience-section.tsx';
import { CampaignOwner } from './campaign-owner.tsx';
import classes from './campaigns.module.css';
import { ForecastPanel } from './forecast-panel.tsx';
import { MailboxesSection } from './mailboxes-section.tsx';
import { PreflightPanel } from './preflight-panel.tsx';
import { RulesForm } from './rules-form.tsx';
import { Section } from './section.tsx';
import { SequenceSection } from './sequence-section.tsx';

/** A campaign that was not launched yet: everything on one page, with the checklist beside it. */
export function DraftCampaign({ campaign }: { readonly campaign: Campaign }) {
  const form = useCampaignForm(campaign);
  const navigate = useNavigate();
  const { remove } = useCampaignActions();
  const refusal = useCampaignRefusal(campaign, 'update');
  const { name, sequenceId, audience, mailboxIds, rules } = form.value;
  const onRemove = async () => {
    if (!(await confirmDialog({ title: t('campaigns.deleteTitle', { name }), children: t('campaigns.deleteText'), confirm: t('campaigns.delete'), danger: true }))) return;
    await form.save();
    remove.mutate(
      { id: campaign.id },
      {
        onSuccess: () => {
          notifyDone(t('campaigns.deleted', { name }));
          void navigate({ to: '/campaigns' });
        },
      },
    );
  };
  return (
    <>
      <Anchor size="sm" display="inline-block" py={4} renderRoot={(props) => <Link to="/campaigns" {...props} />}>
        {t('campaigns.back')}
      </Anchor>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="md" gap="lg">
        <TextInput
          aria-label={t('campaigns.newName')}
          className={classes['nameInput'] ?? ''}
          style={{ flex: 1 }}
          value={name}
          maxLength={200}
          readOnly={refusal !== null}
          error={name.trim() === '' ? t('campaigns.nameMissing') : undefined}
          onChange={(event) => {
            const value = event.currentTarget.value;
            form.edit((old) => ({ ...old, name: value }));
          }}
        />
        <Group gap="md" mt={6}>
          <CampaignOwner campaign={campaign} />
          <SaveState status={form.status} error={form.error} onSave={() => void form.save()} />
          <MayButton refusal={refusal} variant="subtle" color="red" size="xs" leftSection={<IconTrash size={15} />} onClick={() => void onRemove()}>
            {t('campaigns.delete')}
          </MayButton>
        </Group>
      </Group>
      <div className={classes['draft']}>
        <WherePermitted refusal={refusal} label={t('campaigns.form')}>
          <Section id="sequence" title={t('campaigns.section.sequence')}>
            <SequenceSection sequenceId={sequenceId} onChange={(next) => form.edit((old) => ({ ...old, sequenceId: next }))} />
          </Section>
          <Section id="audience" title={t('campaigns.section.audience')}>
            <AudienceSection
              campaignId={campaign.id}
              audience={audience}
              counting={form.status !== 'saved'}
              onChange={(next) => form.edit((old) => ({ ...old, audience: next }))}
            />
          </Section>
          <Section id="mailboxes" title={t('campaigns.section.mailboxes')}>
            <MailboxesSection mailboxIds={mailboxIds} onChange={(next) => form.edit((old) => ({ ...old, mailboxIds: next }))} />
          </Section>
          <Section id="rules" title={t('campaigns.section.rules')}>
            <RulesForm rules={rules} onChange={(change) => form.edit((old) => ({ ...old, rules: { ...old.rules, ...change } }))} />
          </Section>
          <Section id="forecast" title={t('campaigns.forecast')}>
            <ForecastPanel campaign={campaign} />
          </Section>
        </WherePermitted>
        <div className={classes['aside']}>
          <PreflightPanel campaign={campaign} name={name} save={form.save} saved={form.status === 'saved'} />
        </div>
      </div>
    </>
  );
}
