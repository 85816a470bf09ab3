import type { ReactNode } from 'react';

/**
 * Body of a screen. `fill` screens (tables, two panes) take the whole height and scroll inside; others scroll as a whole
 * and stay readable on wide screens.
 */
export function Page({ children, fill = false, maxWidth = 1440 }: { children: ReactNode; fill?: boolean; maxWidth?: number }) {
  return (
    <div style={{ height: '100%', overflow: fill ? 'hidden' : 'auto' }}>
      <div
        style={{
          padding: 'clamp(16px, 2vw, 28px)',
          maxWidth: fill ? undefined : maxWidth,
          margin: '0 auto',
          display: 'flex',
          flexDirection: 'column',
          ...(fill ? { height: '100%', minHeight: 0 } : {}),
        }}
      >
        {children}
      </div>
    </div>
  );
}
