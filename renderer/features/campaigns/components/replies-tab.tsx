import { useNavigate } from '@tanstack/react-router';
import { IconMessageReply } from '@tabler/icons-react';
import { Text } from '@mantine/core';
import type { Reply } from '../../../../shared/schemas/reply.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { cursorRows } from '../../../components/row-source.ts';
import { StateBadge } from '../../../components/state-badge.tsx';
import { EmptyState } from '../../../components/states.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { t } from '../../../lib/messages/index.ts';
import { useReplies } from '../api.ts';

/** What came in for a campaign. */
export function RepliesTab({ campaignId }: { readonly campaignId: string }) {
  const replies = useReplies(campaignId);
  const navigate = useNavigate();
  return (
    <DataTable
      label={t('campaigns.tab.replies')}
      columns={columns}
      rows={cursorRows(replies)}
      rowId={(reply) => reply.id}
      rowHeight={50}
      onOpen={(reply) => void navigate({ to: '/inbox', search: { reply: reply.id } })}
      empty={
        <EmptyState title={t('campaigns.noReplies')} icon={<IconMessageReply size={26} stroke={1.6} />}>
          {t('campaigns.noRepliesText')}
        </EmptyState>
      }
    />
  );
}

const columns: Column<Reply>[] = [
  { id: 'from', header: t('campaigns.from'), grow: 1.2, cell: (reply) => reply.contactName || reply.fromName || reply.fromAddress },
  { id: 'kind', header: t('campaigns.kind'), width: 200, cell: (reply) => <StateBadge kind="reply" state={reply.class} /> },
  { id: 'subject', header: t('campaigns.subject'), grow: 3, cell: (reply) => <Snippet reply={reply} /> },
  { id: 'when', header: t('campaigns.when'), width: 140, cell: (reply) => <TimeText at={reply.receivedAt} /> },
];

function Snippet({ reply }: { readonly reply: Reply }) {
  return (
    <div>
      <Text size="sm" fw={reply.unread ? 700 : 400} className="h-ellipsis">
        {reply.subject}
      </Text>
      <Text size="xs" c="dimmed" className="h-ellipsis">
        {reply.snippet}
      </Text>
    </div>
  );
}
