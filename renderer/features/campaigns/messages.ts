/** Texts of the campaigns screens. */
export const campaignsMessages = {
  'campaigns.title': 'Campaigns',
};
