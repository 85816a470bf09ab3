import type { Analytics, Comparisons } from '../analytics/index.ts';
import type { Assist } from '../assist/index.ts';
import type { Campaigns, EnrolmentList, Forecaster, Migration, Reviews, StrandedPeople, Tasks } from '../campaigns/index.ts';
import type { Contacts } from '../contacts/index.ts';
import type { DeadLetters, Deliveries, TestSendInput } from '../delivery/index.ts';
import type { Files } from '../files/index.ts';
import type { Inbox } from '../inbox/index.ts';
import type { Mailboxes } from '../mailboxes/index.ts';
import type { Sequences, Templates } from '../sequences/index.ts';
import type { Webhooks } from '../webhooks/index.ts';
import type { SettingsService, Team } from '../workspace/index.ts';
import { assistRouter } from './assist.ts';
import { os } from './base.ts';
import { analyticsRouter } from './analytics.ts';
import { comparisonRouter } from './comparison.ts';
import { campaignsRouter } from './campaigns.ts';
import { deliveriesRouter } from './deliveries.ts';
import { enrolmentsRouter } from './enrolments.ts';
import { eventsRouter } from './events.ts';
import { filesRouter } from './files.ts';
import { listsRouter } from './lists.ts';
import { mailboxesRouter } from './mailboxes.ts';
import { repliesRouter } from './replies.ts';
import { reportsRouter } from './reports.ts';
import { reviewsRouter } from './reviews.ts';
import { segmentsRouter } from './segments.ts';
import { sequencesRouter } from './sequences.ts';
import { settingsRouter } from './settings.ts';
import { subscribersRouter } from './subscribers.ts';
import { suppressionsRouter } from './suppressions.ts';
import { tasksRouter } from './tasks.ts';
import { teamRouter } from './team.ts';
import { templatesRouter } from './templates.ts';
import { webhooksRouter } from './webhooks.ts';
import { workspaceRouter, type WorkspaceDeps } from './workspace.ts';

export interface RouterDeps extends Omit<WorkspaceDeps, 'analytics'> {
  readonly contacts: Contacts;
  readonly mailboxes: Mailboxes;
  readonly sequences: Sequences;
  readonly templates: Templates;
  readonly campaigns: Campaigns;
  readonly forecaster: Forecaster;
  readonly migration: Migration;
  readonly stranded: StrandedPeople;
  readonly tasks: Tasks;
  readonly reviews: Reviews;
  readonly webhooks: Webhooks;
  readonly enrolments: EnrolmentList;
  readonly deliveries: Deliveries;
  readonly deadLetters: DeadLetters;
  readonly files: Files;
  readonly inbox: Inbox;
  readonly assist: Assist;
  readonly analytics: Analytics;
  readonly comparisons: Comparisons;
  readonly settings: SettingsService;
  readonly team: Team;
  readonly testSend: (input: TestSendInput) => Promise<{ deliveryId: string }>;
}

/** The whole contract, implemented: composed here, written per feature. */
export function createRouter(deps: RouterDeps) {
  return os.router({
    mailboxes: mailboxesRouter(deps.mailboxes, deps.inbox),
    subscribers: subscribersRouter(deps.contacts),
    lists: listsRouter(deps.contacts),
    segments: segmentsRouter(deps.contacts),
    suppressions: suppressionsRouter(deps.contacts),
    files: filesRouter(deps.files),
    templates: templatesRouter(deps.templates),
    sequences: sequencesRouter(deps.sequences, deps.analytics, deps.testSend),
    campaigns: campaignsRouter(deps.campaigns, deps.forecaster, deps.migration, deps.stranded),
    enrolments: enrolmentsRouter(deps.enrolments),
    tasks: tasksRouter(deps.tasks),
    reviews: reviewsRouter(deps.reviews),
    webhooks: webhooksRouter(deps.webhooks),
    deliveries: deliveriesRouter(deps.deliveries, deps.deadLetters),
    replies: repliesRouter(deps.inbox),
    assist: assistRouter(deps.assist),
    comparison: comparisonRouter(deps.comparisons, deps.sequences),
    events: eventsRouter(deps.analytics.feed),
    settings: settingsRouter(deps.settings),
    workspace: workspaceRouter(deps),
    team: teamRouter(deps.team),
    reports: reportsRouter(deps.analytics.reports),
    analytics: analyticsRouter(deps.analytics),
  });
}
