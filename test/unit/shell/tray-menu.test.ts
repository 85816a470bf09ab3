import { describe, expect, test } from 'vitest';
import { trayMenu, type TrayState } from '../../../electron/main/tray-menu.ts';

const now = new Date(2026, 2, 2, 9, 0).getTime();
const quiet: TrayState = { now, nextSendAt: null, sendingPausedUntil: null, needsYou: 0, secrets: 'unlocked' };

function labels(state: Partial<TrayState>): string[] {
  return trayMenu({ ...quiet, ...state }, { open() {}, pauseFor() {}, resume() {}, quit() {} }, 'en-GB').flatMap((item) => (item.label === undefined ? [] : [item.label]));
}

describe('the tray menu', () => {
  test('says what leaves next, with the day when it is not today', () => {
    expect(labels({})[0]).toBe('Nothing is waiting to be sent');
    expect(labels({ nextSendAt: now + 90 * 60_000 })[0]).toBe('Next send: 10:30');
    expect(labels({ nextSendAt: now - 1000 })[0]).toBe('Next send: now');
    expect(labels({ nextSendAt: new Date(2026, 2, 4, 8, 5).getTime() })[0]).toMatch(/^Next send: Wed,? 4 Mar,? (at )?08:05$/);
  });

  test('offers to pause while sending, and to resume while paused', () => {
    expect(labels({})).toEqual(expect.arrayContaining(['Pause for an hour', 'Pause all sending']));
    expect(labels({})).not.toContain('Resume sending');
    expect(labels({ sendingPausedUntil: now + 3_600_000 })).toEqual(expect.arrayContaining(['Sending is paused until 10:00', 'Resume sending']));
    expect(labels({ sendingPausedUntil: 8_640_000_000_000_000 })[0]).toBe('Sending is paused');
    expect(labels({ sendingPausedUntil: now + 1 })).not.toContain('Pause all sending');
  });

  test('names what waits for a person', () => {
    expect(labels({ needsYou: 3, secrets: 'locked' })).toEqual(expect.arrayContaining(['Needs you: 3', 'Passwords are locked: open Homing to unlock']));
    expect(labels({}).some((label) => label.startsWith('Needs you'))).toBe(false);
  });

  test('each entry does what it says', () => {
    const done: unknown[] = [];
    const menu = trayMenu(quiet, { open: () => done.push('open'), pauseFor: (ms) => done.push(ms), resume: () => done.push('resume'), quit: () => done.push('quit') });
    for (const item of menu) (item.click as (() => void) | undefined)?.();
    expect(done).toEqual(['open', 3_600_000, null, 'quit']);
  });
});
