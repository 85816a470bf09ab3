import { DirectionProvider, MantineProvider, localStorageColorSchemeManager } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { locale } from '../lib/locale.ts';
import { cssVariables, theme } from '../theme/theme.ts';

const colorSchemeManager = localStorageColorSchemeManager({ key: 'homing.theme' });

/** Theme, cache, dialogs and notices: everything that a screen, or a test of one, needs around it. */
export function Providers({ queryClient, children, test = false }: { queryClient: QueryClient; children: ReactNode; test?: boolean }) {
  return (
    <QueryClientProvider client={queryClient}>
      <DirectionProvider initialDirection={locale.direction} detectDirection={false}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          defaultColorScheme="auto"
          colorSchemeManager={colorSchemeManager}
          {...(test ? { env: 'test' as const } : {})}
        >
          {/* At the top centre it covers no button of a page, a drawer or a dialog. */}
          <Notifications position="top-center" limit={4} transitionDuration={120} />
          <ModalsProvider modalProps={{ centered: true }}>{children}</ModalsProvider>
        </MantineProvider>
      </DirectionProvider>
    </QueryClientProvider>
  );
}
