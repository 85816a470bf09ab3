import { Badge, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Sequence, SequenceGraph, SequenceVersion, StepChange } from '../../../../shared/schemas/sequence.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyDone, notifyError } from '../../../components/notify.tsx';
import { QueryState } from '../../../components/states.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { api, client } from '../../../lib/client.ts';
import { t } from '../../../lib/messages/index.ts';
import { tidy } from '../model/graph.ts';
import classes from './sequences.module.css';

interface Props {
  readonly sequence: Sequence;
  readonly onClose: () => void;
  /** The editor takes the graph of a version as its draft. */
  readonly onRestore: (graph: SequenceGraph) => void;
}

/** Every version of a sequence: who is under way on it, what differs from the draft, and the way back to it. */
export function VersionsDrawer({ sequence, onClose, onRestore }: Props) {
  const query = useQuery(api.sequences.versions.queryOptions({ input: { id: sequence.id } }));
  const [compared, setCompared] = useState<SequenceVersion | null>(null);
  const restore = async (version: SequenceVersion) => {
    const title = t('versions.restoreTitle', { number: version.number });
    if (!(await confirmDialog({ title, children: t('versions.restoreText'), confirm: t('versions.restore') }))) return;
    try {
      const { draft } = await client.sequences.restore({ id: sequence.id, versionId: version.id });
      onRestore(tidy(draft));
      notifyDone(t('versions.restored', { number: version.number }));
      onClose();
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={560} title={t('versions.title')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <QueryState query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">{t('versions.none')}</Text>
          ) : (
            <Stack gap="md">
              <Text size="sm" c="dimmed">
                {t('versions.finish')}
              </Text>
              <ol className={classes['versions']}>
                {items.map((version) => (
                  <li key={version.id} className={classes['version']}>
                    <Group justify="space-between" wrap="nowrap" align="flex-start">
                      <div>
                        <Group gap="xs">
                          <Text fw={600}>{t('versions.number', { number: version.number })}</Text>
                          {version.active && <Badge variant="light">{t('versions.active')}</Badge>}
                        </Group>
                        <Text size="xs" c="dimmed">
                          <TimeText at={version.createdAt} /> · {t('versions.facts', { steps: version.steps, mails: version.mails })} ·{' '}
                          {t('versions.people', { count: version.people })}
                        </Text>
                      </div>
                      <Group gap="xs" wrap="nowrap">
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-expanded={compared?.id === version.id}
                          onClick={() => setCompared(compared?.id === version.id ? null : version)}
                        >
                          {t('versions.compare')}
                        </Button>
                        <Button size="compact-sm" variant="light" onClick={() => void restore(version)}>
                          {t('versions.restore')}
                        </Button>
                      </Group>
                    </Group>
                    {compared?.id === version.id && <Changes sequenceId={sequence.id} version={version} />}
                  </li>
                ))}
              </ol>
            </Stack>
          )
        }
      </QueryState>
    </Drawer>
  );
}

function Changes({ sequenceId, version }: { readonly sequenceId: string; readonly version: SequenceVersion }) {
  const query = useQuery(api.sequences.diff.queryOptions({ input: { id: sequenceId, from: version.id }, staleTime: 0 }));
  return (
    <section className={classes['changes']} aria-label={t('versions.changes', { number: version.number })}>
      <Title order={4} size="sm" mb="xs">
        {t('versions.changes', { number: version.number })}
      </Title>
      <QueryState query={query}>
        {({ changes }) =>
          changes.length === 0 ? <Text size="sm">{t('versions.same')}</Text> : changes.map((change) => <Change key={`${change.stepId} ${change.change}`} change={change} />)
        }
      </QueryState>
    </section>
  );
}

function Change({ change }: { readonly change: StepChange }) {
  return (
    <div className={classes['change']}>
      <Text size="sm" fw={560}>
        {t(`steps.kind.${change.type}`)}
        {change.title === '' ? '' : ` · ${change.title}`}{' '}
        <Text component="span" size="sm" c="dimmed">
          {t(`versions.change.${change.change}`)}
        </Text>
      </Text>
      {change.fields.map(({ field, before, after }) => (
        <dl key={field} className={classes['field']}>
          <dt>{field}</dt>
          <dd>
            <del>{before === '' ? t('versions.empty') : before}</del>
            <ins>{after === '' ? t('versions.empty') : after}</ins>
          </dd>
        </dl>
      ))}
    </div>
  );
}
