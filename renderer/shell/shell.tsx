import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useLayoutEffect, useRef, useState } from 'react';
import { t } from '../lib/messages/index.ts';
import { ConnectionBanner, LockedBanner, PracticeBanner } from './banners.tsx';
import { Navigation } from './navigation.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

/** The frame around every screen: navigation, sending state, banners, and the screen itself. */
export function Shell() {
  const content = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = useRef(true);
  useLayoutEffect(() => {
    // After a change of screen the keyboard starts at its content; before anything is painted, or it would take the focus back from who was quick.
    if (first.current) first.current = false;
    else content.current?.focus({ preventScroll: true });
  }, [path]);
  const [opened, setOpened] = useState<'palette' | 'shortcuts' | null>(null);
  const close = () => setOpened(null);
  useShortcuts({
    palette: () => setOpened('palette'),
    shortcuts: () => setOpened('shortcuts'),
    search: () => content.current?.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
  });
  return (
    <div className={styles['frame']}>
      {/* A link would change the hash, which is the router's. */}
      <button type="button" className="h-skip" onClick={() => content.current?.focus()}>
        {t('shell.skip')}
      </button>
      <Navigation />
      <div className={styles['main']}>
        <ConnectionBanner />
        <PracticeBanner />
        <LockedBanner />
        <TopBar onFind={() => setOpened('palette')} />
        <main ref={content} tabIndex={-1} className={styles['content']}>
          <Outlet />
        </main>
      </div>
      <ShortcutsDialog opened={opened === 'shortcuts'} onClose={close} />
      {opened === 'palette' && (
        <Suspense>
          <Palette onClose={close} onShortcuts={() => setOpened('shortcuts')} />
        </Suspense>
      )}
    </div>
  );
}
