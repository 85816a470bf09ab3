import { activityMessages } from '../../features/activity/messages.ts';
import { analyticsMessages } from '../../features/analytics/messages.ts';
import { assistMessages } from '../../features/assist/messages.ts';
import { campaignsMessages } from '../../features/campaigns/messages.ts';
import { comparisonMessages } from '../../features/comparison/messages.ts';
import { contactsMessages } from '../../features/contacts/messages.ts';
import { segmentMessages } from '../../features/contacts/segment-messages.ts';
import { dashboardMessages } from '../../features/dashboard/messages.ts';
import { inboxMessages } from '../../features/inbox/messages.ts';
import { mailboxesMessages } from '../../features/mailboxes/messages.ts';
import { adviceMessages } from '../../features/sequences/advice-messages.ts';
import { canvasMessages } from '../../features/sequences/canvas-messages.ts';
import { templatesMessages } from '../../features/templates/messages.ts';
import { reviewsMessages } from '../../features/reviews/messages.ts';
import { sequencesMessages } from '../../features/sequences/messages.ts';
import { stepMessages } from '../../features/sequences/step-messages.ts';
import { settingsMessages } from '../../features/settings/messages.ts';
import { tasksMessages } from '../../features/tasks/messages.ts';
import { editorMessages } from '../../components/mail-editor/messages.ts';
import { en } from './en.ts';
import { filesMessages } from './files.ts';

/** Every text of the UI. Features add theirs in `features/<area>/messages.ts` under a prefix of their own. */
export const catalogue = {
  ...en,
  ...filesMessages,
  ...editorMessages,
  ...activityMessages,
  ...analyticsMessages,
  ...assistMessages,
  ...campaignsMessages,
  ...comparisonMessages,
  ...contactsMessages,
  ...segmentMessages,
  ...dashboardMessages,
  ...inboxMessages,
  ...mailboxesMessages,
  ...sequencesMessages,
  ...templatesMessages,
  ...stepMessages,
  ...canvasMessages,
  ...adviceMessages,
  ...settingsMessages,
  ...tasksMessages,
  ...reviewsMessages,
};

export type Catalogue = typeof catalogue;
