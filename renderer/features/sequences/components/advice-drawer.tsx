import { Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconBulb } from '@tabler/icons-react';
import type { Rate } from '../../../../shared/schemas/analytics.ts';
import type { Recommendation } from '../../../../shared/schemas/recommendation.ts';
import type { SequenceGraph } from '../../../../shared/schemas/sequence.ts';
import { notifyUndo } from '../../../components/notify.tsx';
import { RateScale, scaleOf } from '../../../components/rate-scale.tsx';
import { EmptyState, QueryState } from '../../../components/states.tsx';
import { api } from '../../../lib/client.ts';
import { formatDecimal, formatNumber, formatShare } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { applyRecommendation } from '../model/advice.ts';
import { waitName } from '../words.ts';
import { stepName } from '../words-of-steps.ts';
import classes from './sequences.module.css';

/** What the figures of a sequence speak for; asked again when its draft was stored. */
export function useAdvice(sequenceId: string) {
  return useQuery(api.sequences.recommendations.queryOptions({ input: { id: sequenceId }, staleTime: 60_000 }));
}

interface Props {
  readonly sequenceId: string;
  readonly graph: SequenceGraph;
  readonly onChange: (edit: (graph: SequenceGraph) => SequenceGraph) => void;
  readonly onOpen: (stepId: string) => void;
  readonly onClose: () => void;
}

/** Recommendations with their evidence, each taken over into the draft by one button and taken back by another. */
export function AdviceDrawer({ sequenceId, graph, onChange, onOpen, onClose }: Props) {
  const advice = useAdvice(sequenceId);
  const take = (item: Recommendation) => {
    if (item.kind === 'losing_mail' && item.first) {
      onClose();
      return onOpen(item.stepId);
    }
    onChange((before) => applyRecommendation(before, item));
    notifyUndo(
      t('advice.applied'),
      () => {
        onChange(() => graph);
        return Promise.resolve();
      },
      10_000,
    );
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={560} title={t('advice.title')}>
      <QueryState query={advice}>
        {({ items, undecided }) => {
          const open = items.filter((item) => isOpen(graph, item));
          return (
            <Stack gap="md">
              {open.length === 0 ? (
                <EmptyState title={t('advice.none')} icon={<IconBulb size={26} stroke={1.6} />}>
                  {t('advice.noneText')}
                </EmptyState>
              ) : (
                <Text size="sm" c="dimmed">
                  {t('advice.intro')}
                </Text>
              )}
              <ul className={classes['versions']}>
                {open.map((item) => (
                  <li key={`${item.kind}-${item.stepId}-${'variantId' in item ? item.variantId : ''}`} className={classes['version']}>
                    <Advice graph={graph} item={item} onTake={() => take(item)} />
                  </li>
                ))}
              </ul>
              {undecided.map(({ stepId, mailed, needed }) => (
                <Text key={stepId} size="sm" c="dimmed">
                  {t('advice.undecided', { name: nameOf(graph, stepId), mailed: formatNumber(mailed), needed: formatNumber(needed) })}
                </Text>
              ))}
            </Stack>
          );
        }}
      </QueryState>
    </Drawer>
  );
}

/** Whether a recommendation still says something of the graph that is being edited. */
function isOpen(graph: SequenceGraph, item: Recommendation): boolean {
  return (
    graph.steps.some(({ id }) => id === item.stepId) &&
    (item.kind === 'losing_mail' || applyRecommendation(graph, item).steps.some((step, index) => JSON.stringify(step) !== JSON.stringify(graph.steps[index])))
  );
}

function nameOf(graph: SequenceGraph, stepId: string): string {
  const step = graph.steps.find(({ id }) => id === stepId);
  return step === undefined ? stepId : stepName(graph, step);
}

function Advice({ graph, item, onTake }: { readonly graph: SequenceGraph; readonly item: Recommendation; readonly onTake: () => void }) {
  const { title, why, gain, apply, rates } = wordsOf(graph, item);
  const most = scaleOf(rates.map(({ rate }) => rate));
  return (
    <Stack gap={6}>
      <Title order={3} size="h5">
        {title}
      </Title>
      <Text size="sm">{why}</Text>
      {rates.map(({ name, rate }) => (
        <div key={name}>
          <Group justify="space-between" wrap="nowrap" gap="xs">
            <Text size="xs" c="dimmed">
              {name}
            </Text>
            <Text size="xs" className="h-num">
              {rateText(rate)}
            </Text>
          </Group>
          <RateScale rate={rate} most={most} />
        </div>
      ))}
      <Group justify="space-between" align="center" wrap="nowrap" mt={4}>
        <Text size="sm" c="dimmed">
          {gain}
        </Text>
        <Button size="compact-sm" variant="light" flex="none" onClick={onTake}>
          {apply}
        </Button>
      </Group>
    </Stack>
  );
}

interface Words {
  readonly title: string;
  readonly why: string;
  readonly gain: string;
  readonly apply: string;
  readonly rates: readonly { readonly name: string; readonly rate: Rate }[];
}

function wordsOf(graph: SequenceGraph, item: Recommendation): Words {
  switch (item.kind) {
    case 'stop_variant': {
      const better = item.better.variantId;
      return {
        title: t('advice.stop_variant', { variant: item.variantId, mail: nameOf(graph, item.stepId) }),
        why: t('advice.stop_variant.why', { better, chance: chanceText(item.chance) }),
        gain: t('advice.stop_variant.gain', { better, gain: gainText(item.gain) }),
        apply: t('advice.stop_variant.apply'),
        rates: [
          { name: t('advice.answered', { variant: better }), rate: item.better },
          { name: t('advice.answered', { variant: item.variantId }), rate: item.replied },
        ],
      };
    }
    case 'losing_mail': {
      const mail = nameOf(graph, item.stepId);
      return {
        title: t(item.first ? 'advice.losing_mail.rewrite' : 'advice.losing_mail.leave', { mail }),
        why: t('advice.losing_mail.why', { chance: chanceText(item.chance) }),
        gain: item.first ? '' : t('advice.losing_mail.gain', { gain: gainText(item.gain) }),
        apply: t(item.first ? 'advice.losing_mail.open' : 'advice.losing_mail.apply'),
        rates: [
          { name: t('advice.optedOut'), rate: item.optedOut },
          { name: t('advice.answeredMail'), rate: item.replied },
        ],
      };
    }
    case 'longer_wait':
    case 'shorter_wait': {
      const within = item.quantileHours < 48 ? t('advice.hours', { count: Math.ceil(item.quantileHours) }) : t('advice.days', { count: Math.ceil(item.quantileHours / 24) });
      return {
        title: t(`advice.${item.kind}`, {
          mail: nameOf(graph, item.mailStepId),
          from: waitName(item.from.duration, item.from.businessDays),
          to: waitName(item.to.duration, item.to.businessDays),
        }),
        why: t(`advice.${item.kind}.why`, { late: formatNumber(item.late.count), answers: item.answers, within }),
        gain: t(`advice.${item.kind}.gain`),
        apply: t('advice.wait.apply'),
        rates: [],
      };
    }
  }
}

function rateText({ count, of, rate, low, high }: Rate): string {
  return t('advice.rate', { count: formatNumber(count), of: formatNumber(of), rate: formatShare(rate ?? 0, 1), low: formatShare(low ?? 0, 1), high: formatShare(high ?? 1, 1) });
}

function chanceText(chance: number): string {
  return chance < 0.0001 ? t('advice.never') : t('advice.oneIn', { count: formatNumber(Math.round(1 / chance)) });
}

function gainText(gain: number): string {
  return formatDecimal(gain >= 10 ? Math.round(gain) : gain);
}
