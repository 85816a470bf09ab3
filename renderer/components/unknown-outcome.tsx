import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Delivery, UnknownOutcome } from '../../shared/schemas/delivery.ts';
import { api } from '../lib/client.ts';
import { t } from '../lib/messages/index.ts';
import { refresh } from '../lib/query.ts';
import { confirmDialog } from './confirm-dialog.tsx';
import { notifyDone } from './notify.tsx';
import { TimeText } from './time-text.tsx';

/** What is known of a mail whose outcome is not, and the three ways to settle it; sending again asks once more. */
export function UnknownOutcomeChoice({ delivery }: { delivery: Delivery }) {
  const queryClient = useQueryClient();
  const resolve = useMutation(
    api.deliveries.resolve.mutationOptions({
      onSuccess: () => notifyDone(t('unknown.stored')),
      onSettled: () => refresh(queryClient, api.deliveries.key(), api.enrolments.key(), api.events.key(), api.workspace.key(), api.reports.key()),
    }),
  );
  const again = async () => {
    if (await confirmDialog({ title: t('unknown.againTitle'), children: t('unknown.againText'), confirm: t('unknown.again'), danger: true }))
      resolve.mutate({ id: delivery.id, outcome: 'send_again' });
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{t(delivery.unknown?.resendAt == null ? 'unknown.text' : 'unknown.textProven')}</Text>
      {delivery.unknown !== null && <Known outcome={delivery.unknown} answer={delivery.answer} />}
      <Group gap="sm">
        <Button size="xs" loading={resolve.isPending} onClick={() => resolve.mutate({ id: delivery.id, outcome: 'sent' })}>
          {t('unknown.sent')}
        </Button>
        <Button size="xs" variant="default" disabled={resolve.isPending} onClick={() => void again()}>
          {t('unknown.again')}
        </Button>
        <Button size="xs" variant="default" disabled={resolve.isPending} onClick={() => resolve.mutate({ id: delivery.id, outcome: 'cancel' })}>
          {t('unknown.cancel')}
        </Button>
      </Group>
    </Stack>
  );
}

function Known({ outcome, answer }: { outcome: UnknownOutcome; answer: string | null }) {
  const rows: (readonly [string, ReactNode])[] = [[t('unknown.began'), <TimeText key="began" at={outcome.beganAt} format="moment" />]];
  if (outcome.server !== null) rows.push([t('unknown.server'), outcome.server]);
  if (outcome.connection !== null) rows.push([t('unknown.connection'), outcome.connection]);
  if (outcome.cause !== null) rows.push([t('unknown.cause'), outcome.cause]);
  if (answer !== null) rows.push([t('unknown.answer'), answer]);
  rows.push([t('unknown.search'), <SearchText key="search" outcome={outcome} />]);
  if (outcome.resendAt !== null) rows.push([t('unknown.resend'), <TimeText key="resend" at={outcome.resendAt} format="moment" />]);
  return (
    <dl style={{ display: 'grid', gridTemplateColumns: 'max-content 1fr', columnGap: 16, rowGap: 4, margin: 0 }}>
      {rows.map(([name, value]) => (
        <Row key={name} name={name}>
          {value}
        </Row>
      ))}
    </dl>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </>
  );
}

function SearchText({ outcome: { searchedAt, searchedFolders, searchTrouble } }: { outcome: UnknownOutcome }) {
  if (searchedAt === null) return t('unknown.search.none');
  return (
    <>
      {searchTrouble === null ? t('unknown.search.absent', { folders: searchedFolders.join(', ') }) : t('unknown.search.failed', { reason: searchTrouble })} (
      <TimeText at={searchedAt} />)
    </>
  );
}
