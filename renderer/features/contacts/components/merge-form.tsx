import { Alert, Anchor, Group, List, Paper, Radio, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconArrowMerge } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { Contact } from '../../../../shared/schemas/contact.ts';
import { MayButton } from '../../../components/may-button.tsx';
import { notifyDone, notifyError } from '../../../components/notify.tsx';
import { StateBadge } from '../../../components/state-badge.tsx';
import { QueryState } from '../../../components/states.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { api } from '../../../lib/client.ts';
import { formatDate } from '../../../lib/format.ts';
import { useRefusal, useTeam } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions } from '../api.ts';
import { mergeRows, type MergeRow } from '../model/merge-rows.ts';
import classes from './contacts.module.css';

type Side = 'first' | 'second';

interface Props {
  readonly first: Contact;
  readonly second: Contact;
  readonly onMerged: (id: string) => void;
  readonly aside?: ReactNode;
}

/** Two contacts side by side: which address stays, whose value holds where they differ, and what merging them does. */
export function MergeForm({ first, second, onMerged, aside }: Props) {
  const [keep, setKeep] = useState<Side>('first');
  const [chosen, setChosen] = useState<Readonly<Record<string, Side>>>({});
  const { nameOf } = useTeam();
  const { merge } = useContactActions();
  const refusal = useRefusal('subscribers', 'merge');
  const people = { first, second };
  const [kept, other] = keep === 'first' ? [first, second] : [second, first];
  const rows = mergeRows(first, second, { owner: nameOf, date: formatDate });
  const sideOf = (row: MergeRow): Side => chosen[row.field] ?? (row[keep] === '' ? opposite(keep) : keep);
  const take = rows.filter((row) => row.differs && sideOf(row) !== keep && row[keep] !== '').map(({ field }) => field);
  const onMerge = () =>
    merge.mutate(
      { id: kept.id, otherId: other.id, take },
      {
        onSuccess: () => {
          notifyDone(t('duplicates.merged', { email: kept.email }));
          onMerged(kept.id);
        },
        onError: notifyError,
      },
    );
  return (
    <Stack gap="md">
      <Paper p="md">
        <Table.ScrollContainer minWidth={620} type="native" tabIndex={0} role="group" aria-label={t('duplicates.compare')}>
          <Table layout="fixed" verticalSpacing={6} className={classes['merge'] ?? ''}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={170}>{t('duplicates.keep')}</Table.Th>
                {sides.map((side) => (
                  <Table.Th key={side} data-kept={keep === side}>
                    <Radio
                      name="keep"
                      checked={keep === side}
                      onChange={() => setKeep(side)}
                      label={people[side].email}
                      styles={{ label: { overflowWrap: 'anywhere', fontWeight: 600 } }}
                    />
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.field}>
                  <Table.Th scope="row">{row.label}</Table.Th>
                  {sides.map((side) => (
                    <Table.Td key={side} data-kept={row.differs ? sideOf(row) === side : undefined}>
                      {row.differs && row.first !== '' && row.second !== '' ? (
                        <Radio
                          name={row.field}
                          checked={sideOf(row) === side}
                          onChange={() => setChosen({ ...chosen, [row.field]: side })}
                          label={row[side]}
                          aria-label={`${row.label}: ${row[side]}`}
                          styles={{ label: { overflowWrap: 'anywhere' } }}
                        />
                      ) : (
                        <Text size="sm" style={{ overflowWrap: 'anywhere' }} {...(row[side] === '' ? { c: 'dimmed' } : {})}>
                          {row[side] === '' ? '–' : row[side]}
                        </Text>
                      )}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
              <Facts label={t('contacts.status')} of={(person) => <StateBadge kind="contactStatus" state={person.status} />} people={people} />
              <Facts label={t('contacts.lastSent')} of={({ lastSentAt }) => <Moment at={lastSentAt} />} people={people} />
              <Facts label={t('contacts.lastReply')} of={({ lastReplyAt }) => <Moment at={lastReplyAt} />} people={people} />
              <Facts label={t('contacts.added')} of={({ createdAt }) => <Moment at={createdAt} />} people={people} />
              <Facts
                label=""
                of={({ id }) => (
                  <Anchor size="sm" renderRoot={(props) => <Link to="/contacts/$contactId" params={{ contactId: id }} {...props} />}>
                    {t('duplicates.open')}
                  </Anchor>
                )}
                people={people}
              />
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      <Consequences kept={kept} other={other} asking={!merge.isPending && !merge.isSuccess} />
      <Group gap="sm">
        <MayButton refusal={refusal} leftSection={<IconArrowMerge size={16} />} loading={merge.isPending} onClick={onMerge}>
          {t('duplicates.merge')}
        </MayButton>
        {aside}
      </Group>
    </Stack>
  );
}

const sides: readonly Side[] = ['first', 'second'];

function opposite(side: Side): Side {
  return side === 'first' ? 'second' : 'first';
}

function Facts({ label, of, people }: { readonly label: string; readonly of: (person: Contact) => ReactNode; readonly people: Readonly<Record<Side, Contact>> }) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{label}</Table.Th>
      {sides.map((side) => (
        <Table.Td key={side}>{of(people[side])}</Table.Td>
      ))}
    </Table.Tr>
  );
}

function Moment({ at }: { readonly at: number | null }) {
  return at === null ? (
    <Text size="sm" c="dimmed">
      –
    </Text>
  ) : (
    <TimeText at={at} />
  );
}

/** After the merge one of the two is gone: nothing is asked about it any more. */
function Consequences({ kept, other, asking }: { readonly kept: Contact; readonly other: Contact; readonly asking: boolean }) {
  const preview = useQuery(api.subscribers.previewMerge.queryOptions({ input: { id: kept.id, otherId: other.id, take: [] }, enabled: asking }));
  return (
    <QueryState query={preview}>
      {({ mails, replies, enrolments, stops, suppressed }) => (
        <Alert variant="light" color={suppressed === null ? 'gray' : 'yellow'} title={t('duplicates.does')}>
          <List size="sm" spacing={2}>
            <List.Item>{t('duplicates.does.address', { kept: kept.email, other: other.email })}</List.Item>
            <List.Item>{t('duplicates.does.history', { mails, replies, enrolments })}</List.Item>
            {stops.map(({ campaignId, campaignName }) => (
              <List.Item key={campaignId}>{t('duplicates.does.stops', { campaign: campaignName })}</List.Item>
            ))}
            {suppressed !== null && <List.Item>{t('duplicates.does.suppressed', { reason: t(`suppression.${suppressed}`) })}</List.Item>}
            <List.Item>{t('duplicates.does.forGood')}</List.Item>
          </List>
        </Alert>
      )}
    </QueryState>
  );
}
