import { BrowserWindow, screen } from 'electron';
import { readFileSync, writeFileSync } from 'node:fs';
import { appOrigin } from './app-protocol.ts';

export interface WindowOptions {
  readonly title: string;
  readonly preload: string;
  readonly icon: string;
  /** Where size and place are remembered. */
  readonly stateFile: string;
  /** True = closing hides the window, because sending goes on. */
  readonly hideOnClose: () => boolean;
  readonly startHidden: boolean;
}

interface WindowState {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

const usual: WindowState = { width: 1280, height: 840, maximized: false };

export function openWindow(options: WindowOptions): BrowserWindow {
  const state = readState(options.stateFile);
  const window = new BrowserWindow({
    width: state.width,
    height: state.height,
    ...(state.x === undefined || state.y === undefined ? {} : { x: state.x, y: state.y }),
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: options.title,
    icon: options.icon,
    webPreferences: { preload: options.preload, contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false, spellcheck: true },
  });
  if (state.maximized) window.maximize();
  window.on('page-title-updated', (event) => event.preventDefault());
  window.once('ready-to-show', () => {
    if (!options.startHidden) window.show();
  });
  window.on('close', (event) => {
    writeState(options.stateFile, window);
    if (!options.hideOnClose()) return;
    event.preventDefault();
    window.hide();
  });
  void window.loadURL(`${appOrigin}/index.html`);
  return window;
}

/** Brings a window to the front, from the tray or the task bar as well. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function readState(file: string): WindowState {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Partial<WindowState>;
    const width = clamp(stored.width, 900, 10_000, usual.width);
    const height = clamp(stored.height, 600, 10_000, usual.height);
    const maximized = stored.maximized === true;
    const { x, y } = stored;
    // A place on a screen that is no longer there is forgotten.
    if (typeof x !== 'number' || typeof y !== 'number' || !onScreen(x, y)) return { width, height, maximized };
    return { x, y, width, height, maximized };
  } catch {
    return usual;
  }
}

function writeState(file: string, window: BrowserWindow): void {
  const { x, y, width, height } = window.getNormalBounds();
  writeFileSync(file, JSON.stringify({ x, y, width, height, maximized: window.isMaximized() } satisfies WindowState));
}

function onScreen(x: number, y: number): boolean {
  return screen
    .getAllDisplays()
    .some(({ workArea }) => x >= workArea.x - 50 && y >= workArea.y - 50 && x < workArea.x + workArea.width - 50 && y < workArea.y + workArea.height - 50);
}

function clamp(value: unknown, low: number, high: number, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : otherwise;
}
