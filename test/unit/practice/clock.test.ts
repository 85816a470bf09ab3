import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { day, hour, minute, second } from '../../../electron/engine/lib/clock.ts';
import { createPracticeClock, defaultFactor } from '../../../electron/engine/practice/clock.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { temporaryDir } from '../../support/store.ts';

function setUp() {
  const real = fakeClock();
  const file = join(temporaryDir(), 'practice', 'clock.json');
  return { real, file, open: (factor?: number) => createPracticeClock({ real, file, ...(factor === undefined ? {} : { factor }) }) };
}

describe('the clock of a practice workspace', () => {
  it('starts at real time and lets a day pass in ten seconds', () => {
    const { real, open } = setUp();
    const clock = open();
    expect(clock.now()).toBe(real.now());
    const start = clock.now();
    real.advance(10 * second);
    expect(clock.now()).toBe(start + day);
    expect(clock.factor).toBe(defaultFactor);
    expect(clock.monotonic()).toBe(real.monotonic());
  });

  it('calls back after a delay of workspace time', () => {
    const { real, open } = setUp();
    const clock = open();
    let calledAt = 0;
    clock.after(day, () => (calledAt = real.now()));
    const start = real.now();
    real.advance(9999);
    expect(calledAt).toBe(0);
    real.advance(1);
    expect(calledAt).toBe(start + 10 * second);
  });

  it('moves a running wake-up when the factor changes, and a cancelled one never fires', () => {
    const { real, open } = setUp();
    const clock = open();
    let fired = 0;
    clock.after(day, () => (fired += 1));
    const cancel = clock.after(day, () => (fired += 100));
    real.advance(5 * second);
    clock.setFactor(1);
    cancel();
    real.advance(hour);
    expect(fired).toBe(0);
    clock.setFactor(3600);
    real.advance(11 * second);
    expect(fired).toBe(1);
  });

  it('does not go back when the factor falls, and keeps the factor', () => {
    const { real, open } = setUp();
    const clock = open();
    clock.start();
    real.advance(minute);
    const before = clock.now();
    clock.setFactor(1);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    clock.stop();
    expect(open().factor).toBe(1);
  });

  it('stands still while it is closed, and goes on where it was', () => {
    const { real, open } = setUp();
    const clock = open();
    clock.start();
    real.advance(minute);
    const stoppedAt = clock.now();
    clock.stop();
    real.advance(minute);
    expect(open().now()).toBe(stoppedAt);
  });

  it('jumps forward to real time when it has fallen behind', () => {
    const { real, open } = setUp();
    const clock = open(1);
    clock.start();
    clock.stop();
    real.advance(3 * day);
    expect(open().now()).toBe(real.now());
  });

  it.each([0, 1, 4.9, 5, 7.3, 61])('never repeats time after a crash %s seconds in', (seconds) => {
    const { real, open } = setUp();
    const crashed = open();
    crashed.start();
    real.advance(seconds * second);
    const lastSeen = crashed.now();
    // No stop: what is on disk is what the crash left.
    const next = open();
    expect(next.now()).toBeGreaterThanOrEqual(lastSeen);
    expect(next.now() - lastSeen).toBeLessThanOrEqual(10 * second * defaultFactor);
  });

  it('falls back to real time when its file is damaged', () => {
    const { real, file, open } = setUp();
    const clock = open();
    clock.start();
    clock.stop();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('workspace');
    writeFileSync(file, '{"workspace":');
    expect(open().now()).toBe(real.now());
  });

  it('keeps the factor between real time and a day a second', () => {
    const clock = setUp().open();
    clock.setFactor(0.1);
    expect(clock.factor).toBe(1);
    clock.setFactor(1e9);
    expect(clock.factor).toBe(86_400);
    clock.setFactor(Number.NaN);
    expect(clock.factor).toBe(defaultFactor);
  });
});
