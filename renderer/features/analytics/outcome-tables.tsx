import { Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { LinkAnchor } from '../../components/links.tsx';
import type { AnalyticsBreakdown, AnalyticsQuery, OutcomeRates } from '../../../shared/schemas/analytics.ts';
import { formatNumber } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { Panel } from './panel.tsx';
import { scaleOf } from '../../components/rate-scale.tsx';
import { RateCell } from './rate-cell.tsx';

interface Lines<K extends keyof AnalyticsBreakdown> {
  readonly lines: Extract<AnalyticsBreakdown[K], readonly unknown[]>;
  readonly query: AnalyticsQuery;
}

const shares = ['replied', 'positive', 'bounced', 'unsubscribed'] as const;

interface OutcomeTableProps<Line extends OutcomeRates> {
  readonly lines: readonly Line[];
  readonly of: 'people' | 'mails';
  readonly first: string;
  readonly name: (line: Line) => ReactNode;
  readonly keyOf: (line: Line) => string;
  readonly counts: readonly { readonly header: string; readonly value: (line: Line) => number }[];
}

/** One line each with counts, and rates on one scale a column, so that they can be compared by eye. */
function OutcomeTable<Line extends OutcomeRates>({ lines, of, first, name, keyOf, counts }: OutcomeTableProps<Line>) {
  const most = Object.fromEntries(shares.map((share) => [share, scaleOf(lines.map((line) => line[share]))])) as Record<(typeof shares)[number], number>;
  return (
    <Table.ScrollContainer minWidth={560} type="native" tabIndex={0} role="group" aria-label={first}>
      <Table verticalSpacing={6} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{first}</Table.Th>
            {counts.map(({ header }) => (
              <Table.Th key={header} ta="end">
                {header}
              </Table.Th>
            ))}
            {shares.map((share) => (
              <Table.Th key={share} ps={17}>
                {t(`analytics.${share}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line) => (
            <Table.Tr key={keyOf(line)}>
              <Table.Td maw={260}>{name(line)}</Table.Td>
              {counts.map(({ header, value }) => (
                <Table.Td key={header} ta="end" className="h-num">
                  {formatNumber(value(line))}
                </Table.Td>
              ))}
              {shares.map((share) => (
                <Table.Td key={share}>
                  <RateCell rate={line[share]} of={of} most={most[share]} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const mails = { header: t('analytics.mails'), value: (line: OutcomeRates) => line.sent };

export function CampaignTable({ lines, query }: Lines<'campaigns'>) {
  return (
    <Panel title={t('analytics.campaigns')} text={t('analytics.campaigns.text')} table="campaigns" query={query}>
      <OutcomeTable
        lines={lines}
        of="people"
        first={t('analytics.campaign')}
        keyOf={(line) => line.campaignId}
        name={(line) => (
          <LinkAnchor to="/campaigns/$campaignId" params={{ campaignId: line.campaignId }} size="sm" truncate display="block" title={line.name}>
            {line.name}
          </LinkAnchor>
        )}
        counts={[{ header: t('analytics.enrolled'), value: (line) => line.enrolled }, { header: t('analytics.mailed'), value: (line) => line.mailed }, mails]}
      />
    </Panel>
  );
}

export function StepTable({ lines, query }: Lines<'steps'>) {
  return (
    <Panel title={t('analytics.steps')} text={t('analytics.steps.text')} table="steps" query={query}>
      <OutcomeTable
        lines={lines}
        of="mails"
        first={t('analytics.mail')}
        keyOf={(line) => `${line.stepId} ${line.number} ${line.variantId}`}
        name={(line) => (
          <>
            <Text size="sm" fw={560}>
              {t('analytics.step', { number: line.number, variant: line.variantId })}
            </Text>
            <Text size="xs" c="dimmed" truncate title={line.subject}>
              {line.subject || t('analytics.noSubject')}
            </Text>
          </>
        )}
        counts={[mails]}
      />
    </Panel>
  );
}

export function MailboxTable({ lines, query }: Lines<'mailboxes'>) {
  return (
    <Panel title={t('analytics.mailboxes')} text={t('analytics.mailboxes.text')} table="mailboxes" query={query}>
      <OutcomeTable
        lines={lines}
        of="mails"
        first={t('analytics.mailbox')}
        keyOf={(line) => line.mailboxId}
        name={(line) => line.name || t('analytics.mailbox.deleted')}
        counts={[mails]}
      />
    </Panel>
  );
}

export function ProviderTable({ lines, query }: Lines<'providers'>) {
  return (
    <Panel title={t('analytics.providers')} text={t('analytics.providers.text')} table="providers" query={query}>
      <OutcomeTable
        lines={lines}
        of="mails"
        first={t('analytics.provider')}
        keyOf={(line) => line.provider ?? ''}
        name={(line) => line.name || t('analytics.provider.others')}
        counts={[mails]}
      />
    </Panel>
  );
}
