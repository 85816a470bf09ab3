import { ActionIcon, Autocomplete, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconDownload, IconGauge, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { modelNameSchema, type Model, type Provider } from '../../../shared/schemas/assist.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { formatBytes } from '../../lib/format.ts';
import { has, t } from '../../lib/messages/index.ts';
import { useAssistRefresh, usePullActions, usePulls } from './api.ts';
import { PullLine } from './pull-line.tsx';
import { SpeedResult } from './speed-result.tsx';

/** The models of a server: which is asked first, test and delete each, download others. */
export function ModelList({ provider }: { provider: Provider }) {
  const models = useQuery(api.assist.models.queryOptions({ input: { id: provider.id }, enabled: provider.health.state === 'ready' || provider.health.state === 'no_model' }));
  const managed = provider.kind === 'ollama';
  const pulls = usePulls(provider.id).filter(({ state }, index) => state === 'running' || (state === 'failed' && index === 0));
  if (provider.health.state !== 'ready' && provider.health.state !== 'no_model') return null;
  return (
    <Stack gap="md" mt="lg" role="group" aria-label={t('assist.models', { name: provider.name })}>
      <QueryState query={models}>
        {({ items }) => (items.length === 0 ? <Text c="dimmed">{t('assist.models.none')}</Text> : <Models provider={provider} models={items} managed={managed} />)}
      </QueryState>
      {pulls.map((pull) => (
        <PullLine key={pull.id} pull={pull} />
      ))}
      {managed && <PullForm provider={provider} />}
    </Stack>
  );
}

function Models({ provider, models, managed }: { provider: Provider; models: readonly Model[]; managed: boolean }) {
  const { id, name } = provider;
  const queryClient = useQueryClient();
  const done = useAssistRefresh();
  const test = useMutation(api.assist.testProvider.mutationOptions({ onSettled: done }));
  const prefer = useMutation(api.assist.updateProvider.mutationOptions({ onSettled: done }));
  const remove = useMutation(
    api.assist.removeModel.mutationOptions({
      onSuccess: (next, { model }) => {
        queryClient.setQueryData(api.assist.models.queryKey({ input: { id } }), next);
        notifyDone(t('assist.models.deleted', { model }));
      },
      onSettled: done,
    }),
  );
  const askRemove = async (model: string) => {
    const title = t('assist.models.delete.title', { model });
    if (await confirmDialog({ title, children: t('assist.models.delete.text', { name }), confirm: t('assist.models.delete.confirm'), danger: true })) remove.mutate({ id, model });
  };
  return (
    <div>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing={6} aria-label={t('assist.models', { name })}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('assist.models.name')}</Table.Th>
              <Table.Th>{t('assist.models.size')}</Table.Th>
              <Table.Th>{t('assist.models.can')}</Table.Th>
              <Table.Th>
                <span className="h-visually-hidden">{t('assist.models.actions')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {models.map((model) => (
              <Table.Tr key={model.name}>
                <Table.Td fw={560}>{model.name}</Table.Td>
                <Table.Td className="h-num">
                  {[model.bytes === null ? null : formatBytes(model.bytes), model.parameters, model.quantization].filter((each) => each !== null).join(' · ')}
                </Table.Td>
                <Table.Td>{model.capabilities.map(capability).join(', ')}</Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {provider.models[0] === model.name ? (
                      <Text size="sm" c="var(--homing-good)" px="sm">
                        {t('assist.models.first')}
                      </Text>
                    ) : (
                      canWrite(model) && (
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          aria-label={t('assist.models.preferOf', { model: model.name })}
                          onClick={() => prefer.mutate({ id, models: [model.name, ...provider.models.filter((each) => each !== model.name)] })}
                        >
                          {t('assist.models.prefer')}
                        </Button>
                      )
                    )}
                    {canWrite(model) && (
                      <ActionIcon
                        aria-label={t('assist.models.testOf', { model: model.name })}
                        loading={test.isPending && test.variables.model === model.name}
                        onClick={() => test.mutate({ id, model: model.name })}
                      >
                        <IconGauge size={16} />
                      </ActionIcon>
                    )}
                    {managed && (
                      <ActionIcon color="red" aria-label={t('assist.models.deleteOf', { model: model.name })} onClick={() => void askRemove(model.name)}>
                        <IconTrash size={16} />
                      </ActionIcon>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {(test.isPending || test.data) && <SpeedResult running={test.isPending} result={test.data ?? null} />}
    </div>
  );
}

function PullForm({ provider }: { provider: Provider }) {
  const [name, setName] = useState('');
  const { start } = usePullActions();
  const { data } = useQuery(api.assist.recommendation.queryOptions({ input: {} }));
  const fitting = (data?.models ?? []).filter(({ fits }) => fits).toReversed();
  const valid = modelNameSchema.safeParse(name).success;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) start.mutate({ id: provider.id, model: name.trim() }, { onSuccess: () => setName('') });
      }}
    >
      <Group gap="sm" align="flex-end" maw={640}>
        <Autocomplete
          label={t('assist.pull')}
          description={t('assist.pull.hint')}
          placeholder={fitting[0]?.name ?? ''}
          data={fitting.map((model) => model.name)}
          renderOption={({ option }) => {
            const model = fitting.find((each) => each.name === option.value);
            return (
              <div>
                <Text size="sm">{option.value}</Text>
                {model && (
                  <Text size="xs" c="dimmed">
                    {t('assist.pull.fits', { size: model.gigabytes, note: model.note })}
                  </Text>
                )}
              </div>
            );
          }}
          value={name}
          onChange={setName}
          error={name === '' || valid ? null : t('assist.pull.hint')}
          style={{ flex: 1 }}
        />
        <Button type="submit" variant="default" leftSection={<IconDownload size={16} />} disabled={!valid} loading={start.isPending}>
          {t('assist.pull.start')}
        </Button>
      </Group>
    </form>
  );
}

function canWrite({ capabilities }: Model): boolean {
  return capabilities.length === 0 || capabilities.includes('completion');
}

function capability(name: string): string {
  const key = `assist.capability.${name}`;
  return has(key) ? t(key) : name;
}
