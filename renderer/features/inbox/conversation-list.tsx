import { observeElementRect, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { Conversation } from '../../../shared/schemas/reply.ts';
import type { RowSource } from '../../components/row-source.ts';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { useWorkspaceNow } from '../../lib/clock.ts';
import { formatMoment } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { VerdictBadge } from './verdict.tsx';
import styles from './inbox.module.css';

const rowHeight = 88;

/** The list of conversations: only what is visible is drawn; arrow keys and j/k move. */
export function ConversationList({ rows, currentId, onOpen, empty }: { rows: RowSource<Conversation>; currentId: string | null; onOpen: (id: string) => void; empty: ReactNode }) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 5,
    initialRect: { width: 360, height: 700 },
    observeElementRect: (instance, notify) => observeElementRect(instance, (rect) => notify(rect.height > 0 ? rect : { width: 360, height: 700 })),
  });
  const items = virtual.getVirtualItems();
  const end = (items[items.length - 1]?.index ?? -1) + 1;
  const { want } = rows;
  useEffect(() => want(0, end), [want, end]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    let index = -1;
    for (let at = 0; at < rows.count; at += 1) if (rows.at(at)?.latest.id === currentId) index = at;
    const target = Math.min(Math.max(index + step, 0), rows.count - 1);
    const row = rows.at(target);
    if (!row) return;
    virtual.scrollToIndex(target);
    onOpen(row.latest.id);
  };

  const now = useWorkspaceNow()();
  if (rows.error) return <ErrorState error={rows.error} onRetry={rows.refetch} />;
  if (rows.total === null) return <LoadingState rows={6} height={64} />;
  if (rows.count === 0) return <>{empty}</>;
  return (
    <div ref={scroll} className={styles['scroll']} onKeyDown={onKeyDown}>
      <div role="list" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const conversation = rows.at(item.index);
          if (!conversation) return null;
          const { latest: reply, messages, unread, snoozedUntil } = conversation;
          return (
            <div role="listitem" key={conversation.key}>
              <button
                type="button"
                className={styles['item']}
                aria-current={reply.id === currentId}
                data-unread={unread > 0}
                style={{ height: rowHeight, top: 0, transform: `translateY(${item.start}px)` }}
                onClick={() => onOpen(reply.id)}
              >
                <span className={styles['itemTop']}>
                  <span className={`h-ellipsis ${styles['name']}`} title={reply.fromAddress}>
                    {unread > 0 && <span className={styles['unreadDot']} role="img" aria-label={t('inbox.unread')} title={t('inbox.unread')} />}
                    {reply.contactName || reply.fromName || reply.fromAddress}
                    {messages > 1 && <span className={styles['messages']}>{messages}</span>}
                  </span>
                  <span className={styles['itemTime']}>
                    <TimeText at={reply.receivedAt} format="moment" />
                  </span>
                </span>
                <span className={styles['snippet']}>{reply.snippet || reply.subject || t('inbox.noSubject')}</span>
                <span style={{ display: 'flex', gap: 8, marginTop: 4, alignItems: 'center' }}>
                  <VerdictBadge reply={reply} />
                  <span className={`h-ellipsis ${styles['itemTime']}`} title={reply.campaignName ?? undefined}>
                    {snoozedUntil === null ? reply.campaignName : t('inbox.snoozedUntil', { moment: formatMoment(snoozedUntil, now) })}
                  </span>
                </span>
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
