import type { Logger } from '../../electron/engine/ports.ts';

/** A log that keeps nothing. It stands apart from `store.ts`, which needs the test runner. */
export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog };
