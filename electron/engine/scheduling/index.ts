export { everyDay, isOpen, localDay, nextAllowed, startOfLocalDay, startOfNextLocalDay, windowEnd } from './calendar.ts';
export { addDuration, parseDuration, type Duration, type DurationRules } from './duration.ts';
export type { DispatchRow } from './claim-rules.ts';
export { createDispatcher, type DispatchPorts, type Dispatcher, type DispatcherDeps } from './dispatcher.ts';
export { calendarsFor, type Block, type MailboxView } from './gates.ts';
export { createPlanner, type Planner, type Slot } from './planner.ts';
export { createAllocation, type Allocation } from './slots.ts';
