import { Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle, IconBan, IconClockPause, IconInbox, IconMail, IconMessageReply, IconMessages, IconRobot, type Icon } from '@tabler/icons-react';
import type { ConversationScope } from '../../../shared/schemas/reply.ts';
import { conversationScopes } from '../../../shared/schemas/reply.ts';
import { formatNumber } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './inbox.module.css';

const icons: Record<ConversationScope, Icon> = {
  all: IconInbox,
  unread: IconMail,
  needs_reply: IconMessageReply,
  snoozed: IconClockPause,
  replies: IconMessages,
  automatic: IconRobot,
  bounces: IconAlertTriangle,
  opt_outs: IconBan,
};
const order: readonly ConversationScope[] = ['needs_reply', 'unread', 'snoozed', 'all', 'replies', 'automatic', 'bounces', 'opt_outs'];

interface Props {
  readonly scope: ConversationScope;
  readonly counts: Partial<Record<ConversationScope, number>> | null;
  readonly onChoose: (scope: ConversationScope) => void;
}

/** The views of the inbox with how many conversations each holds; a select where there is little room. */
export function Scopes({ scope, counts, onChoose }: Props) {
  const narrow = useMediaQuery('(max-width: 1150px)', false, { getInitialValueInEffect: false });
  const label = (each: ConversationScope) => t(`inbox.scope.${each}`);
  if (narrow) {
    return (
      <Select
        aria-label={t('inbox.scopes')}
        data={order.map((each) => ({ value: each, label: `${label(each)}${counts?.[each] ? ` (${formatNumber(counts[each])})` : ''}` }))}
        value={scope}
        onChange={(value) => value !== null && onChoose(conversationScopes.find((each) => each === value) ?? 'all')}
        allowDeselect={false}
      />
    );
  }
  return (
    <nav className={styles['scopes']} aria-label={t('inbox.scopes')}>
      {order.map((each) => {
        const ScopeIcon = icons[each];
        return (
          <button type="button" key={each} className={styles['scope']} aria-current={each === scope ? 'true' : undefined} onClick={() => onChoose(each)}>
            <ScopeIcon size={17} stroke={1.7} aria-hidden />
            <span className="h-ellipsis">{label(each)}</span>
            {counts !== null && (counts[each] ?? 0) > 0 && (
              <span className={styles['scopeCount']} data-strong={each === 'needs_reply' || each === 'unread'}>
                {formatNumber(counts[each] ?? 0)}
              </span>
            )}
          </button>
        );
      })}
    </nav>
  );
}
