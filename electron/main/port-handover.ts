import { ipcMain, MessageChannelMain, type BrowserWindow, type MessagePortMain } from 'electron';
import { appOrigin } from './app-protocol.ts';

export interface PortHandover {
  /** From now on the window's page gets ports to `serve` when it asks. */
  attach(window: BrowserWindow, serve: (port: MessagePortMain) => void): void;
}

/**
 * Gives a page of ours a MessagePort to its engine. A page has one port at a time: the old one is closed when the
 * page asks again, navigates or dies, for the other end does not notice reliably (electron/electron#31457).
 */
export function createPortHandover(): PortHandover {
  const windows = new Map<number, { window: BrowserWindow; serve: (port: MessagePortMain) => void; port: MessagePortMain | null }>();

  ipcMain.on('homing:request-port', (event) => {
    const entry = windows.get(event.sender.id);
    const frame = event.senderFrame;
    // Only the top frame of a page that we served: a preview frame or a foreign page gets nothing.
    if (entry === undefined || frame === null || frame !== event.sender.mainFrame || !frame.url.startsWith(`${appOrigin}/`)) return;
    entry.port?.close();
    const { port1, port2 } = new MessageChannelMain();
    entry.port = port1;
    entry.serve(port1);
    event.sender.postMessage('homing:port', null, [port2]);
  });

  return {
    attach(window, serve) {
      const contents = window.webContents;
      const { id } = contents;
      const entry = { window, serve, port: null as MessagePortMain | null };
      windows.set(id, entry);
      const drop = () => {
        entry.port?.close();
        entry.port = null;
      };
      contents.on('did-start-navigation', (details) => {
        if (details.isMainFrame && !details.isSameDocument) drop();
      });
      contents.on('render-process-gone', drop);
      contents.once('destroyed', () => {
        drop();
        windows.delete(id);
      });
    },
  };
}
