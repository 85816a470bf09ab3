import type { Reports } from '../analytics/index.ts';
import { os } from './base.ts';

export function reportsRouter(reports: Reports) {
  return {
    deliveries: os.reports.deliveries.handler(({ input }) => reports.deliveries(input)),
    replies: os.reports.replies.handler(({ input }) => reports.replies(input)),
    campaign: os.reports.campaign.handler(({ input }) => reports.campaign(input.id)),
  };
}
