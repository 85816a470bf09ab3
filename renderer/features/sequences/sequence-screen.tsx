import { Alert, Anchor, Button, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { Link, useParams } from '@tanstack/react-router';
import { IconCircleCheck, IconHistory, IconMail } from '@tabler/icons-react';
import { useState } from 'react';
import type { GraphIssue, Sequence, SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { notifyDone } from '../../components/notify.tsx';
import { Page } from '../../components/page.tsx';
import { SaveState } from '../../components/save-state.tsx';
import { EmptyState, QueryState } from '../../components/states.tsx';
import { formatDateTime } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { useCheck, useSequence, useSequenceActions } from './api.ts';
import { IssuesBar } from './components/issues-bar.tsx';
import { PreviewPane, type Shown } from './components/preview-pane.tsx';
import classes from './components/sequences.module.css';
import { StepList, type Place } from './components/step-list.tsx';
import { VersionsDrawer } from './components/versions-drawer.tsx';
import { TimelineSketch } from './components/timeline-sketch.tsx';
import { emails, threadState, threadVariant, timeline } from './model/graph.ts';
import { SequenceStatus } from './sequences-screen.tsx';
import { useDraft } from './use-draft.ts';
import { stepName } from './words-of-steps.ts';

/** The editor of one sequence. */
export function SequenceScreen() {
  const { sequenceId } = useParams({ from: '/sequences/$sequenceId' });
  const sequence = useSequence(sequenceId);
  return (
    <Page fill>
      <QueryState query={sequence}>{(data) => <Editor key={data.id} sequence={data} />}</QueryState>
    </Page>
  );
}

function Editor({ sequence }: { readonly sequence: Sequence }) {
  const draft = useDraft(sequence);
  const { graph, name } = draft.value;
  const { activate } = useSequenceActions();
  const [place, setPlace] = useState<Place | null>(() => firstPlace(graph));
  const [versions, setVersions] = useState(false);
  const [checked] = useDebouncedValue(graph, 500);
  const check = useCheck(checked);
  const issues = check.data?.issues ?? sequence.issues;
  const blocking = issues.filter((issue) => issue.blocking).length;
  const points = timeline(graph);
  const change = (edit: (graph: SequenceGraph) => SequenceGraph) => draft.edit((old) => ({ ...old, graph: edit(old.graph) }));
  useHotkeys([['mod+S', () => void draft.save()]], []);

  const changed = sequence.activeVersion === null || sequence.draftChanged || draft.status !== 'saved';
  const onActivate = async () => {
    if (!(await draft.save())) return;
    activate.mutate(
      { id: sequence.id },
      { onSuccess: (active) => notifyDone(`${t('sequences.activated', { version: String(active.activeVersion ?? '') })}. ${t('sequences.activatedHint')}`) },
    );
  };
  const jump = (issue: GraphIssue) => {
    if (issue.stepId === null) return;
    setPlace({ stepId: issue.stepId, variantId: issue.variantId ?? 'A' });
    focusField(issue.stepId, issue.field);
  };
  const open = (stepId: string) => {
    setPlace({ stepId, variantId: 'A' });
    focusField(stepId, null);
  };
  const nextVersion = String((sequence.activeVersion ?? 0) + 1);
  const why = blocking > 0 ? t('sequences.activateBlocked') : changed ? t('sequences.activateHint') : t('sequences.activateSame');

  return (
    <>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="md" gap="lg">
        <div style={{ flex: 1, minWidth: 0 }}>
          <Anchor component={Link} to="/sequences" size="sm" display="inline-block" py={4}>
            {t('sequences.back')}
          </Anchor>
          <TextInput
            aria-label={t('sequences.name')}
            className={classes['nameInput'] ?? ''}
            value={name}
            maxLength={200}
            error={name.trim() === '' ? t('sequences.nameMissing') : undefined}
            onChange={(event) => {
              const value = event.currentTarget.value;
              draft.edit((old) => ({ ...old, name: value }));
            }}
          />
          <TextInput
            aria-label={t('sequences.description')}
            placeholder={t('sequences.descriptionPlaceholder')}
            variant="unstyled"
            size="sm"
            value={draft.value.description}
            maxLength={2000}
            onChange={(event) => {
              const value = event.currentTarget.value;
              draft.edit((old) => ({ ...old, description: value }));
            }}
          />
        </div>
        <Group gap="md" wrap="wrap" justify="flex-end" pt={22}>
          <Button variant="subtle" leftSection={<IconHistory size={16} />} onClick={() => setVersions(true)}>
            {t('versions.open')}
          </Button>
          <SaveState status={draft.status} error={draft.error} onSave={() => void draft.save()} />
          <SequenceStatus sequence={{ ...sequence, issues: [] }} />
          <Tooltip label={why}>
            <Button
              leftSection={<IconCircleCheck size={16} />}
              data-disabled={blocking > 0 || !changed || graph.steps.length === 0}
              aria-disabled={blocking > 0 || !changed || graph.steps.length === 0}
              loading={activate.isPending}
              onClick={() => blocking === 0 && changed && graph.steps.length > 0 && void onActivate()}
            >
              {sequence.activeVersion === null ? t('sequences.activate') : t('sequences.activateAs', { version: nextVersion })}
            </Button>
          </Tooltip>
        </Group>
      </Group>
      {versions && <VersionsDrawer sequence={sequence} onClose={() => setVersions(false)} onRestore={(graph) => draft.edit((old) => ({ ...old, graph }))} />}
      <div className={classes['editor']}>
        <div className={classes['column']}>
          {draft.rescue && (
            <Alert color="amber" variant="light" icon={<IconHistory size={18} />} title={t('sequences.rescueTitle')} mb="md">
              <Text size="sm">{t('sequences.rescued', { when: formatDateTime(draft.rescue.at) })}</Text>
              <Group mt="sm" gap="sm">
                <Button size="xs" onClick={draft.takeRescue}>
                  {t('sequences.restore')}
                </Button>
                <Button size="xs" variant="default" onClick={draft.dropRescue}>
                  {t('sequences.discard')}
                </Button>
              </Group>
            </Alert>
          )}
          <IssuesBar issues={issues} nameOf={(stepId) => nameOf(graph, stepId)} onJump={jump} />
          <TimelineSketch points={graph.steps.some(({ type }) => type === 'wait_date') ? [] : points} current={place?.stepId ?? null} onOpen={open} />
          {graph.steps.length === 0 && (
            <EmptyState title={t('sequences.emptyEditorTitle')} icon={<IconMail size={26} stroke={1.6} />}>
              {t('sequences.emptyEditorText')}
            </EmptyState>
          )}
          <StepList sequenceId={sequence.id} graph={graph} issues={issues} place={place} onPlace={setPlace} onChange={change} />
        </div>
        <PreviewPane shown={shownAt(graph, place)} />
      </div>
    </>
  );
}

function firstPlace(graph: SequenceGraph): Place | null {
  const step = emails(graph)[0];
  return step ? { stepId: step.id, variantId: step.variants[0]?.id ?? 'A' } : null;
}

function nameOf(graph: SequenceGraph, stepId: string): string | null {
  const index = graph.steps.findIndex(({ id }) => id === stepId);
  const step = graph.steps[index];
  return step === undefined ? null : step.type === 'email' ? stepName(graph, step) : `${t('steps.number', { number: index + 1 })}, ${stepName(graph, step)}`;
}

/** The mail that the preview shows: the open one, else the first. */
function shownAt(graph: SequenceGraph, place: Place | null): Shown | null {
  const list = emails(graph);
  const step = list.find((found) => found.id === place?.stepId) ?? list[0];
  const variant = step?.variants.find((found) => found.id === place?.variantId) ?? step?.variants[0];
  if (!step || !variant) return null;
  const number = list.indexOf(step) + 1;
  return {
    name: step.variants.length > 1 ? `${t('sequences.mailStep', { number })} ${variant.id}` : t('sequences.mailStep', { number }),
    variant,
    attachments: step.attachments ?? [],
    isFirst: threadState(graph, step.id) === 'first',
    previous: threadVariant(graph, step.id),
  };
}

/** Brings a field into view once its step is open. */
function focusField(stepId: string, field: string | null): void {
  setTimeout(() => {
    const item = document.querySelector<HTMLElement>(`[data-step='${CSS.escape(stepId)}']`);
    const target = (field === null ? null : item?.querySelector<HTMLElement>(`[data-field='${CSS.escape(field)}']`)) ?? item?.querySelector<HTMLElement>('[data-step-toggle]');
    item?.scrollIntoView({ block: 'start', behavior: 'smooth' });
    target?.focus({ preventScroll: true });
  }, 60);
}
