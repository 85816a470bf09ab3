import { SimpleGrid, TextInput } from '@mantine/core';
import { t } from '../../lib/messages/index.ts';

/** The addresses of an authorization server as they are typed. */
export interface EndpointValues {
  authorization: string;
  token: string;
  device: string;
  revocation: string;
  scope: string;
}

export const noEndpoints: EndpointValues = { authorization: '', token: '', device: '', revocation: '', scope: '' };

interface EndpointFieldsProps {
  readonly values: EndpointValues;
  readonly onChange: (values: EndpointValues) => void;
}

/** Where a provider without an entry of its own is asked for consent. */
export function EndpointFields({ values, onChange }: EndpointFieldsProps) {
  const input = (name: keyof EndpointValues, needed: boolean) => (
    <TextInput
      label={t(`mailboxes.signIn.${name}`)}
      placeholder={name === 'scope' ? undefined : needed ? 'https://' : t('mailboxes.signIn.optional')}
      required={needed}
      value={values[name]}
      onChange={(event) => onChange({ ...values, [name]: event.currentTarget.value })}
      autoComplete="off"
      spellCheck={false}
    />
  );
  return (
    <SimpleGrid cols={2} spacing="sm">
      {input('authorization', true)}
      {input('token', true)}
      {input('device', false)}
      {input('revocation', false)}
      {input('scope', true)}
    </SimpleGrid>
  );
}
