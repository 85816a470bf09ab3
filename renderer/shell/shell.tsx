import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { t } from '../lib/messages/index.ts';
import { ConnectionBanner, LockedBanner, PracticeBanner } from './banners.tsx';
import { Navigation } from './navigation.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';

/** The frame around every screen: navigation, sending state, banners, and the screen itself. */
export function Shell() {
  const content = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = useRef(true);
  useEffect(() => {
    // After a change of screen the keyboard starts at its content.
    if (first.current) first.current = false;
    else content.current?.focus({ preventScroll: true });
  }, [path]);
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
        <TopBar />
        <main ref={content} tabIndex={-1} className={styles['content']}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}
