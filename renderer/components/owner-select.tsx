import { Select, type SelectProps } from '@mantine/core';
import { launchOwnerId } from '../../shared/schemas/team.ts';
import { useMe, useTeam } from '../lib/may.ts';
import { t } from '../lib/messages/index.ts';

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  readonly value: string | null;
  readonly onChange: (profileId: string | null) => void;
  /** Whether the holder of the launch token is one of the choices. */
  readonly withLaunchOwner?: boolean;
}

/** Chooses a person of the team, oneself first. */
export function OwnerSelect({ value, onChange, withLaunchOwner = false, ...props }: Props) {
  const { people } = useTeam();
  const me = useMe();
  const choices = people
    .filter(({ id }) => withLaunchOwner || id !== launchOwnerId)
    .map(({ id, name }) => ({ value: id, label: id === me?.id ? t('team.mine') : id === launchOwnerId ? t('team.launchOwner') : name }))
    .sort((a, b) => Number(b.value === me?.id) - Number(a.value === me?.id));
  return <Select {...props} data={choices} value={value} onChange={onChange} />;
}
