import { Menu, Tray } from 'electron';
import { trayMenu, type TrayActions, type TrayState } from './tray-menu.ts';

export interface HomingTray {
  /** Brings the menu up to date in a moment. */
  refresh(): void;
  destroy(): void;
}

const refreshEveryMs = 30_000;
const burstMs = 500;

/** The icon that stays when the window is closed. Refreshed twice a minute and whenever told. */
export function createTray(icon: string, read: () => TrayState, actions: TrayActions): HomingTray {
  const tray = new Tray(icon);
  tray.setToolTip('Homing');
  tray.on('click', () => actions.open());

  function refresh(): void {
    tray.setContextMenu(Menu.buildFromTemplate(trayMenu(read(), actions)));
  }

  // Events come in bursts, and every refresh asks the engine: the first of a burst starts the clock for all.
  let soon: NodeJS.Timeout | null = null;
  function refreshSoon(): void {
    soon ??= setTimeout(() => {
      soon = null;
      refresh();
    }, burstMs);
  }

  refresh();
  const timer = setInterval(refresh, refreshEveryMs);
  return {
    refresh: refreshSoon,
    destroy() {
      clearInterval(timer);
      if (soon !== null) clearTimeout(soon);
      tray.destroy();
    },
  };
}
