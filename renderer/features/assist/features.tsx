import { Paper, Stack, Switch, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { assistFeatures, type AssistFeature } from '../../../shared/schemas/assist.ts';
import type { Settings } from '../../../shared/schemas/settings.ts';
import { QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';

/** A switch per feature: what it does, what a model sees, and what happens without one. */
export function Features() {
  const queryClient = useQueryClient();
  const settings = useQuery(api.settings.get.queryOptions({ input: {} }));
  const update = useMutation(api.settings.update.mutationOptions({ onSuccess: (next) => queryClient.setQueryData(api.settings.get.queryKey({ input: {} }), next) }));
  const set = ({ assistOff }: Settings, feature: AssistFeature, on: boolean) =>
    update.mutate({ assistOff: on ? assistOff.filter((each) => each !== feature) : [...assistOff, feature] });
  return (
    <Paper p="lg" component="section" aria-labelledby="assist-features">
      <Title order={2} id="assist-features" mb="md">
        {t('assist.features')}
      </Title>
      <QueryState query={settings}>
        {(values) => (
          <Stack gap="lg">
            {assistFeatures.map((feature) => (
              <Switch
                key={feature}
                label={t(`assist.feature.${feature}`)}
                description={t(`assist.feature.${feature}.hint`)}
                checked={!values.assistOff.includes(feature)}
                onChange={(event) => set(values, feature, event.currentTarget.checked)}
              />
            ))}
            <Switch label={t('assist.compress')} checked={values.compressAssistCache} onChange={(event) => update.mutate({ compressAssistCache: event.currentTarget.checked })} />
          </Stack>
        )}
      </QueryState>
    </Paper>
  );
}
