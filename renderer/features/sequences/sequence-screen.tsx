import { Anchor, Button, Group, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { Link, useParams } from '@tanstack/react-router';
import { IconBulb, IconCircleCheck, IconHistory, IconMail } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { GraphIssue, Sequence, SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { PreviewPane, type Shown } from '../../components/mail-editor/preview-pane.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { Page } from '../../components/page.tsx';
import { RescueNote } from '../../components/rescue-note.tsx';
import { SaveState } from '../../components/save-state.tsx';
import { EmptyState, LoadingState, QueryState } from '../../components/states.tsx';
import { t } from '../../lib/messages/index.ts';
import { useCheck, useSequence, useSequenceActions } from './api.ts';
import { AdviceDrawer, useAdvice } from './components/advice-drawer.tsx';
import { DraftNote } from './components/draft-note.tsx';
import { EditorTools } from './components/editor-tools.tsx';
import { IssuesBar } from './components/issues-bar.tsx';
import classes from './components/sequences.module.css';
import { StepList, type EditorProps, type Place } from './components/step-list.tsx';
import { VersionsDrawer } from './components/versions-drawer.tsx';
import { TimelineSketch } from './components/timeline-sketch.tsx';
import { emails, threadMail, threadState, timeline } from './model/graph.ts';
import { SequenceStatus } from './sequences-screen.tsx';
import { useDraft } from './use-draft.ts';
import { useView } from './use-view.ts';
import { stepName } from './words-of-steps.ts';

// Only who looks at the canvas loads what draws it.
const CanvasEditor = lazy(() => import('./components/canvas/canvas-editor.tsx').then((module) => ({ default: module.CanvasEditor })));

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
  const [advice, setAdvice] = useState(false);
  const advised = useAdvice(sequence.id).data?.items.length ?? 0;
  const [view, setView] = useView();
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

  const editing: EditorProps = { sequenceId: sequence.id, graph, issues, place, onPlace: setPlace, onChange: change };
  const notes = (
    <>
      <DraftNote sequenceId={sequence.id} />
      {draft.rescue && <RescueNote at={draft.rescue.at} onTake={draft.takeRescue} onDrop={draft.dropRescue} />}
      <IssuesBar issues={issues} folded={view === 'canvas'} headOf={(issue) => headOf(graph, issue)} onJump={jump} />
    </>
  );

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
          <EditorTools view={view} onView={setView} undo={draft.undo} redo={draft.redo} />
          {sequence.activeVersion !== null && (
            <Tooltip label={t('advice.openCount', { count: advised })}>
              <Button variant={advised > 0 ? 'light' : 'subtle'} px="xs" aria-label={t('advice.openCount', { count: advised })} onClick={() => setAdvice(true)}>
                <IconBulb size={18} />
                {advised > 0 && <span style={{ marginInlineStart: 4 }}>{advised}</span>}
              </Button>
            </Tooltip>
          )}
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
      {advice && <AdviceDrawer sequenceId={sequence.id} graph={graph} onChange={change} onOpen={open} onClose={() => setAdvice(false)} />}
      {versions && <VersionsDrawer sequence={sequence} onClose={() => setVersions(false)} onRestore={(graph) => draft.edit((old) => ({ ...old, graph }))} />}
      <div className={classes['editor']}>
        {view === 'canvas' ? (
          <Suspense fallback={<LoadingState rows={6} />}>
            <CanvasEditor {...editing} shown={shownAt(graph, place)}>
              {notes}
            </CanvasEditor>
          </Suspense>
        ) : (
          <>
            <div className={classes['column']}>
              {notes}
              <TimelineSketch points={graph.steps.some(({ type }) => type === 'wait_date') ? [] : points} current={place?.stepId ?? null} onOpen={open} />
              {graph.steps.length === 0 && (
                <EmptyState title={t('sequences.emptyEditorTitle')} icon={<IconMail size={26} stroke={1.6} />}>
                  {t('sequences.emptyEditorText')}
                </EmptyState>
              )}
              <StepList {...editing} />
            </div>
            <PreviewPane shown={shownAt(graph, place)} />
          </>
        )}
      </div>
    </>
  );
}

function firstPlace(graph: SequenceGraph): Place | null {
  const step = emails(graph)[0];
  return step ? { stepId: step.id, variantId: step.variants[0]?.id ?? 'A' } : null;
}

/** The mail that a finding is about. What is said of other steps, and of ways, names them itself. */
function headOf(graph: SequenceGraph, { stepId, variantId, field }: GraphIssue): string {
  const step = graph.steps.find(({ id }) => id === stepId);
  if (step?.type !== 'email' || (variantId === null && field !== 'attachments' && field !== 'variants')) return '';
  return variantId === null || variantId === 'A' ? stepName(graph, step) : `${stepName(graph, step)} ${variantId}`;
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
    stepId: step.id,
    variant,
    attachments: step.attachments ?? [],
    personal: step.personal?.fallback,
    isFirst: threadState(graph, step.id) === 'first',
    previous: threadMail(graph, step.id),
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
