import { Select, Text } from '@mantine/core';
import { edgesOf } from '../../../../shared/graph.ts';
import type { SequenceGraph } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import { leadTo, possibleTargets } from '../model/graph.ts';
import { stepName } from '../words-of-steps.ts';

interface Props {
  readonly graph: SequenceGraph;
  readonly stepId: string;
  readonly edgeId: string;
  readonly way: string;
  readonly onChange: (change: (graph: SequenceGraph) => SequenceGraph) => void;
}

/** Where a way leads: the end, or any step that it would not make a circle with. */
export function WaySelect({ graph, stepId, edgeId, way, onChange }: Props) {
  const step = graph.steps.find(({ id }) => id === stepId);
  const to = step === undefined ? null : (edgesOf(graph, step).find(({ id }) => id === edgeId)?.to ?? null);
  const choices = possibleTargets(graph, stepId).map((target) => ({
    value: target.id,
    label: t('steps.goesOn', { number: graph.steps.indexOf(target) + 1, name: stepName(graph, target) }),
  }));
  return (
    <Select
      size="xs"
      w={230}
      allowDeselect={false}
      aria-label={t('steps.thenOf', { way })}
      leftSection={<Text size="xs">{t('steps.then')}</Text>}
      leftSectionWidth={46}
      data={[{ value: '', label: t('steps.ends') }, ...choices]}
      value={to ?? ''}
      onChange={(value) => onChange((before) => leadTo(before, stepId, edgeId, value === '' ? null : value))}
    />
  );
}
