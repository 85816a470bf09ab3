import { ActionIcon, Button, Menu, Popover, Progress, Stack, Text, Tooltip, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconBellRinging, IconChevronDown, IconDeviceDesktop, IconLoader2, IconMoon, IconPlayerPause, IconPlayerPlay, IconSearch, IconSun, IconX } from '@tabler/icons-react';
import { Kbd } from '../components/kbd.tsx';
import { LinkButton } from '../components/links.tsx';
import type { Workspace } from '../../shared/schemas/settings.ts';
import { api } from '../lib/client.ts';
import { useMe, useRefusal } from '../lib/may.ts';
import { useTicking, useWorkspace, useWorkspaceNow } from '../lib/clock.ts';
import { formatCountdown, formatFullDateTime, formatMoment } from '../lib/format.ts';
import { has, t, type MessageKey } from '../lib/messages/index.ts';
import { modKey } from '../lib/key-chords.ts';
import { isOver, useTasks, type Task } from '../lib/tasks.ts';
import styles from './shell.module.css';
import { useSendingPause } from './use-sending-pause.ts';

/** Beyond this a pause has no end (the last moment that a Date can hold). */
const untilResumed = 8_640_000_000_000_000;

export function TopBar({ onFind }: { readonly onFind: () => void }) {
  const { data: workspace } = useWorkspace();
  return (
    <header className={styles['top']}>
      {workspace && <SendingState workspace={workspace} />}
      <div className={styles['grow']} />
      <Button variant="default" size="compact-md" c="dimmed" leftSection={<IconSearch size={15} aria-hidden />} rightSection={<Kbd>{`${modKey} K`}</Kbd>} onClick={onFind}>
        {t('palette.find')}
      </Button>
      {workspace && workspace.needsYou > 0 && (
        <LinkButton to="/" hash="needs-you" variant="light" color="amber" size="compact-md" leftSection={<IconBellRinging size={16} />}>
          {t('shell.needsYou', { count: workspace.needsYou })}
        </LinkButton>
      )}
      <Tasks />
      <Who />
      <ThemeSwitch />
    </header>
  );
}

/** Tomorrow at 8:00 local time, seen from `now`. */
export function tomorrowMorning(now: number): number {
  const date = new Date(now);
  date.setDate(date.getDate() + 1);
  date.setHours(8, 0, 0, 0);
  return date.getTime();
}

function SendingState({ workspace }: { workspace: Workspace }) {
  const now = useWorkspaceNow();
  const sending = useSendingPause();
  const refusal = useRefusal('workspace', 'pauseSending');
  const until = workspace.sendingPausedUntil;
  const paused = until !== null;
  const label = !paused ? t('shell.sending') : until >= untilResumed ? t('shell.paused') : t('shell.pausedUntil', { time: formatMoment(until, workspace.now) });
  return (
    <>
      <Menu position="bottom-start" width={230}>
        <Menu.Target>
          <Button
            variant="default"
            size="compact-md"
            rightSection={<IconChevronDown size={14} />}
            loading={sending.busy}
            disabled={refusal !== null}
            title={refusal ?? workspace.pausedReason ?? label}
          >
            <span className={styles['sendState']}>
              <span className={styles['dot']} data-paused={paused} aria-hidden />
              {label}
            </span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {paused ? (
            <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={sending.resume}>
              {t('shell.resume')}
            </Menu.Item>
          ) : (
            <>
              <Menu.Label>{t('shell.pause')}</Menu.Label>
              <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => sending.pause(now() + 3_600_000)}>
                {t('shell.pause1h')}
              </Menu.Item>
              <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => sending.pause(tomorrowMorning(now()))}>
                {t('shell.pauseTomorrow')}
              </Menu.Item>
              <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => sending.pause(null)}>
                {t('shell.pauseOpen')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <NextSend at={paused ? null : workspace.nextSendAt} paused={paused} />
    </>
  );
}

function NextSend({ at, paused }: { at: number | null; paused: boolean }) {
  const now = useTicking(1000);
  if (paused) return null;
  if (at === null) {
    return (
      <Text size="sm" c="dimmed">
        {t('shell.nothingPlanned')}
      </Text>
    );
  }
  return (
    <Text size="sm" c="dimmed" className="h-num" title={t('shell.nextTitle', { time: formatFullDateTime(at) })}>
      {at <= now ? t('shell.nextNow') : t('shell.next', { time: formatCountdown(at - now) })}
    </Text>
  );
}

function Tasks() {
  const tasks = useTasks((state) => state.tasks);
  const list = Object.values(tasks);
  if (list.length === 0) return null;
  return (
    <Popover position="bottom-end" width={300}>
      <Popover.Target>
        <Button variant="subtle" size="compact-md" leftSection={<IconLoader2 size={16} />}>
          {t(list.every(isOver) ? 'shell.tasksOver' : 'shell.tasks', { count: list.filter((task) => !isOver(task)).length || list.length })}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="md">
          {list.map((task) => (
            <TaskRow key={task.id} task={task} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function TaskRow({ task }: { task: Task }) {
  const dismiss = useTasks((state) => state.dismiss);
  const percent = task.total > 0 ? Math.min(100, Math.round((task.done / task.total) * 100)) : 0;
  const key = `shell.task.${task.task}`;
  const name = has(key) ? t(key) : t('shell.task.other');
  const state = task.state === 'failed' || task.state === 'cancelled' || task.state === 'finished' ? t(`shell.task.${task.state}`) : t('shell.task.progress', { percent });
  return (
    <div>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
        <Text size="sm" fw={560} style={{ flex: 1 }}>
          {name}
        </Text>
        <Text size="sm" c="dimmed" className="h-num">
          {state}
        </Text>
        {isOver(task) && (
          <ActionIcon size="sm" aria-label={t('shell.task.dismiss')} onClick={() => dismiss(task.id)}>
            <IconX size={14} />
          </ActionIcon>
        )}
      </div>
      {!isOver(task) && <Progress value={percent} size="sm" mt={4} aria-label={name} />}
    </div>
  );
}

/** Who is here, where somebody has a name of their own. */
function Who() {
  const me = useMe();
  if (me === undefined || me.createdAt === null) return null;
  return (
    <Text size="sm" c="dimmed" maw={220} truncate title={t('team.me', { name: me.name, role: t(`team.role.${me.role}`) })}>
      {`${me.name} · ${t(`team.role.${me.role}`)}`}
    </Text>
  );
}

const themes = ['system', 'light', 'dark'] as const;

function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const update = useMutation(api.settings.update.mutationOptions());
  const refusal = useRefusal('settings', 'update');
  const current = colorScheme === 'auto' ? 'system' : colorScheme;
  const next = themes[(themes.indexOf(current) + 1) % themes.length] ?? 'system';
  const label = t('shell.theme', { theme: t(`shell.theme.${current}` as MessageKey) });
  const ThemeIcon = current === 'system' ? IconDeviceDesktop : current === 'light' ? IconSun : IconMoon;
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="lg"
        aria-label={label}
        onClick={() => {
          setColorScheme(next === 'system' ? 'auto' : next);
          if (refusal === null) update.mutate({ theme: next });
        }}
      >
        <ThemeIcon size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
