import {
  IconAlertTriangle,
  IconBan,
  IconCalendarEvent,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconFlag,
  IconHandStop,
  IconHelp,
  IconLock,
  IconMailForward,
  IconMessageReply,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnectedX,
  IconRefresh,
  IconRobot,
  IconSend,
  IconThumbDown,
  IconThumbUp,
  IconUserCheck,
  IconUserOff,
  IconUserShare,
  IconX,
  IconPencil,
  type Icon,
} from '@tabler/icons-react';
import type { AddressVerdict } from '../../shared/schemas/address-check.ts';
import type { CampaignStatus } from '../../shared/schemas/campaign.ts';
import type { ContactStatus } from '../../shared/schemas/contact.ts';
import type { DeliveryState } from '../../shared/schemas/delivery.ts';
import type { EnrolmentState } from '../../shared/schemas/enrolment.ts';
import type { MailboxState } from '../../shared/schemas/mailbox.ts';
import type { ReplyClass, ReplyIntent } from '../../shared/schemas/reply.ts';
import { t } from '../lib/messages/index.ts';
import styles from './components.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet';
type Look = readonly [Tone, Icon];

const looks = {
  delivery: {
    planned: ['info', IconClock],
    claimed: ['info', IconMailForward],
    sending: ['info', IconSend],
    sent: ['good', IconCheck],
    deferred: ['warn', IconRefresh],
    failed: ['bad', IconX],
    unknown: ['warn', IconHelp],
    held: ['warn', IconHandStop],
    cancelled: ['quiet', IconBan],
    skipped: ['quiet', IconBan],
  } satisfies Record<DeliveryState, Look>,
  enrolment: {
    pending: ['info', IconClock],
    active: ['info', IconPlayerPlay],
    paused: ['warn', IconPlayerPause],
    held: ['warn', IconHandStop],
    finished: ['good', IconFlag],
    stopped: ['quiet', IconHandStop],
    failed: ['bad', IconX],
  } satisfies Record<EnrolmentState, Look>,
  campaignStatus: {
    draft: ['quiet', IconPencil],
    running: ['good', IconPlayerPlay],
    paused: ['warn', IconPlayerPause],
    stopped: ['quiet', IconBan],
    finished: ['info', IconFlag],
  } satisfies Record<CampaignStatus, Look>,
  mailboxState: {
    untested: ['quiet', IconCircleDashed],
    ready: ['good', IconCheck],
    paused: ['warn', IconPlayerPause],
    needs_login: ['bad', IconLock],
    unreachable: ['bad', IconPlugConnectedX],
  } satisfies Record<MailboxState, Look>,
  contactStatus: {
    active: ['good', IconUserCheck],
    bounced: ['bad', IconX],
    unsubscribed: ['quiet', IconUserOff],
    suppressed: ['quiet', IconBan],
  } satisfies Record<ContactStatus, Look>,
  addressVerdict: {
    good: ['good', IconCheck],
    risky: ['warn', IconAlertTriangle],
    undeliverable: ['bad', IconX],
    unknown: ['quiet', IconCircleDashed],
  } satisfies Record<AddressVerdict, Look>,
  reply: {
    human: ['good', IconMessageReply],
    out_of_office: ['info', IconClock],
    auto_acknowledgement: ['quiet', IconRobot],
    hard_bounce: ['bad', IconX],
    soft_bounce: ['warn', IconRefresh],
    block_bounce: ['bad', IconBan],
    delayed_notice: ['quiet', IconClock],
    opt_out: ['warn', IconUserOff],
    complaint: ['bad', IconAlertTriangle],
    own_copy: ['quiet', IconMailForward],
    unrelated: ['quiet', IconCircleDashed],
  } satisfies Record<ReplyClass, Look>,
  intent: {
    positive: ['good', IconThumbUp],
    negative: ['quiet', IconThumbDown],
    neutral: ['good', IconMessageReply],
    question: ['info', IconHelp],
    referral: ['info', IconUserShare],
    meeting: ['good', IconCalendarEvent],
  } satisfies Record<ReplyIntent, Look>,
} as const;

type Looks = typeof looks;
export type BadgeProps = { [K in keyof Looks]: { kind: K; state: keyof Looks[K] & string; detail?: string | null } }[keyof Looks];

/** A state as icon and words: never by colour alone. `detail` shows as the title. */
export function StateBadge({ kind, state, detail }: BadgeProps) {
  const [tone, StateIcon] = (looks[kind] as Record<string, Look>)[state] ?? ['quiet', IconCircleDashed];
  const text = t(`${kind}.${state}` as Parameters<typeof t>[0]);
  return (
    <ToneBadge tone={tone} icon={StateIcon} title={detail ?? undefined}>
      {text}
    </ToneBadge>
  );
}

/** A badge for anything that is not a state of the contract. */
export function ToneBadge({ tone, icon: BadgeIcon, title, children }: { tone: Tone; icon: Icon; title?: string | undefined; children: string }) {
  return (
    <span className={styles['badge']} data-tone={tone} title={title ?? children}>
      <BadgeIcon size={14} stroke={2} aria-hidden />
      <span>{children}</span>
    </span>
  );
}
