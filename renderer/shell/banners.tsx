import { Button, SegmentedControl } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconLock, IconPlugConnectedX, IconSchool } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { LinkButton } from '../components/links.tsx';
import { api } from '../lib/client.ts';
import { useTicking, useWorkspace } from '../lib/clock.ts';
import { useConnection } from '../lib/connection.ts';
import { formatDateTime } from '../lib/format.ts';
import { t } from '../lib/messages/index.ts';
import styles from './shell.module.css';

/** Shown once the live connection is lost for longer than a blink. */
export function ConnectionBanner() {
  const { connection, retryNow } = useConnection();
  const [now, setNow] = useState(() => Date.now());
  const lost = connection.state === 'lost';
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [lost]);
  if (!lost) return null;
  return (
    <div className={styles['banner']} data-tone="bad" role="alert">
      <IconPlugConnectedX size={18} aria-hidden />
      <span className={styles['grow']}>
        {t('connection.lost')} <span aria-hidden>{t('connection.retryIn', { seconds: Math.max(0, Math.ceil((connection.retryAt - now) / 1000)) })}</span>
      </span>
      <Button size="compact-sm" variant="white" color="dark" onClick={() => retryNow?.()}>
        {t('connection.retryNow')}
      </Button>
    </div>
  );
}

const speeds = [1, 1440, 8640] as const;

/** Says that this is practice, and lets time run faster. */
export function PracticeBanner() {
  const { data: workspace } = useWorkspace();
  if (!workspace?.practice) return null;
  return <Practice timeLapse={workspace.timeLapse} />;
}

function Practice({ timeLapse }: { timeLapse: number }) {
  const queryClient = useQueryClient();
  const change = useMutation(
    api.workspace.setTimeLapse.mutationOptions({ onSuccess: (workspace) => queryClient.setQueryData(api.workspace.get.queryKey({ input: {} }), workspace) }),
  );
  const known: readonly number[] = speeds;
  const options = [...known, ...(known.includes(timeLapse) ? [] : [timeLapse])].map((factor) => ({
    value: String(factor),
    label: factor === 1 || factor === 1440 || factor === 8640 ? t(`practice.speed.${factor}`) : t('practice.speed.other', { factor }),
  }));
  return (
    <div className={styles['banner']} data-tone="practice">
      <IconSchool size={18} aria-hidden />
      <span className={styles['grow']}>{t('practice.banner')}</span>
      <PracticeClock fast={timeLapse > 1} />
      <SegmentedControl
        aria-label={t('practice.speed')}
        data={options}
        value={String(change.isPending ? change.variables.factor : timeLapse)}
        onChange={(value) => change.mutate({ factor: Number(value) })}
      />
    </div>
  );
}

function PracticeClock({ fast }: { fast: boolean }) {
  const now = useTicking(fast ? 250 : 5000);
  return (
    <span className="h-num" title={t('practice.clock')} style={{ fontWeight: 600 }}>
      {formatDateTime(now)}
    </span>
  );
}

/** Stored passwords cannot be read, so nothing leaves. */
export function LockedBanner() {
  const { data: workspace } = useWorkspace();
  if (workspace?.secrets !== 'locked') return null;
  return (
    <div className={styles['banner']} data-tone="bad" role="alert">
      <IconLock size={18} aria-hidden />
      <span className={styles['grow']}>{t('locked.banner')}</span>
      <LinkButton size="compact-sm" variant="white" color="dark" to="/settings">
        {t('locked.unlock')}
      </LinkButton>
    </div>
  );
}
