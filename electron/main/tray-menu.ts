import type { MenuItemConstructorOptions } from 'electron';
import type { Workspace } from '../../shared/schemas/settings.ts';

export interface TrayActions {
  open(): void;
  pauseFor(ms: number | null): void;
  resume(): void;
  quit(): void;
}

export type TrayState = Pick<Workspace, 'now' | 'nextSendAt' | 'sendingPausedUntil' | 'needsYou' | 'secrets'>;

const hourMs = 3_600_000;
/** A pause until a person resumes is stored as the largest date. */
const foreverMs = 8_640_000_000_000_000;

/** The tray's menu: what is next, what waits for a person, pause, quit. Pure, so that it can be tested. */
export function trayMenu(state: TrayState, actions: TrayActions, locale?: string): MenuItemConstructorOptions[] {
  const paused = state.sendingPausedUntil !== null;
  return [
    { label: statusLine(state, locale), enabled: false },
    ...(state.secrets === 'locked' ? [{ label: 'Passwords are locked: open Homing to unlock', click: () => actions.open() }] : []),
    ...(state.needsYou > 0 ? [{ label: `Needs you: ${state.needsYou}`, click: () => actions.open() }] : []),
    { type: 'separator' },
    { label: 'Open Homing', click: () => actions.open() },
    ...(paused
      ? [{ label: 'Resume sending', click: () => actions.resume() }]
      : [
          { label: 'Pause for an hour', click: () => actions.pauseFor(hourMs) },
          { label: 'Pause all sending', click: () => actions.pauseFor(null) },
        ]),
    { type: 'separator' },
    { label: 'Quit (stops sending)', click: () => actions.quit() },
  ];
}

function statusLine(state: TrayState, locale?: string): string {
  if (state.sendingPausedUntil !== null) {
    return state.sendingPausedUntil >= foreverMs ? 'Sending is paused' : `Sending is paused until ${shown(state.sendingPausedUntil, state.now, locale)}`;
  }
  return state.nextSendAt === null ? 'Nothing is waiting to be sent' : `Next send: ${state.nextSendAt <= state.now ? 'now' : shown(state.nextSendAt, state.now, locale)}`;
}

function shown(at: number, now: number, locale?: string): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(locale, { ...(sameDay ? {} : { weekday: 'short', day: 'numeric', month: 'short' }), hour: '2-digit', minute: '2-digit' }).format(at);
}
