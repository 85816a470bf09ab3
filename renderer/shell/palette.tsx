import { Combobox, Modal, TextInput, useCombobox, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  IconAt,
  IconFileImport,
  IconKeyboard,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconSearch,
  IconGitCompare,
  IconSparkles,
  IconSunMoon,
  type Icon,
} from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Kbd } from '../components/kbd.tsx';
import { useWorkspace } from '../lib/clock.ts';
import { t } from '../lib/messages/index.ts';
import { findings, type Finding, type Hit } from './find.ts';
import { places, settingsPlace } from './places.ts';
import styles from './shell.module.css';
import { useSendingPause } from './use-sending-pause.ts';

interface Command {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
  readonly icon: Icon;
  readonly keys?: string;
  readonly run: () => void;
}

/** Find anything of one's own, go anywhere, do the common things: all from one field. */
export function Palette({ onClose, onShortcuts }: { readonly onClose: () => void; readonly onShortcuts: () => void }) {
  const [query, setQuery] = useState('');
  const navigate = useNavigate();
  const commands = useCommands(onShortcuts);
  const words = query.trim().toLowerCase().split(/\s+/);
  const matches = ({ label }: Command) => words.every((word) => label.toLowerCase().includes(word));
  const goTo: Command[] = [...places, settingsPlace].map((place) => ({
    id: place.to,
    label: t(place.text),
    icon: place.icon,
    keys: `G ${place.key.toUpperCase()}`,
    run: () => void navigate({ to: place.to }),
  }));
  const found = useFound(query);
  const hits = found.groups.map(({ finding, hits }) => ({
    title: t(finding.title),
    entries: hits.map((hit): Command => ({ id: hit.id, label: hit.label, note: hit.note, icon: finding.icon, run: () => hit.open((where) => void navigate(where)) })),
  }));
  const groups = [...hits, { title: t('palette.do'), entries: commands.filter(matches) }, { title: t('palette.goTo'), entries: goTo.filter(matches) }].filter(
    (group) => group.entries.length > 0,
  );
  const entries = groups.flatMap((group) => group.entries);
  const combobox = useCombobox({ opened: true });
  const { selectFirstOption, updateSelectedOptionIndex } = combobox;
  const shown = entries.map(({ id }) => id).join(' ');
  useEffect(() => {
    // Enter takes the first entry; one that was chosen before may be gone.
    updateSelectedOptionIndex();
    selectFirstOption();
  }, [shown, selectFirstOption, updateSelectedOptionIndex]);
  const run = (id: string) => {
    onClose();
    entries.find((entry) => entry.id === id)?.run();
  };
  return (
    <Modal.Root opened onClose={onClose} centered={false} yOffset={80} size={600} padding={0} onEnterTransitionEnd={selectFirstOption}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.title')}>
        <Combobox store={combobox} onOptionSubmit={run}>
          <Combobox.EventsTarget>
            <TextInput
              data-autofocus
              className={styles['paletteSearch']}
              variant="unstyled"
              size="lg"
              maxLength={200}
              placeholder={t('palette.placeholder')}
              aria-label={t('palette.title')}
              leftSection={<IconSearch size={18} aria-hidden />}
              value={query}
              onChange={(event) => setQuery(event.currentTarget.value)}
            />
          </Combobox.EventsTarget>
          <Combobox.Options className={styles['paletteList']} aria-label={t('palette.results')}>
            {groups.map((group) => (
              <Combobox.Group key={group.title} label={group.title}>
                {group.entries.map((entry) => (
                  <Combobox.Option key={entry.id} value={entry.id} className={styles['paletteEntry']}>
                    <entry.icon size={18} stroke={1.6} aria-hidden />
                    <span className="h-ellipsis">{entry.label}</span>
                    {entry.note !== undefined && <span className={styles['paletteNote']}>{entry.note}</span>}
                    {entry.keys !== undefined && <Kbd>{entry.keys}</Kbd>}
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
            {groups.length === 0 && <Combobox.Empty>{t(found.failed ? 'palette.failed' : found.searching ? 'palette.searching' : 'palette.empty')}</Combobox.Empty>}
          </Combobox.Options>
        </Combobox>
        <div className={styles['paletteFoot']}>{t('palette.keys')}</div>
      </Modal.Content>
    </Modal.Root>
  );
}

function useFound(query: string) {
  const [q] = useDebouncedValue(query.trim(), 120);
  const results = useQueries({
    queries: findings.map((finding) => ({
      queryKey: ['palette', finding.title, q],
      queryFn: ({ signal }: { signal: AbortSignal }) => finding.find(q, signal),
      enabled: q !== '',
      staleTime: 5000,
      placeholderData: keepPreviousData,
    })),
  });
  const groups: { finding: Finding; hits: Hit[] }[] = findings.map((finding, index) => ({ finding, hits: (query.trim() === '' ? undefined : results[index]?.data) ?? [] }));
  return {
    groups: groups.filter(({ hits }) => hits.length > 0),
    searching: q !== query.trim() || results.some((result) => result.isFetching),
    failed: results.every((result) => result.isError),
  };
}

function useCommands(onShortcuts: () => void): Command[] {
  const navigate = useNavigate();
  const { data: workspace } = useWorkspace();
  const sending = useSendingPause();
  const { setColorScheme } = useMantineColorScheme();
  const theme = useComputedColorScheme() === 'dark' ? 'light' : 'dark';
  const paused = workspace !== undefined && workspace.sendingPausedUntil !== null;
  return [
    { id: 'campaign', label: t('palette.newCampaign'), icon: IconPlus, run: () => void navigate({ to: '/campaigns', search: { dialog: 'new' } }) },
    { id: 'sequence', label: t('palette.newSequence'), icon: IconPlus, run: () => void navigate({ to: '/sequences', search: { dialog: 'new' } }) },
    { id: 'import', label: t('palette.import'), icon: IconFileImport, run: () => void navigate({ to: '/contacts/import' }) },
    { id: 'mailbox', label: t('palette.newMailbox'), icon: IconAt, run: () => void navigate({ to: '/mailboxes', search: { edit: 'new' } }) },
    { id: 'comparison', label: t('comparison.title'), icon: IconGitCompare, run: () => void navigate({ to: '/comparison' }) },
    { id: 'models', label: t('palette.models'), icon: IconSparkles, run: () => void navigate({ to: '/settings/models' }) },
    paused
      ? { id: 'resume', label: t('palette.resume'), icon: IconPlayerPlay, run: sending.resume }
      : { id: 'pause', label: t('palette.pause'), icon: IconPlayerPause, run: () => sending.pause(null) },
    { id: 'theme', label: t('palette.theme', { theme }), icon: IconSunMoon, run: () => setColorScheme(theme) },
    { id: 'shortcuts', label: t('palette.shortcuts'), icon: IconKeyboard, keys: '?', run: onShortcuts },
  ];
}
