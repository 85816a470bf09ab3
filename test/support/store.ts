import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createEvents, type Events } from '../../electron/engine/events/index.ts';
import { createIds, type Ids } from '../../electron/engine/lib/ids.ts';
import type { Logger } from '../../electron/engine/ports.ts';
import { seededRandom, type Random } from '../../electron/engine/lib/random.ts';
import { openStore, type Store } from '../../electron/engine/store/index.ts';
import { fakeClock, type FakeClock } from './fake-clock.ts';

export { silentLog } from './silent-log.ts';
import { silentLog } from './silent-log.ts';

export interface TestBase {
  readonly dataDir: string;
  readonly store: Store;
  readonly events: Events;
  readonly clock: FakeClock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Logger;
}

/** A new directory that is gone when the test is over. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'homing-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A real store in a directory of its own, with a fake clock and seeded randomness. */
export function openTestBase(clock: FakeClock = fakeClock()): TestBase {
  const dataDir = temporaryDir();
  const store = openStore({ dataDir, clock, log: silentLog });
  onTestFinished(() => store.close());
  const random = seededRandom(1);
  return { dataDir, store, events: createEvents(store, clock), clock, ids: createIds(clock.now), random, log: silentLog };
}
