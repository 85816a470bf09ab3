import { Combobox, InputBase, Loader, Text, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../lib/client.ts';
import { t } from '../lib/messages/index.ts';

interface Props {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (contactId: string | null) => void;
  /** What no choice means, for example "A sample person". */
  readonly emptyLabel: string;
  readonly size?: 'xs' | 'sm';
}

/** Chooses one contact by searching the engine: never loads more than what is shown. */
export function ContactSelect({ label, value, onChange, emptyLabel, size = 'sm' }: Props) {
  const combobox = useCombobox({ onDropdownClose: () => setQ(null) });
  const [q, setQ] = useState<string | null>(null);
  const [wanted] = useDebouncedValue((q ?? '').trim(), 200);
  const found = useQuery(
    api.subscribers.list.queryOptions({ input: { limit: 20, ...(wanted === '' ? {} : { q: wanted }) }, enabled: combobox.dropdownOpened, placeholderData: keepPreviousData }),
  );
  const chosen = useQuery(api.subscribers.get.queryOptions({ input: { id: value ?? '' }, enabled: value !== null }));
  const nameOf = (contact: { firstName: string; lastName: string; email: string }) => [contact.firstName, contact.lastName].filter(Boolean).join(' ') || contact.email;
  const shown = value === null ? emptyLabel : chosen.data ? nameOf(chosen.data) : '…';
  return (
    <Combobox
      store={combobox}
      size={size}
      onOptionSubmit={(option) => {
        onChange(option === '' ? null : option);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <InputBase
          size={size}
          label={label}
          value={q ?? shown}
          rightSection={found.isFetching && combobox.dropdownOpened ? <Loader size={14} /> : <Combobox.Chevron size="xs" />}
          rightSectionPointerEvents="none"
          autoComplete="off"
          onFocus={(event) => event.currentTarget.select()}
          onClick={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onChange={(event) => {
            setQ(event.currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} style={{ overflowY: 'auto' }}>
          {wanted === '' && <Combobox.Option value="">{emptyLabel}</Combobox.Option>}
          {(found.data?.items ?? []).map((contact) => (
            <Combobox.Option key={contact.id} value={contact.id} active={contact.id === value}>
              <Text size="sm" className="h-ellipsis">
                {nameOf(contact)}
              </Text>
              <Text size="xs" c="dimmed" className="h-ellipsis">
                {[contact.email, contact.company].filter(Boolean).join(' · ')}
              </Text>
            </Combobox.Option>
          ))}
          {found.isSuccess && found.data.items.length === 0 && <Combobox.Empty>{t('contactSelect.none')}</Combobox.Empty>}
          {found.isError && <Combobox.Empty>{t('contactSelect.failed')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
