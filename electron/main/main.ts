import { app, dialog, powerMonitor } from 'electron';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { appRoot, defaultDataDir, practiceDir } from '../engine/host/index.ts';
import { setAppMenu } from './app-menu.ts';
import { declareAppProtocol, serveAppProtocol } from './app-protocol.ts';
import { lockDown } from './lockdown.ts';
import { createNotices } from './notices.ts';
import { createPortHandover } from './port-handover.ts';
import { createTray, type HomingTray } from './tray.ts';
import { focusWindow } from './window.ts';
import { openDesktopWorkspace, type DesktopWorkspace } from './workspaces.ts';

const root = appRoot();
const base = dataDirArgument(process.argv) ?? process.env['HOMING_DATA_DIR'] ?? defaultDataDir({ platform: process.platform, home: homedir(), env: process.env });
const startsInPractice = process.argv.includes('--practice');
const dataDir = startsInPractice ? practiceDir(base) : base;

let main: DesktopWorkspace | null = null;
let practice: Promise<DesktopWorkspace> | null = null;
let tray: HomingTray | null = null;
let quitting = false;
let stopped = false;

declareAppProtocol();
// One instance per workspace: Electron's lock lies in this folder.
mkdirSync(join(dataDir, 'desktop'), { recursive: true, mode: 0o700 });
app.setPath('userData', join(dataDir, 'desktop'));
if (app.requestSingleInstanceLock()) run().catch(startFailed);
else app.quit();

/** The boot order: protections, engine, window, tray. */
async function run(): Promise<void> {
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('before-quit', () => (quitting = true));
  // Deep links (homing://) are reserved: until they mean something they bring the window to the front.
  app.on('open-url', (event) => {
    event.preventDefault();
    show();
  });
  // The tray keeps sending after the last window is closed.
  app.on('window-all-closed', () => {});
  app.on('will-quit', stopInOrder);

  await app.whenReady();
  lockDown();
  serveAppProtocol(join(root, 'out', 'renderer'));
  setAppMenu();
  const handover = createPortHandover();

  async function openPractice(): Promise<{ url: null }> {
    practice ??= openDesktopWorkspace({ dataDir: practiceDir(dataDir), practice: true, root, handover, hideOnClose: () => !quitting, startHidden: false, openPractice: null });
    try {
      focusWindow((await practice).window);
    } catch (error) {
      practice = null;
      throw error;
    }
    return { url: null };
  }

  const opened = await openDesktopWorkspace({
    dataDir,
    practice: startsInPractice,
    root,
    handover,
    hideOnClose: () => !quitting,
    startHidden: process.argv.includes('--hidden'),
    openPractice: startsInPractice ? null : openPractice,
  });
  main = opened;
  const { engine } = opened.running;
  tray = createTray(join(root, 'resources', 'icons', 'tray.png'), engine.workspace, {
    open: show,
    pauseFor: (ms) => act(opened.pauseSending(ms)),
    resume: () => act(opened.resumeSending()),
    quit: () => app.quit(),
  });
  const notices = createNotices(show);
  engine.services.events.subscribe((events) => {
    notices(events);
    tray?.refresh();
  });
  // Sleep stops timers: after a wake the engine looks at its rows and the wall clock.
  powerMonitor.on('resume', engine.poke);
  powerMonitor.on('unlock-screen', engine.poke);
}

function act(work: Promise<void>): void {
  work.then(() => tray?.refresh()).catch((error: unknown) => dialog.showErrorBox('Homing', error instanceof Error ? error.message : String(error)));
}

function show(): void {
  if (main !== null) focusWindow(main.window);
}

/** Quitting waits until messages in flight are finished and the databases are closed. */
function stopInOrder(event: Electron.Event): void {
  if (stopped) return;
  event.preventDefault();
  tray?.destroy();
  void Promise.allSettled([main?.running.stop(), practice?.then(({ running }) => running.stop())]).then(() => {
    stopped = true;
    app.exit(0);
  });
}

function startFailed(error: unknown): void {
  dialog.showErrorBox('Homing cannot start', error instanceof Error ? error.message : String(error));
  stopped = true;
  app.exit(1);
}

function dataDirArgument(argv: readonly string[]): string | null {
  const at = argv.findIndex((argument) => argument === '--data-dir' || argument.startsWith('--data-dir='));
  const given = argv[at]?.startsWith('--data-dir=') === true ? argv[at].slice('--data-dir='.length) : argv[at + 1];
  return at === -1 || given === undefined ? null : resolve(given);
}
