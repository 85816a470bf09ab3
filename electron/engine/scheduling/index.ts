export { everyDay, isOpen, nextAllowed, windowEnd } from './calendar.ts';
export { addDuration, parseDuration, type Duration, type DurationRules } from './duration.ts';
export { parseRules, type DispatchRow } from './claim-rules.ts';
export type { Dispatcher, DispatcherDeps, DispatchPorts } from './dispatch-ports.ts';
export { createDispatcher } from './dispatcher.ts';
export { calendarsFor, type Block, type MailboxView } from './gates.ts';
export { createGraphCache, createPlanner, type Planner, type Slot } from './planner.ts';
export { createAllocation, type Allocation } from './slots.ts';
