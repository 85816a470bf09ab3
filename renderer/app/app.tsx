import type { QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useConnection } from '../lib/connection.ts';
import { startLive } from '../lib/live.ts';
import { NoTokenPage } from '../shell/notices.tsx';
import { ThemeSync } from '../shell/theme-sync.tsx';
import { Providers } from './providers.tsx';
import type { createAppRouter } from './router.tsx';

/** The application: live stream, theme and routes; without a valid token only the page that says how to get in. */
export function App({ queryClient, router }: { queryClient: QueryClient; router: ReturnType<typeof createAppRouter> }) {
  return (
    <Providers queryClient={queryClient}>
      <Gate queryClient={queryClient} router={router} />
    </Providers>
  );
}

function Gate({ queryClient, router }: { queryClient: QueryClient; router: ReturnType<typeof createAppRouter> }) {
  const unauthorized = useConnection((state) => state.connection.state === 'unauthorized');
  useEffect(() => (unauthorized ? undefined : startLive(queryClient)), [queryClient, unauthorized]);
  if (unauthorized) return <NoTokenPage expired />;
  return (
    <>
      <ThemeSync />
      <RouterProvider router={router} />
    </>
  );
}
