import { expect, test } from 'vitest';
import { addDuration, calendarsFor, countryHolidays, dueAfter, nextAllowed, windowGate } from '../../../electron/engine/scheduling/index.ts';
import { campaignRulesSchema, type CampaignRules } from '../../../shared/schemas/campaign.ts';
import { alwaysOpen, officeHours } from '../../../shared/schemas/common.ts';
import type { Absence } from '../../../shared/schemas/mailbox.ts';

const at = (iso: string): number => Date.parse(iso);
const iso = (instant: number | null | undefined): string | null => (instant === null || instant === undefined ? null : new Date(instant).toISOString().replace('.000Z', 'Z'));
const berlin = { zone: 'Europe/Berlin', country: 'DE' };
const rulesOf = (more: Partial<CampaignRules> = {}): CampaignRules =>
  campaignRulesSchema.parse({ calendar: { zone: 'Europe/London', windows: officeHours, holidays: [] }, wakingHours: null, ...more });
const hours = (absences: Absence[] = []) => ({ calendar: { zone: 'Europe/London', windows: alwaysOpen, holidays: [] }, absences });

function gate(rules: CampaignRules, now: string, recipient: { zone: string | null; country: string | null } = berlin, first = true, absences: Absence[] = []) {
  const block = windowGate(calendarsFor(rules, hours(absences), recipient, first), at(now));
  return block === null ? null : [block.code, iso(block.until)];
}

test("a public holiday of the recipient's country closes the day, and says so", () => {
  // 3 April 2026 is Good Friday, the 6th Easter Monday.
  expect(gate(rulesOf(), '2026-04-03T09:00:00Z')).toEqual(['holiday', '2026-04-07T07:00:00Z']);
  expect(gate(rulesOf(), '2026-04-03T09:00:00Z', { zone: 'America/New_York', country: 'US' })).toEqual(['campaign_window', '2026-04-03T13:00:00Z']);
  expect(gate(rulesOf({ observeHolidays: false }), '2026-04-03T09:00:00Z')).toBeNull();
  // At night the window is closed on any day: the holiday is not the reason.
  expect(gate(rulesOf(), '2026-04-03T22:30:00Z')).toEqual(['campaign_window', '2026-04-07T07:00:00Z']);
});

test('people of an unknown country have the holidays of the country that the campaign names', () => {
  const nowhere = { zone: null, country: null };
  expect(gate(rulesOf(), '2026-12-25T10:00:00Z', nowhere)).toBeNull();
  expect(gate(rulesOf({ holidayCountry: 'GB' }), '2026-12-25T10:00:00Z', nowhere)).toEqual(['holiday', '2026-12-29T09:00:00Z']);
});

test('own dates of a campaign close it as holidays do', () => {
  const rules = rulesOf({ calendar: { zone: 'Europe/London', windows: officeHours, holidays: ['2026-05-05'] } });
  expect(gate(rules, '2026-05-05T10:00:00Z')).toEqual(['holiday', '2026-05-06T07:00:00Z']);
});

test('follow-ups have their own windows where the campaign says so', () => {
  const rules = rulesOf({ followUpWindows: [{ days: [2, 4], start: '13:00', end: '15:00' }] });
  expect(gate(rules, '2026-05-06T08:00:00Z', berlin, true)).toBeNull();
  expect(gate(rules, '2026-05-06T08:00:00Z', berlin, false)).toEqual(['campaign_window', '2026-05-07T11:00:00Z']);
});

test('nothing leaves from a mailbox on the dates of an absence, both included', () => {
  const absences = [{ from: '2026-05-05', to: '2026-05-07', note: 'fair' }];
  expect(gate(rulesOf(), '2026-05-05T10:00:00Z', berlin, true, absences)).toEqual(['mailbox_absence', '2026-05-08T07:00:00Z']);
  expect(gate(rulesOf(), '2026-05-04T10:00:00Z', berlin, true, absences)).toBeNull();
});

test('an absence that ends before it begins closes nothing', () => {
  expect(gate(rulesOf(), '2026-05-06T10:00:00Z', berlin, true, [{ from: '2026-05-07', to: '2026-05-05', note: '' }])).toBeNull();
});

test('calendars that never meet hold the mail', () => {
  const rules = rulesOf({ useContactZone: false, wakingHours: { start: '08:00', end: '10:00' } });
  expect(gate(rules, '2026-05-06T10:00:00Z', { zone: 'Pacific/Auckland', country: 'NZ' })).toEqual(['no_allowed_time', null]);
});

test("business days are the campaign's weekdays without the holidays of the recipient's country", () => {
  const waits = [{ id: 'w', type: 'wait' as const, duration: 'P2D', businessDays: true }];
  const sent = at('2026-04-02T08:00:00Z');
  // Thursday before Easter: in Germany Friday and Monday are holidays, in the United States neither.
  expect(iso(dueAfter(sent, waits, rulesOf(), berlin))).toBe('2026-04-08T08:00:00Z');
  expect(iso(dueAfter(sent, waits, rulesOf(), { zone: 'America/New_York', country: 'US' }))).toBe('2026-04-06T08:00:00Z');
  expect(iso(dueAfter(sent, waits, rulesOf({ observeHolidays: false }), berlin))).toBe('2026-04-06T08:00:00Z');
});

test('the table of holidays knows fixed and moving dates, substitutes and countries', () => {
  const has = (country: string, date: string) => countryHolidays(country).has(at(`${date}T00:00:00Z`) / 86_400_000);
  expect(has('FR', '2027-07-14')).toBe(true);
  expect(has('SE', '2028-06-24')).toBe(true); // midsummer
  expect(has('US', '2026-11-26')).toBe(true); // Thanksgiving
  expect(has('US', '2026-07-03')).toBe(true); // the 4th is a Saturday
  expect(has('IL', '2027-04-22')).toBe(true); // Passover begins the evening before
  expect(has('IL', '2027-04-21')).toBe(false);
  expect(has('DE', '2026-08-15')).toBe(false); // a holiday of two regions only
  expect(countryHolidays('XX').size).toBe(0);
});

test('the same holidays hold for the next allowed time and for whole days', () => {
  const calendar = { zone: 'Europe/Berlin', windows: officeHours, holidays: [], country: 'DE' };
  expect(iso(nextAllowed([calendar], at('2026-12-24T17:00:00Z')))).toBe('2026-12-28T08:00:00Z');
  expect(iso(addDuration(at('2026-12-24T10:00:00Z'), 'P1D', { businessDays: true, zone: 'Europe/Berlin', calendar }))).toBe('2026-12-28T10:00:00Z');
});
