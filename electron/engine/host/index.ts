/** What a host (desktop shell, headless) needs to run workspaces; hosts import nothing else of the engine. */
import { join } from 'node:path';
import { createEngine, type Engine } from '../engine.ts';
import { systemClock } from '../lib/clock.ts';
import { createIds } from '../lib/ids.ts';
import { openImapSession, openSmtpSession } from '../mailboxes/index.ts';
import type { EnginePorts, Keychain, Logger } from '../ports.ts';
import { createPracticePorts } from '../practice/index.ts';
import type { DataDirLock } from '../workspace/index.ts';

export type { Engine } from '../engine.ts';
export { appRoot } from '../lib/app-root.ts';
export { lockDataDir, type DataDirLock, type LockHolder } from '../workspace/index.ts';
export { defaultDataDir, defaultKeyDir, type Surroundings } from './folders.ts';
export { createFileLog } from './log.ts';

export interface WorkspaceOptions {
  /** The workspace's directory; its lock must be held by the caller. */
  readonly dataDir: string;
  readonly lock: DataDirLock;
  readonly version: string;
  readonly log: Logger;
  readonly keychain: Keychain | null;
  readonly passphrase: string | null;
  readonly keyDir: string;
  readonly practice: boolean;
  /** Null in a practice workspace. */
  readonly openPractice: (() => Promise<{ url: string | null }>) | null;
}

/** A workspace at work. */
export interface RunningWorkspace {
  readonly engine: Engine;
  /** Lets messages in flight finish, closes the database and gives the lock back. */
  stop(): Promise<void>;
}

/** The directory of the practice workspace that belongs to a data directory. */
export function practiceDir(dataDir: string): string {
  return join(dataDir, 'practice');
}

/** Opens a workspace and starts its engine. On an error the lock is given back. */
export async function openWorkspace(options: WorkspaceOptions): Promise<RunningWorkspace> {
  const practice = options.practice ? createPracticePorts(systemPorts(options)) : null;
  try {
    await practice?.start();
    const engine = await createEngine(practice?.ports ?? systemPorts(options));
    engine.start();
    // A practice workspace without its samples is poorer, not broken.
    await practice?.seed(engine.practiceServices).catch((error: unknown) => options.log.error({ err: error }, 'the practice samples could not be written'));
    return {
      engine,
      async stop() {
        await engine.stop();
        await practice?.stop();
        options.lock.release();
      },
    };
  } catch (error) {
    await practice?.stop();
    options.lock.release();
    throw error;
  }
}

function systemPorts(options: WorkspaceOptions): EnginePorts {
  return {
    dataDir: options.dataDir,
    version: options.version,
    clock: systemClock,
    random: Math.random,
    ids: createIds(() => systemClock.now()),
    log: options.log,
    keychain: options.keychain,
    passphrase: options.passphrase,
    keyDir: options.keyDir,
    transports: { openSmtp: openSmtpSession, openInbox: openImapSession },
    timeLapse: null,
    openPractice: options.openPractice,
  };
}
