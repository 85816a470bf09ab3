import { Anchor, Title } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect, useReducer, type ReactNode } from 'react';
import { Page } from '../../components/page.tsx';
import { client } from '../../lib/client.ts';
import { describeError } from '../../lib/errors.ts';
import { t } from '../../lib/messages/index.ts';
import { useImportRun } from './api.ts';
import classes from './components/contacts.module.css';
import { CheckStep } from './components/import-check-step.tsx';
import { FileStep } from './components/import-file-step.tsx';
import { MappingStep } from './components/import-mapping-step.tsx';
import { OptionsStep } from './components/import-options-step.tsx';
import { ReportStep, RunningStep } from './components/import-run-step.tsx';
import { WatchedFiles } from './components/watched-files.tsx';
import { importRequest, reduceWizard, startWizard, wizardStages, type WizardStage, type WizardState } from './model/import-wizard.ts';

/** Import of a CSV or Excel file: file, columns, options, dry run, import with progress, report. */
export function ImportScreen() {
  const { list } = useSearch({ from: '/contacts/import' });
  const [state, dispatch] = useReducer(reduceWizard, list, (id): WizardState => (id === undefined ? startWizard() : { ...startWizard(), list: { kind: 'existing', id } }));
  const dry = useImportRun(state.dryRun?.id ?? null);
  const real = useImportRun(state.run?.id ?? null);
  const { stage } = state;

  useEffect(() => {
    if (dry.data && state.dryRun?.id === dry.data.id && state.dryRun.state === 'running' && state.run === null) dispatch({ type: 'dry-run', run: dry.data });
  }, [dry.data, state.dryRun, state.run]);
  useEffect(() => {
    if (real.data && state.run?.id === real.data.id && state.run.state === 'running') dispatch({ type: 'run', run: real.data });
  }, [real.data, state.run]);

  const attempt = async (work: () => Promise<void>) => {
    dispatch({ type: 'busy' });
    try {
      await work();
    } catch (error) {
      const trouble = describeError(error);
      dispatch({ type: 'error', message: `${trouble.sentence} ${trouble.advice}` });
    }
  };
  const inspect = (file: File) => attempt(async () => dispatch({ type: 'inspected', inspection: await client.subscribers.inspectImport({ file }), path: null }));
  const inspectPath = (path: string) => attempt(async () => dispatch({ type: 'inspected', inspection: await client.subscribers.inspectPath({ path }), path }));
  const inspectSheet = (sheet: string) =>
    attempt(async () => {
      const uploadId = state.inspection?.uploadId;
      if (uploadId !== undefined) dispatch({ type: 'inspected', inspection: await client.subscribers.inspectImport({ uploadId, sheet }), path: state.path });
    });
  const run = (dryRun: boolean) =>
    attempt(async () => {
      const request = importRequest(state, dryRun);
      if (request) dispatch({ type: dryRun ? 'dry-run' : 'run', run: await client.subscribers.import(request) });
    });

  const views: Record<WizardStage, () => ReactNode> = {
    file: () => (
      <>
        <FileStep busy={state.busy} error={state.error} onFile={(file) => void inspect(file)} />
        <WatchedFiles busy={state.busy} onPath={(path) => void inspectPath(path)} />
      </>
    ),
    mapping: () => <MappingStep state={state} dispatch={dispatch} onSheet={(sheet) => void inspectSheet(sheet)} />,
    options: () => <OptionsStep state={state} dispatch={dispatch} onDryRun={() => void run(true)} />,
    check: () => <CheckStep state={state} dispatch={dispatch} onImport={() => void run(false)} />,
    import: () => <RunningStep state={state} />,
    report: () => <ReportStep state={state} onRestart={() => dispatch({ type: 'restart' })} />,
  };
  return (
    <Page maxWidth={1080}>
      <Anchor size="sm" display="inline-block" py={4} renderRoot={(props) => <Link to="/contacts" {...props} />}>
        {t('import.back')}
      </Anchor>
      <Title order={1} mb="md">
        {t('import.title')}
      </Title>
      <Stages current={stage} />
      {views[stage]()}
    </Page>
  );
}

function Stages({ current }: { readonly current: WizardStage }) {
  const at = wizardStages.indexOf(current);
  return (
    <ol className={classes['stages']}>
      {wizardStages.map((stage, index) => (
        <li key={stage} className={classes['stage']} data-state={index < at ? 'done' : index === at ? 'now' : 'next'} aria-current={index === at ? 'step' : undefined}>
          <span aria-hidden>{index + 1}</span>
          {t(`import.stage.${stage}`)}
        </li>
      ))}
    </ol>
  );
}
