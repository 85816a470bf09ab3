import { Alert, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ReplyDetail } from '../../../shared/schemas/reply.ts';
import { HtmlFrame } from '../../components/html-frame.tsx';
import { QueryState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { api } from '../../lib/client.ts';
import { formatDate } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { useScreenKeys } from '../../lib/use-screen-keys.ts';
import { useReplyActions } from './api.ts';
import { ConversationActions, DelegateOffer } from './conversation-actions.tsx';
import styles from './inbox.module.css';
import { splitQuote } from './quote.ts';
import { RespondBox } from './respond-box.tsx';
import { ThreadBriefStrip } from './thread-brief.tsx';
import { OpinionHint, VerdictSelect } from './verdict.tsx';

/** The conversation around one message: what it is and why, what to do with it, and the answer box. */
export function ConversationPane({ id }: { id: string }) {
  const query = useQuery(api.replies.get.queryOptions({ input: { id } }));
  return <QueryState query={query}>{(reply) => <Detail reply={reply} />}</QueryState>;
}

function Detail({ reply }: { reply: ReplyDetail }) {
  const { update, correct, settled } = useReplyActions(reply.id);
  const respond = useRef<HTMLTextAreaElement>(null);
  // Opening a message reads it, once; marking it unread again must last.
  const opened = useRef<string | null>(null);
  const { mutate } = update;
  useEffect(() => {
    if (opened.current === reply.id) return;
    opened.current = reply.id;
    if (reply.unread) mutate({ id: reply.id, unread: false });
  }, [reply.id, reply.unread, mutate]);
  // A conversation is read from its end.
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (body.current) body.current.scrollTop = body.current.scrollHeight;
  }, [reply.id]);
  useScreenKeys({
    e: () => settled.mutate({ id: reply.id, done: !reply.done }),
    u: () => mutate({ id: reply.id, unread: !reply.unread }),
    r: () => respond.current?.focus(),
  });

  const facts = [reply.contactId === null ? t('inbox.noContact') : null, reply.campaignName, reply.mailboxName].filter((fact) => fact !== null && fact !== '');
  const answerable = reply.class === 'human' || reply.class === 'out_of_office' || reply.class === 'opt_out' || reply.class === 'unrelated';
  return (
    <>
      <div className={styles['detailTop']}>
        <Title order={2} className="h-ellipsis" title={reply.subject}>
          {reply.subject || t('inbox.noSubject')}
        </Title>
        <Text size="sm" c="dimmed" truncate title={`${reply.fromName} <${reply.fromAddress}> · ${facts.join(' · ')}`}>
          {reply.contactName || reply.fromName} &lt;{reply.fromAddress}&gt; · {facts.join(' · ')}
        </Text>
        <Group gap="sm" mt={10} justify="space-between" wrap="nowrap">
          <VerdictSelect reply={reply} disabled={correct.isPending} onChange={(verdict) => correct.mutate({ id: reply.id, ...verdict })} />
          <ConversationActions reply={reply} />
        </Group>
        <Text size="xs" c="dimmed" mt={6}>
          {t('inbox.decided', { source: reply.source === 'model' ? t('inbox.source.modelNamed', { model: reply.opinion?.model ?? '' }) : t(`inbox.source.${reply.source}`) })}
          {reply.source === 'person' ? '' : ` · ${t('inbox.confidence', { percent: Math.round(reply.confidence * 100) })}`}
          {reply.returnDate === null ? '' : ` · ${t('inbox.returns', { date: formatDate(Date.parse(`${reply.returnDate}T12:00:00`)) })}`}
        </Text>
        <OpinionHint reply={reply} disabled={correct.isPending} onTake={(verdict) => correct.mutate({ id: reply.id, ...verdict })} />
      </div>
      <div ref={body} className={styles['detailBody']} tabIndex={0} role="region" aria-label={t('inbox.conversation')}>
        {reply.bounce && <Bounce bounce={reply.bounce} />}
        {reply.conversation.map((item) => (
          <Message key={item.id} item={item} />
        ))}
        {reply.delegate && <DelegateOffer reply={reply} delegate={reply.delegate} />}
      </div>
      {answerable ? (
        <>
          <ThreadBriefStrip reply={reply} />
          <RespondBox reply={reply} field={respond} />
        </>
      ) : (
        <Text size="sm" c="dimmed" className={styles['respond']}>
          {t('inbox.noReply')}
        </Text>
      )}
    </>
  );
}

function Bounce({ bounce }: { bounce: NonNullable<ReplyDetail['bounce']> }) {
  const lines = [
    [t('inbox.bounce.class'), bounce.class === null ? null : t(`answer.${bounce.class}`)],
    [t('inbox.bounce.recipient'), bounce.recipient],
    [t('inbox.bounce.status'), bounce.status],
    [t('inbox.bounce.diagnostic'), bounce.diagnostic],
  ].filter((line): line is [string, string] => line[1] !== null);
  return (
    <Alert color="red" variant="light" title={t('inbox.bounce')}>
      {lines.map(([name, value]) => (
        <Text key={name} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {name}: {value}
        </Text>
      ))}
    </Alert>
  );
}

function Message({ item }: { item: ReplyDetail['conversation'][number] }) {
  const [asHtml, setAsHtml] = useState(item.text.trim() === '');
  const html = item.html;
  return (
    <article className={styles['message']} data-direction={item.direction}>
      <header className={styles['messageHead']}>
        <Text size="sm" fw={560} truncate title={`${t('inbox.from', { from: item.from })} ${t('inbox.to', { to: item.to })}`} style={{ flex: 1, minWidth: 0 }}>
          {item.from}
        </Text>
        {html !== null && item.text.trim() !== '' && (
          <SegmentedControl
            data={[
              { value: 'text', label: t('inbox.showText') },
              { value: 'html', label: t('inbox.showHtml') },
            ]}
            value={asHtml ? 'html' : 'text'}
            onChange={(value) => setAsHtml(value === 'html')}
          />
        )}
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          <TimeText at={item.at} format="moment" />
        </Text>
      </header>
      {asHtml && html !== null ? <HtmlFrame html={html} title={t('inbox.from', { from: item.from })} /> : <MessageText text={item.text} />}
    </article>
  );
}

/** What was quoted stands in the conversation already, so it is folded away. */
function MessageText({ text }: { text: string }) {
  const { own, quote } = splitQuote(text);
  return (
    <div className={styles['messageText']}>
      {own}
      {quote !== '' && (
        <details className={styles['quote']}>
          <summary>{t('inbox.quote')}</summary>
          {quote}
        </details>
      )}
    </div>
  );
}
