import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './theme/global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { Providers } from './app/providers.tsx';
import { createAppRouter } from './app/router.tsx';
import { notifyError } from './components/notify.tsx';
import { setTransport } from './lib/client.ts';
import { useConnection } from './lib/connection.ts';
import { locale } from './lib/locale.ts';
import { createQueryClient } from './lib/query.ts';
import { electronTransport, forgetToken, headlessTransport, takeToken } from './lib/transport.ts';
import { NoTokenPage } from './shell/notices.tsx';

declare global {
  interface Window {
    /** Present in the desktop app only; the preload puts it there. */
    readonly homing?: { readonly platform: string; readonly requestPort?: () => void };
  }
}

function start(): void {
  document.documentElement.lang = locale.tag;
  document.documentElement.dir = locale.direction;
  const element = document.getElementById('root');
  if (!element) return;
  const root = createRoot(element);
  const queryClient = createQueryClient(notifyError);
  const desktop = window.homing;
  const token = desktop ? null : takeToken(window.location, window.history, window.sessionStorage);
  if (!desktop && !token) {
    root.render(
      <Providers queryClient={queryClient}>
        <NoTokenPage expired={false} />
      </Providers>,
    );
    // Opening the complete address in this tab changes only the fragment, which does not load the page again.
    window.addEventListener('hashchange', () => window.location.reload(), { once: true });
    return;
  }
  const onUnauthorized = () => {
    forgetToken(window.sessionStorage);
    useConnection.setState({ connection: { state: 'unauthorized' }, retryNow: null });
  };
  setTransport(desktop ? electronTransport(window, () => desktop.requestPort?.()) : headlessTransport(window.location.origin, token ?? '', onUnauthorized));
  root.render(
    <StrictMode>
      <App queryClient={queryClient} router={createAppRouter()} />
    </StrictMode>,
  );
}

start();
