import { Alert, Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import type { Dispatch } from 'react';
import { t } from '../../../lib/messages/index.ts';
import { importable, importPercent, type WizardAction, type WizardState } from '../model/import-wizard.ts';
import classes from './contacts.module.css';
import { ImportAddresses, ImportCounts, ImportNotes, RejectedRows } from './import-counts.tsx';

/** What the import would do, from a dry run over the whole file. */
export function CheckStep({ state, dispatch, onImport }: { readonly state: WizardState; readonly dispatch: Dispatch<WizardAction>; readonly onImport: () => void }) {
  const run = state.dryRun;
  if (!run) return null;
  const count = importable(run);
  const back = (
    <Button variant="default" onClick={() => dispatch({ type: 'go', stage: 'options' })} disabled={run.state === 'running'}>
      {t('import.previous')}
    </Button>
  );
  if (run.state === 'running') {
    return (
      <div className={classes['panel']}>
        <Text mb="sm" role="status">
          {t('import.dryRunning')}
        </Text>
        <Progress value={importPercent(run)} aria-label={t('import.dryRunning')} />
      </div>
    );
  }
  return (
    <div className={classes['panel']}>
      <Stack gap="lg">
        <div>
          <Title order={2}>{t('import.dryTitle')}</Title>
          <Text c="dimmed">{t('import.dryText')}</Text>
        </div>
        {run.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {run.error}
          </Alert>
        )}
        <ImportCounts run={run} />
        <ImportAddresses run={run} corrections={state.corrections} onCorrect={(domain, meant) => dispatch({ type: 'correct', domain, meant })} />
        <ImportNotes run={run} />
        {run.state === 'finished' && count === 0 && (
          <Alert color="amber" variant="light">
            {t('import.dryNothing')}
          </Alert>
        )}
        <RejectedRows run={run} />
        {state.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {state.error}
          </Alert>
        )}
        <Group justify="space-between">
          {back}
          <Button loading={state.busy} disabled={run.state !== 'finished' || count === 0} onClick={onImport}>
            {t('import.start', { count })}
          </Button>
        </Group>
      </Stack>
    </div>
  );
}
