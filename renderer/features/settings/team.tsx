import { Alert, Button, Code, CopyButton, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { launchOwnerId, roles, type Profile, type ProfileWithToken, type Role } from '../../../shared/schemas/team.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { QueryState } from '../../components/states.tsx';
import { api, getTransport } from '../../lib/client.ts';
import { useMe, useRefusal } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';

const roleChoices = () => roles.map((value) => ({ value, label: t(`team.role.${value}`) }));

/** The people of this workspace, for an owner to change and for everybody to see. */
export function Team() {
  const people = useQuery(api.team.list.queryOptions({ input: {} }));
  const refusal = useRefusal('team', 'add');
  const [made, setMade] = useState<ProfileWithToken | null>(null);
  return (
    <Stack gap="md">
      <Text>{t('team.text')}</Text>
      <QueryState query={people}>{({ items }) => <People people={items} refusal={refusal} onToken={setMade} />}</QueryState>
      {made && <NewToken made={made} onClose={() => setMade(null)} />}
      {refusal === null ? (
        <AddPerson onAdded={setMade} />
      ) : (
        <Text size="sm" c="dimmed">
          {refusal}
        </Text>
      )}
    </Stack>
  );
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: api.team.key() });
}

function People({ people, refusal, onToken }: { people: readonly Profile[]; refusal: string | null; onToken: (made: ProfileWithToken | null) => void }) {
  const me = useMe();
  const refresh = useRefresh();
  const update = useMutation(api.team.update.mutationOptions({ onSuccess: refresh }));
  const renew = useMutation(api.team.renewToken.mutationOptions({ onSuccess: onToken }));
  const remove = useMutation(
    api.team.remove.mutationOptions({
      async onSuccess() {
        onToken(null);
        await refresh();
        notifyDone(t('team.removed'));
      },
    }),
  );
  async function askRemove(person: Profile) {
    const sure = await confirmDialog({ title: t('team.remove.title', { name: person.name }), children: t('team.remove.text'), confirm: t('team.remove'), danger: true });
    if (sure) remove.mutate({ id: person.id });
  }
  return (
    <Table aria-label={t('team.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('team.name')}</Table.Th>
          <Table.Th w={180}>{t('team.role')}</Table.Th>
          <Table.Th w={260} aria-label={t('team.actions')} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {people.map((person) => (
          <Table.Tr key={person.id}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              {person.id === launchOwnerId ? t('team.launchOwner') : person.name}
              {me?.id === person.id && (
                <Text span size="sm" c="dimmed">
                  {` ${t('team.you')}`}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              {person.id === launchOwnerId || refusal !== null ? (
                t(`team.role.${person.role}`)
              ) : (
                <Select
                  size="xs"
                  aria-label={t('team.roleOf', { name: person.name })}
                  data={roleChoices()}
                  value={person.role}
                  allowDeselect={false}
                  onChange={(role) => update.mutate({ id: person.id, role: role as Role })}
                />
              )}
            </Table.Td>
            <Table.Td>
              {person.id !== launchOwnerId && refusal === null && (
                <Group gap="xs" justify="flex-end" wrap="nowrap">
                  <Button size="compact-sm" variant="subtle" onClick={() => renew.mutate({ id: person.id })}>
                    {t('team.renew')}
                  </Button>
                  <Button size="compact-sm" variant="subtle" color="red" onClick={() => void askRemove(person)}>
                    {t('team.remove')}
                  </Button>
                </Group>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function AddPerson({ onAdded }: { onAdded: (made: ProfileWithToken) => void }) {
  const refresh = useRefresh();
  const form = useForm<{ name: string; role: Role }>({ initialValues: { name: '', role: 'sender' } });
  const add = useMutation(
    api.team.add.mutationOptions({
      async onSuccess(made) {
        onAdded(made);
        form.reset();
        await refresh();
      },
    }),
  );
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <Group align="flex-end" gap="sm">
        <TextInput label={t('team.name')} maxLength={100} w={240} {...form.getInputProps('name')} />
        <Select label={t('team.role')} data={roleChoices()} allowDeselect={false} w={180} {...form.getInputProps('role')} />
        <Button type="submit" variant="default" loading={add.isPending} disabled={form.values.name.trim() === ''}>
          {t('team.add')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt="xs">
        {t(`team.role.${form.values.role}.may`)}
      </Text>
    </form>
  );
}

/** The one moment at which a personal token can be read. */
function NewToken({ made, onClose }: { made: ProfileWithToken; onClose: () => void }) {
  const address = getTransport().kind === 'electron' ? made.token : `${window.location.origin}/#token=${made.token}`;
  return (
    <Alert color="pine" role="status" title={t('team.token.title', { name: made.profile.name })} withCloseButton closeButtonLabel={t('common.close')} onClose={onClose}>
      <Text size="sm" mb="xs">
        {t('team.token.text')}
      </Text>
      <Group gap="sm" wrap="nowrap">
        <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>
        <CopyButton value={address}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" style={{ flex: 'none' }} onClick={copy}>
              {copied ? t('common.copied') : t('common.copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
