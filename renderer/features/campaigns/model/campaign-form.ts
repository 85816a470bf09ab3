import type { Audience, Campaign, CampaignPatch, CampaignRules } from '../../../../shared/schemas/campaign.ts';

/** What is edited of a campaign. */
export interface CampaignForm {
  readonly name: string;
  readonly sequenceId: string;
  readonly audience: Audience;
  readonly mailboxIds: readonly string[];
  readonly rules: CampaignRules;
}

export function formOf(campaign: Campaign): CampaignForm {
  const { name, sequenceId, audience, mailboxIds, rules } = campaign;
  return { name, sequenceId, audience, mailboxIds, rules };
}

export function sameForm(a: CampaignForm, b: CampaignForm): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Only what changed: sequence and audience may not even be named once a campaign was launched. */
export function patchOf(form: CampaignForm, stored: CampaignForm): CampaignPatch {
  const same = (key: keyof CampaignForm) => JSON.stringify(form[key]) === JSON.stringify(stored[key]);
  return {
    ...(same('name') || form.name.trim() === '' ? {} : { name: form.name.trim() }),
    ...(same('sequenceId') ? {} : { sequenceId: form.sequenceId }),
    ...(same('audience') ? {} : { audience: form.audience }),
    ...(same('mailboxIds') ? {} : { mailboxIds: [...form.mailboxIds] }),
    ...(same('rules') ? {} : { rules: form.rules }),
  };
}

/** `YYYY-MM-DDTHH:MM` in the zone of this computer, as date fields want it. */
export function toLocalInput(at: number | null): string {
  if (at === null) return '';
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment that a date field means; null for an empty or unfinished one. */
export function fromLocalInput(text: string): number | null {
  const at = new Date(text).getTime();
  return text === '' || Number.isNaN(at) ? null : at;
}
