import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  IconCalendarPlus,
  IconClockPause,
  IconCircleCheck,
  IconEye,
  IconHourglass,
  IconMessageQuestion,
  IconMessageReply,
  IconSparkles,
  IconUserShare,
  type Icon,
} from '@tabler/icons-react';
import type { ReplyDetail } from '../../../shared/schemas/reply.ts';
import type { NextAction, ThreadBrief } from '../../../shared/schemas/thread.ts';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { useReplyActions } from './api.ts';
import { useDraft } from './drafts.ts';
import styles from './inbox.module.css';

const icons: Record<NextAction, Icon> = {
  answer_questions: IconMessageQuestion,
  propose_time: IconCalendarPlus,
  answer: IconMessageReply,
  write_to_other: IconUserShare,
  go_on_later: IconClockPause,
  nothing: IconCircleCheck,
  wait: IconHourglass,
  read: IconEye,
};

/** What the rules say at once, and what a model says once it has answered. */
function useBrief(id: string, messages: number) {
  // Another message makes it another conversation.
  const options = (think: boolean) => {
    const query = api.replies.brief.queryOptions({ input: { id, think }, staleTime: 300_000, retry: false });
    return { ...query, queryKey: [...query.queryKey, messages] };
  };
  const ruled = useQuery(options(false));
  const thought = useQuery(options(true));
  return { brief: thought.data ?? ruled.data, thinking: thought.isFetching };
}

/** The conversation in short and what is next. Nothing happens by it: a person acts. */
export function ThreadBriefStrip({ reply }: { reply: ReplyDetail }) {
  const { brief, thinking } = useBrief(reply.id, reply.conversation.length);
  const { settled } = useReplyActions(reply.id);
  const writing = (useDraft(reply.id)?.text.trim() ?? '') !== '';
  if (brief === undefined || reply.done) return null;
  const ActionIcon = icons[brief.action];
  return (
    <section className={styles['brief']} aria-label={t('inbox.brief')} aria-busy={thinking}>
      <ActionIcon size={18} stroke={1.8} aria-hidden />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" fw={600}>
          {t(`inbox.next.${brief.action}`)}
        </Text>
        {/* Who writes looks at the messages themselves, and needs the room. */}
        {!writing && <Why brief={brief} />}
      </div>
      {(brief.action === 'nothing' || brief.action === 'wait') && (
        <Button size="compact-sm" variant="default" loading={settled.isPending} onClick={() => settled.mutate({ id: reply.id, done: true })}>
          {t('inbox.done')}
        </Button>
      )}
    </section>
  );
}

function Why({ brief: { summary, reason, asks, model } }: { brief: ThreadBrief }) {
  return (
    <>
      {summary !== null && (
        <Text size="sm" mt={2} style={{ overflowWrap: 'anywhere' }}>
          {summary}
        </Text>
      )}
      {asks.map((ask) => (
        <Text key={ask} size="sm" c="dimmed" mt={2} style={{ overflowWrap: 'anywhere' }}>
          “{ask}”
        </Text>
      ))}
      {model !== null && (
        <Text size="xs" c="dimmed" mt={2}>
          <IconSparkles size={12} aria-hidden style={{ verticalAlign: '-1px' }} /> {reason !== null && `${reason} · `}
          {t('inbox.brief.by', { model })}
        </Text>
      )}
    </>
  );
}
