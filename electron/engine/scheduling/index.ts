export { everyDay, isOpen, localDay, nextAllowed, startOfLocalDay, startOfNextLocalDay, windowEnd } from './calendar.ts';
export { addDuration, parseDuration, type Duration, type DurationRules } from './duration.ts';
