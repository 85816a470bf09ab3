import type { AddressVerdict } from '../../../shared/schemas/address-check.ts';
import type { CampaignStatus } from '../../../shared/schemas/campaign.ts';
import type { ContactStatus, SuppressionReason } from '../../../shared/schemas/contact.ts';
import type { AnswerClass, DeliveryKind, DeliveryState, WhyCode } from '../../../shared/schemas/delivery.ts';
import type { EnrolmentState, StopReason } from '../../../shared/schemas/enrolment.ts';
import type { Actor, EventType } from '../../../shared/schemas/event.ts';
import type { MailboxState } from '../../../shared/schemas/mailbox.ts';
import type { ReplyClass, ReplyIntent } from '../../../shared/schemas/reply.ts';

type Words<Prefix extends string, K extends string> = { [P in K as `${Prefix}.${P}`]: string };

const delivery = {
  'delivery.planned': 'Planned',
  'delivery.claimed': 'Starting',
  'delivery.sending': 'Sending',
  'delivery.sent': 'Sent',
  'delivery.deferred': 'Trying again',
  'delivery.failed': 'Failed',
  'delivery.unknown': 'Outcome unknown',
  'delivery.held': 'Held',
  'delivery.cancelled': 'Cancelled',
  'delivery.skipped': 'Skipped',
} as const satisfies Words<'delivery', DeliveryState>;

const kind = { 'kind.step': 'Sequence', 'kind.reply': 'Your answer', 'kind.one-off': 'Single mail', 'kind.test': 'Test' } as const satisfies Words<'kind', DeliveryKind>;

const enrolment = {
  'enrolment.pending': 'Waiting to start',
  'enrolment.active': 'Active',
  'enrolment.paused': 'Paused',
  'enrolment.held': 'Held',
  'enrolment.finished': 'Finished',
  'enrolment.stopped': 'Stopped',
  'enrolment.failed': 'Failed',
} as const satisfies Words<'enrolment', EnrolmentState>;

const stop = {
  'stop.replied': 'replied',
  'stop.bounced': 'bounced',
  'stop.unsubscribed': 'opted out',
  'stop.complained': 'complained',
  'stop.suppressed': 'on the suppression list',
  'stop.merged': 'merged with a contact who is in this campaign already',
  'stop.company_replied': 'somebody at the company replied',
  'stop.soft_bounces': 'too many soft bounces',
  'stop.by_hand': 'stopped by hand',
  'stop.campaign_stopped': 'campaign stopped',
} as const satisfies Words<'stop', StopReason>;

const campaign = {
  'campaignStatus.draft': 'Draft',
  'campaignStatus.running': 'Running',
  'campaignStatus.paused': 'Paused',
  'campaignStatus.stopped': 'Stopped',
  'campaignStatus.finished': 'Finished',
} as const satisfies Words<'campaignStatus', CampaignStatus>;

const mailbox = {
  'mailboxState.untested': 'Not tested',
  'mailboxState.ready': 'Ready',
  'mailboxState.paused': 'Paused',
  'mailboxState.needs_login': 'Needs login',
  'mailboxState.unreachable': 'Unreachable',
} as const satisfies Words<'mailboxState', MailboxState>;

const contact = {
  'contactStatus.active': 'Active',
  'contactStatus.bounced': 'Bounced',
  'contactStatus.unsubscribed': 'Opted out',
  'contactStatus.suppressed': 'Suppressed',
} as const satisfies Words<'contactStatus', ContactStatus>;

const addressVerdict = {
  'addressVerdict.good': 'Good',
  'addressVerdict.risky': 'Risky',
  'addressVerdict.undeliverable': 'Undeliverable',
  'addressVerdict.unknown': 'Not checked',
} as const satisfies Words<'addressVerdict', AddressVerdict>;

const suppression = {
  'suppression.unsubscribed': 'Opted out',
  'suppression.hard_bounce': 'Address does not exist',
  'suppression.complaint': 'Complained',
  'suppression.by_hand': 'Added by hand',
  'suppression.imported': 'Imported',
  'suppression.erased': 'Erased on request',
} as const satisfies Words<'suppression', SuppressionReason>;

const reply = {
  'reply.human': 'Reply',
  'reply.out_of_office': 'Out of office',
  'reply.auto_acknowledgement': 'Automatic answer',
  'reply.hard_bounce': 'Bounced: no such address',
  'reply.soft_bounce': 'Bounced: try later',
  'reply.block_bounce': 'Bounced: blocked',
  'reply.delayed_notice': 'Delivery delayed',
  'reply.opt_out': 'Opted out',
  'reply.complaint': 'Complaint',
  'reply.own_copy': 'Own copy',
  'reply.unrelated': 'Unrelated',
} as const satisfies Words<'reply', ReplyClass>;

const intent = {
  'intent.positive': 'Interested',
  'intent.negative': 'Not interested',
  'intent.neutral': 'Reply',
  'intent.question': 'Question',
  'intent.referral': 'Names somebody',
  'intent.meeting': 'Meeting',
} as const satisfies Words<'intent', ReplyIntent>;

const answer = {
  'answer.unknown_recipient': 'address does not exist',
  'answer.mailbox_full': 'recipient mailbox is full',
  'answer.mailbox_disabled': 'recipient mailbox is disabled',
  'answer.policy_block': 'blocked by policy',
  'answer.auth': 'SPF, DKIM or DMARC of your domain failed',
  'answer.smtp_login': 'login refused',
  'answer.sender_refused': 'sender refused',
  'answer.rate_limit': 'sending limit of the server',
  'answer.greylist': 'greylisted, server asks to come again',
  'answer.temporary': 'temporary problem',
  'answer.message_too_big': 'message too big',
  'answer.relay_denied': 'relaying denied',
  'answer.protocol': 'protocol error',
  'answer.other': 'other answer',
} as const satisfies Words<'answer', AnswerClass>;

const actor = { 'actor.engine': 'Homing', 'actor.person': 'You', 'actor.server': 'Mail server', 'actor.contact': 'Recipient' } as const satisfies Words<'actor', Actor>;

/** Complete with "until …" by WhyText. */
const why = {
  'why.slot': 'Waits for its slot',
  'why.sending_paused': 'All sending is paused',
  'why.campaign_paused': 'The campaign is paused',
  'why.campaign_not_started': 'The campaign has not started yet',
  'why.campaign_window': 'Waits for the campaign window',
  'why.mailbox_window': 'Waits for the working hours of the mailbox',
  'why.waking_hours': 'Waits for the waking hours of the recipient',
  'why.mailbox_paused': 'The mailbox is paused',
  'why.mailbox_needs_login': 'The mailbox needs a new login',
  'why.mailbox_backoff': 'The mail server asked to wait',
  'why.domain_backoff': 'The recipient’s domain asked to wait',
  'why.mailbox_gap': 'Keeps a gap after the last mail of this mailbox',
  'why.mailbox_hour': 'The mailbox reached its hourly limit',
  'why.mailbox_day': 'The mailbox reached its daily limit',
  'why.mailbox_24h': 'The mailbox reached its 24-hour limit',
  'why.campaign_day': 'The campaign reached its daily limit',
  'why.campaign_new_day': 'The campaign reached its limit of first mails a day',
  'why.mailbox_ramp': 'The mailbox reached what its ramp-up allows today',
  'why.mailbox_human_day': 'Outside the drawn working day of the mailbox',
  'why.mailbox_absence': 'The mailbox is away',
  'why.mailbox_probe': 'One mail tries whether the mail server works again',
  'why.domain_probe': 'One mail tries whether the recipient’s domain accepts again',
  'why.domain_day': 'The recipient’s domain got its mails for today',
  'why.company_day': 'The company got its mails for today',
  'why.follow_up_share': 'Follow-ups and first mails share the day',
  'why.holiday': 'Public holiday at the recipient',
  'why.connection_busy': 'All connections of the mailbox are busy',
  'why.inbox_check': 'Looks for a reply first',
  'why.retry': 'Tries again',
  'why.enrolment_paused': 'This person is paused',
  'why.task': 'Waits for a task to be done',
  'why.unknown_outcome': 'Nobody knows yet whether it was delivered',
  'why.missing_field': 'A merge tag has no value for this person',
  'why.missing_attachment': 'An attachment is missing',
  'why.template_error': 'The text cannot be rendered',
  'why.approval': 'Waits for your approval',
  'why.no_allowed_time': 'No time is allowed by all calendars together',
  'why.stale_inbox': 'The inbox could not be checked for replies',
  'why.no_inbox': 'The mailbox has no inbox settings, so replies cannot be seen',
  'why.stale_slot': 'Its slot was missed long ago; you decide',
  'why.mailbox_gone': 'Its mailbox was deleted or taken out of the campaign',
  'why.no_matching_mailbox': 'No mailbox of the recipient’s provider sends for this campaign',
  'why.restored_workspace': 'The workspace was restored or copied; check first',
} as const satisfies Words<'why', WhyCode>;

const event = {
  'event.enrolled': 'Enrolled',
  'event.planned': 'Planned',
  'event.slot_moved': 'Slot moved',
  'event.sent': 'Sent',
  'event.deferred': 'Deferred',
  'event.failed': 'Failed',
  'event.unknown': 'Outcome unknown',
  'event.resolved': 'Outcome settled',
  'event.held': 'Held',
  'event.released': 'Released',
  'event.cancelled': 'Cancelled',
  'event.skipped': 'Skipped',
  'event.replied': 'Replied',
  'event.auto_replied': 'Automatic answer',
  'event.bounced': 'Bounced',
  'event.delayed': 'Delivery delayed',
  'event.complained': 'Complained',
  'event.unsubscribed': 'Opted out',
  'event.opened': 'Opened',
  'event.clicked': 'Clicked',
  'event.converted': 'Converted',
  'event.paused': 'Paused',
  'event.resumed': 'Resumed',
  'event.stopped': 'Stopped',
  'event.finished': 'Finished',
  'event.restarted': 'Started again',
  'event.moved_mailbox': 'Moved to another mailbox',
  'event.branched': 'Took a branch',
  'event.acted': 'Action done',
  'event.notified': 'Note for you',
  'event.task_opened': 'Task opened',
  'event.task_done': 'Task done',
  'event.task_skipped': 'Task skipped',
  'event.task_snoozed': 'Task snoozed',
  'event.moved_version': 'Moved to another version',
  'event.webhook_failed': 'Webhook given up',
  'event.sent_copy_failed': 'Copy in Sent not filed',
  'event.message_id_learnt': 'Message-ID learnt',
  'event.contact_created': 'Contact added',
  'event.contact_updated': 'Contact changed',
  'event.contact_merged': 'Merged with another contact',
  'event.contact_deleted': 'Contact deleted',
  'event.imported': 'Imported',
  'event.suppressed': 'Suppressed',
  'event.unsuppressed': 'Suppression lifted',
  'event.reply_reclassified': 'Reply read anew',
  'event.sequence_changed': 'Sequence changed',
  'event.sequence_activated': 'Sequence activated',
  'event.template_changed': 'Template changed',
  'event.campaign_launched': 'Campaign launched',
  'event.campaign_paused': 'Campaign paused',
  'event.campaign_resumed': 'Campaign resumed',
  'event.campaign_stopped': 'Campaign stopped',
  'event.campaign_finished': 'Campaign finished',
  'event.campaign_auto_paused': 'Campaign paused by its rates',
  'event.mailbox_created': 'Mailbox added',
  'event.mailbox_updated': 'Mailbox changed',
  'event.mailbox_deleted': 'Mailbox deleted',
  'event.mailbox_tested': 'Mailbox tested',
  'event.mailbox_paused': 'Mailbox paused',
  'event.mailbox_resumed': 'Mailbox resumed',
  'event.mailbox_trouble': 'Mailbox in trouble',
  'event.mailbox_recovered': 'Mailbox works again',
  'event.mailbox_ramp_changed': 'Ramp-up changed',
  'event.domain_backoff': 'Recipient domain backs off',
  'event.domain_recovered': 'Recipient domain accepts again',
  'event.domain_checked': 'Domain checked',
  'event.sending_paused': 'Sending paused',
  'event.sending_resumed': 'Sending resumed',
  'event.settings_changed': 'Settings changed',
  'event.workspace_restored': 'Workspace restored',
} as const satisfies Words<'event', EventType>;

/** Words for every state and code of the contract. */
export const stateMessages = {
  ...delivery,
  ...kind,
  ...enrolment,
  ...stop,
  ...campaign,
  ...mailbox,
  ...contact,
  ...addressVerdict,
  ...suppression,
  ...reply,
  ...intent,
  ...answer,
  ...actor,
  ...why,
  ...event,
};
