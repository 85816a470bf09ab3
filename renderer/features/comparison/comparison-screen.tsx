import { ActionIcon, Badge, Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconGitCompare, IconPlus, IconX } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { Comparison, CompetitorMail, Side } from '../../../shared/schemas/comparison.ts';
import { LinkButton } from '../../components/links.tsx';
import { notifyUndo } from '../../components/notify.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, LoadingState, QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { formatDate, formatNumber, formatShare } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { AddMailDialog } from './add-mail-dialog.tsx';
import styles from './comparison.module.css';
import { ModelReading } from './model-reading.tsx';

/** Mails of competitors beside those of a sequence: what differs in length, tone, offers, rhythm and words. */
export function ComparisonScreen() {
  const navigate = useNavigate();
  const search = useSearch({ from: '/comparison' });
  const mails = useQuery(api.comparison.mails.queryOptions({ input: {} }));
  const sequences = useQuery(api.sequences.list.queryOptions({ input: { limit: 200, sort: '-updatedAt' } }));
  const [adding, setAdding] = useState(false);
  const names = [...new Set(mails.data?.items.map(({ competitor }) => competitor))];
  const competitor = names.find((name) => name === search.competitor) ?? names[0];
  const sequenceId = sequences.data?.items.find(({ id }) => id === search.sequence)?.id ?? sequences.data?.items[0]?.id;
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {t('comparison.add')}
    </Button>
  );
  return (
    <Page>
      <PageHeader title={t('comparison.title')} description={t('comparison.subtitle')} actions={add} />
      <QueryState query={mails}>
        {({ items }) =>
          competitor === undefined ? (
            <EmptyState title={t('comparison.emptyTitle')} icon={<IconGitCompare size={26} stroke={1.6} />} action={add}>
              {t('comparison.emptyText')}
            </EmptyState>
          ) : (
            <Stack gap="lg">
              <Group gap="md">
                <Select
                  label={t('comparison.competitor')}
                  data={names}
                  value={competitor}
                  allowDeselect={false}
                  w={260}
                  onChange={(value) => void navigate({ to: '/comparison', search: { ...search, ...(value === null ? {} : { competitor: value }) }, replace: true })}
                />
                <Select
                  label={t('comparison.sequence')}
                  data={(sequences.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                  value={sequenceId ?? null}
                  allowDeselect={false}
                  w={320}
                  onChange={(value) => void navigate({ to: '/comparison', search: { ...search, ...(value === null ? {} : { sequence: value }) }, replace: true })}
                />
              </Group>
              {sequenceId !== undefined && <Compared competitor={competitor} sequenceId={sequenceId} />}
              {sequences.data?.items.length === 0 && (
                <EmptyState
                  title={t('comparison.noSequenceTitle')}
                  action={
                    <LinkButton to="/sequences" search={{ dialog: 'new' }} variant="default">
                      {t('sequences.add')}
                    </LinkButton>
                  }
                >
                  {t('comparison.noSequence')}
                </EmptyState>
              )}
              <div className={styles['columns']}>
                <Panel title={t('comparison.mails', { name: competitor })}>
                  <MailList mails={items.filter((mail) => mail.competitor === competitor)} />
                </Panel>
                <Panel title={t('comparison.reading')}>
                  <ModelReading key={competitor} competitor={competitor} />
                </Panel>
              </div>
            </Stack>
          )
        }
      </QueryState>
      {adding && (
        <AddMailDialog
          names={names}
          initialName={competitor ?? ''}
          onClose={() => setAdding(false)}
          onAdded={(name) => void navigate({ to: '/comparison', search: { ...search, competitor: name }, replace: true })}
        />
      )}
    </Page>
  );
}

function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles['panel']}>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Compared({ competitor, sequenceId }: { readonly competitor: string; readonly sequenceId: string }) {
  const comparison = useQuery(api.comparison.compare.queryOptions({ input: { competitor, sequenceId } }));
  if (comparison.isPending) return <LoadingState rows={5} />;
  return (
    <QueryState query={comparison}>
      {(data) => (
        <div className={styles['columns']}>
          <Stack gap="md">
            <Panel title={t('comparison.differences')}>
              {data.differences.length === 0 ? <Text size="sm">{t('comparison.noDifferences')}</Text> : null}
              <ul className={styles['points']}>
                {data.differences.map((difference) => (
                  <li key={difference.code}>
                    <Text size="sm">{differenceText(difference)}</Text>
                  </li>
                ))}
              </ul>
            </Panel>
            <Panel title={t('comparison.structure')}>
              <Structure name={competitor} comparison={data} />
            </Panel>
          </Stack>
          <Stack gap="md">
            <Panel title={t('comparison.offers')}>
              <Sides name={competitor} comparison={data} part={(side) => <Offers side={side} />} />
            </Panel>
            <Panel title={t('comparison.keywords')}>
              <Sides name={competitor} comparison={data} part={(side) => <Keywords side={side} />} />
            </Panel>
          </Stack>
        </div>
      )}
    </QueryState>
  );
}

function differenceText({ code, theirs, ours }: Comparison['differences'][number]): string {
  const say = (value: number) => (code === 'about_you' ? formatShare(value, 1) : figure(value));
  return t(`comparison.difference.${code}`, { theirs: say(theirs), ours: say(ours) });
}

function figure(value: number): string {
  return formatNumber(Math.round(value * 10) / 10);
}

function Structure({ name, comparison: { theirs, ours } }: { readonly name: string; readonly comparison: Comparison }) {
  const rows: [label: string, show: (side: Side) => string][] = [
    [t('comparison.words'), ({ typical }) => figure(typical.words)],
    [t('comparison.wordsPerSentence'), ({ typical }) => figure(typical.wordsPerSentence)],
    [t('comparison.subjectLength'), ({ typical }) => figure(typical.subjectLength)],
    [t('comparison.links'), ({ typical }) => figure(typical.links)],
    [t('comparison.questions'), ({ typical }) => figure(typical.questions)],
    [t('comparison.bulk'), ({ typical }) => figure(typical.bulkPhrases)],
    [t('comparison.aboutYou'), ({ typical }) => (typical.aboutYou === null ? '–' : formatShare(typical.aboutYou, 1))],
    [t('comparison.calls'), callsText],
    [t('comparison.gaps'), ({ gapsDays }) => (gapsDays.length === 0 ? '–' : gapsDays.map(figure).join(', '))],
  ];
  return (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">{t('comparison.measure')}</th>
          <th scope="col">{name}</th>
          <th scope="col">{t('comparison.ours')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, show]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td className="h-num">{show(theirs)}</td>
            <td className="h-num">{show(ours)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function callsText({ calls: { question, link } }: Side): string {
  if (question + link === 0) return t('comparison.callsNone');
  return t('comparison.callsText', { question, link, gap: question > 0 && link > 0 ? ', ' : '' });
}

function Sides({ name, comparison, part }: { readonly name: string; readonly comparison: Comparison; readonly part: (side: Side) => ReactNode }) {
  return (
    <div className={styles['sides']}>
      <div>
        <Text size="xs" c="dimmed" mb={6}>
          {name}
        </Text>
        {part(comparison.theirs)}
      </div>
      <div>
        <Text size="xs" c="dimmed" mb={6}>
          {t('comparison.ours')}
        </Text>
        {part(comparison.ours)}
      </div>
    </div>
  );
}

function Offers({ side }: { readonly side: Side }) {
  if (side.offers.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('comparison.noOffers')}
      </Text>
    );
  return (
    <ul className={styles['list']}>
      {side.offers.map(({ kind, mails, quote }) => (
        <li key={kind}>
          <Text size="sm" fw={600}>
            {t(`comparison.offer.${kind}`)}{' '}
            <Text span size="xs" c="dimmed" fw={400}>
              {t('comparison.inMails', { count: mails })}
            </Text>
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            “{quote}”
          </Text>
        </li>
      ))}
    </ul>
  );
}

function Keywords({ side }: { readonly side: Side }) {
  if (side.keywords.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('comparison.noKeywords')}
      </Text>
    );
  return (
    <Group gap={6}>
      {side.keywords.map(({ term, mails }) => (
        <Badge key={term} variant="light" tt="none" title={t('comparison.inMails', { count: mails })}>
          {term}
        </Badge>
      ))}
    </Group>
  );
}

function MailList({ mails }: { readonly mails: readonly CompetitorMail[] }) {
  const queryClient = useQueryClient();
  const again = () => queryClient.invalidateQueries({ queryKey: api.comparison.key() });
  const add = useMutation(api.comparison.add.mutationOptions({ onSuccess: again }));
  const remove = useMutation(api.comparison.remove.mutationOptions({ onSuccess: again }));
  const onRemove = ({ id, competitor, subject, text }: CompetitorMail) =>
    remove.mutate(
      { id },
      {
        onSuccess: () => notifyUndo(t('comparison.removed'), async () => void (await add.mutateAsync({ competitor, source: `Subject: ${subject}\n${text}` })), 10_000),
      },
    );
  return (
    <div>
      {mails.map((mail) => {
        const subject = mail.subject === '' ? t('comparison.noSubject') : mail.subject;
        return (
          <div key={mail.id} className={styles['mail']}>
            <div style={{ minWidth: 0 }}>
              <Text size="sm" className="h-ellipsis" title={subject}>
                {subject}
              </Text>
              <Text size="xs" c="dimmed">
                {mail.sentAt === null ? t('comparison.noDate') : formatDate(mail.sentAt)}
              </Text>
            </div>
            <ActionIcon color="gray" aria-label={t('comparison.remove', { subject })} onClick={() => onRemove(mail)}>
              <IconX size={16} />
            </ActionIcon>
          </div>
        );
      })}
    </div>
  );
}
