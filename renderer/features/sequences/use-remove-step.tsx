import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { SequenceGraph, Step } from '../../../shared/schemas/sequence.ts';
import { t } from '../../lib/messages/index.ts';
import type { EditorProps } from './components/step-list.tsx';
import { removeStep, restoreStep } from './model/graph.ts';
import { stepName } from './words-of-steps.ts';

/** Deletes a step with what only it led to, and offers to take that back. */
export function useRemoveStep({
  graph,
  place,
  onPlace,
  onChange,
  focus,
}: Pick<EditorProps, 'graph' | 'place' | 'onPlace' | 'onChange'> & { readonly focus: (stepId: string | null) => void }) {
  return (step: Step): void => {
    const { graph: without, removed } = removeStep(graph, step.id);
    if (!removed) return;
    const name = stepName(graph, step);
    onChange((before: SequenceGraph) => removeStep(before, step.id).graph);
    if (place !== null && removed.steps.some(({ id }) => id === place.stepId)) onPlace(null);
    const index = graph.steps.findIndex(({ id }) => id === step.id);
    focus(without.steps[index]?.id ?? without.steps[index - 1]?.id ?? null);
    const id = `removed-${step.id}`;
    notifications.show({
      id,
      autoClose: 10_000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{t('sequences.stepRemoved', { name })}</Text>
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              onChange((before: SequenceGraph) => restoreStep(before, removed));
              focus(step.id);
              notifications.hide(id);
            }}
          >
            {t('sequences.undo')}
          </Button>
        </Group>
      ),
    });
  };
}
