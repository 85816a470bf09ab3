import { assistContract } from './assist.ts';
import { analyticsContract } from './analytics.ts';
import { comparisonContract } from './comparison.ts';
import { campaignsContract, deliveriesContract, enrolmentsContract, tasksContract, webhooksContract } from './campaigns.ts';
import { filesContract } from './files.ts';
import { repliesContract } from './inbox.ts';
import { mailboxesContract } from './mailboxes.ts';
import { reviewsContract } from './reviews.ts';
import { segmentsContract } from './segments.ts';
import { sequencesContract, templatesContract } from './sequences.ts';
import { listsContract, subscribersContract, suppressionsContract } from './subscribers.ts';
import { teamContract } from './team.ts';
import { eventsContract, reportsContract, settingsContract, workspaceContract } from './workspace.ts';

/** The whole contract. REST paths are relative to `/api/v1`. */
export const contract = {
  mailboxes: mailboxesContract,
  subscribers: subscribersContract,
  lists: listsContract,
  segments: segmentsContract,
  suppressions: suppressionsContract,
  files: filesContract,
  templates: templatesContract,
  sequences: sequencesContract,
  campaigns: campaignsContract,
  enrolments: enrolmentsContract,
  tasks: tasksContract,
  reviews: reviewsContract,
  webhooks: webhooksContract,
  deliveries: deliveriesContract,
  replies: repliesContract,
  assist: assistContract,
  comparison: comparisonContract,
  events: eventsContract,
  settings: settingsContract,
  workspace: workspaceContract,
  team: teamContract,
  reports: reportsContract,
  analytics: analyticsContract,
};
export type Contract = typeof contract;
