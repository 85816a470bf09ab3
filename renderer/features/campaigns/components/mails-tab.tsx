import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { IconMail } from '@tabler/icons-react';
import type { Delivery } from '../../../../shared/schemas/delivery.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { cursorRows } from '../../../components/row-source.ts';
import { StateBadge } from '../../../components/state-badge.tsx';
import { EmptyState } from '../../../components/states.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { WhyText } from '../../../components/why-text.tsx';
import { overAt } from '../../../lib/delivery-time.ts';
import { t } from '../../../lib/messages/index.ts';
import { useDeliveries } from '../api.ts';
import { NextTime } from './next-time.tsx';
import { reasonText } from '../words.ts';

/** Every mail of a campaign with its state and why it waits. */
export function MailsTab({ campaignId }: { readonly campaignId: string }) {
  const deliveries = useDeliveries(campaignId);
  const navigate = useNavigate();
  return (
    <DataTable
      label={t('campaigns.tab.mails')}
      columns={columns}
      rows={cursorRows(deliveries)}
      rowId={(delivery) => delivery.id}
      rowHeight={50}
      onOpen={(delivery) => void navigate({ to: '/activity', search: { campaignId, delivery: delivery.id } })}
      empty={
        <EmptyState title={t('campaigns.noMails')} icon={<IconMail size={26} stroke={1.6} />}>
          {t('campaigns.noMailsText')}
        </EmptyState>
      }
    />
  );
}

const columns: Column<Delivery>[] = [
  { id: 'recipient', header: t('campaigns.recipient'), grow: 1.4, cell: (delivery) => <Recipient delivery={delivery} /> },
  { id: 'mail', header: t('campaigns.mail'), width: 60, align: 'right', cell: (delivery) => delivery.stepNumber ?? '' },
  { id: 'state', header: t('campaigns.state'), width: 160, cell: (delivery) => <StateBadge kind="delivery" state={delivery.state} /> },
  {
    id: 'why',
    header: t('campaigns.reason'),
    grow: 1.8,
    cell: (delivery) =>
      delivery.why ? (
        <WhyText why={delivery.why} />
      ) : delivery.state === 'sent' ? (
        (delivery.mailboxName ?? '')
      ) : (
        [delivery.finalReason === null ? '' : reasonText(delivery.finalReason), delivery.answer ?? ''].filter(Boolean).join(' · ')
      ),
  },
  { id: 'when', header: t('campaigns.when'), width: 130, cell: (delivery) => <When delivery={delivery} /> },
];

function When({ delivery }: { readonly delivery: Delivery }) {
  const over = overAt(delivery);
  return over === null ? <NextTime at={delivery.slotAt} /> : <TimeText at={over} />;
}

function Recipient({ delivery }: { readonly delivery: Delivery }) {
  return (
    <div>
      <Text size="sm" className="h-ellipsis" title={delivery.recipient}>
        {delivery.recipient}
      </Text>
      {delivery.subject !== null && (
        <Text size="xs" c="dimmed" className="h-ellipsis" title={delivery.subject}>
          {delivery.subject}
        </Text>
      )}
    </div>
  );
}
