/** The tabs of a launched campaign, in their order; the address names the open one. */
export const campaignTabs = ['people', 'mails', 'replies', 'forecast', 'settings'] as const;
export type CampaignTab = (typeof campaignTabs)[number];
