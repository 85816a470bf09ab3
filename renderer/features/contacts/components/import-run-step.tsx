import { Alert, Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyError } from '../../../components/notify.tsx';
import { api, client } from '../../../lib/client.ts';
import { t } from '../../../lib/messages/index.ts';
import { refresh } from '../../../lib/query.ts';
import { importPercent, type WizardState, watchRequest } from '../model/import-wizard.ts';
import classes from './contacts.module.css';
import { ImportCounts, ImportNotes, RejectedRows } from './import-counts.tsx';
import { WatchButton } from './watched-files.tsx';

/** The import while it runs, with cancel. */
export function RunningStep({ state }: { readonly state: WizardState }) {
  const [cancelling, setCancelling] = useState(false);
  const { run } = state;
  if (!run) return null;
  const percent = importPercent(run);
  const cancel = async () => {
    if (!(await confirmDialog({ title: t('import.cancelTitle'), children: t('import.cancelText'), confirm: t('import.cancelConfirm'), danger: true }))) return;
    setCancelling(true);
    try {
      await client.subscribers.cancelImport({ id: run.id });
    } catch (error) {
      setCancelling(false);
      notifyError(error);
    }
  };
  return (
    <div className={classes['panel']}>
      <Stack gap="md">
        <Title order={2}>{t('import.running', { file: run.fileName })}</Title>
        <Progress value={percent} size="lg" aria-label={t('import.running', { file: run.fileName })} />
        <Text className="h-num" role="status">
          {t('import.progress', { rows: run.rows, percent: Math.floor(percent) })}
        </Text>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t('import.runningHint')}
          </Text>
          <Button variant="default" loading={cancelling} onClick={() => void cancel()}>
            {t('import.cancel')}
          </Button>
        </Group>
      </Stack>
    </div>
  );
}

/** What an import did. */
export function ReportStep({ state, onRestart }: { readonly state: WizardState; readonly onRestart: () => void }) {
  const queryClient = useQueryClient();
  const { run } = state;
  useEffect(() => {
    void refresh(queryClient, api.subscribers.list.key(), api.subscribers.fields.key(), api.lists.key(), api.workspace.key());
  }, [queryClient]);
  if (!run) return null;
  const toWatch = run.state === 'finished' ? watchRequest(state) : null;
  const title = t(run.state === 'cancelled' ? 'import.cancelled' : run.state === 'failed' ? 'import.failed' : 'import.finished');
  return (
    <div className={classes['panel']}>
      <Stack gap="lg">
        <div role="status">
          <Title order={2}>{title}</Title>
        </div>
        {run.state === 'cancelled' && <Text>{t('import.cancelledText')}</Text>}
        {run.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {run.error}
          </Alert>
        )}
        <ImportCounts run={run} />
        <ImportNotes run={run} />
        <RejectedRows run={run} />
        <Group justify="space-between">
          <Button variant="default" onClick={onRestart}>
            {t('import.another')}
          </Button>
          {toWatch !== null && <WatchButton request={toWatch} />}
          <Button renderRoot={(props) => <Link to="/contacts" search={state.list.kind === 'existing' && state.list.id !== null ? { list: state.list.id } : {}} {...props} />}>
            {t('import.showContacts')}
          </Button>
        </Group>
      </Stack>
    </div>
  );
}
