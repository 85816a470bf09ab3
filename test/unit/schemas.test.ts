import { describe, expect, test } from 'vitest';
import { campaignRulesSchema } from '../../shared/schemas/campaign.ts';
import { importMappingSchema } from '../../shared/schemas/contact.ts';
import { settingsPatchSchema } from '../../shared/schemas/settings.ts';

describe('moments that somebody chooses', () => {
  test.each([9e15, 8.64e15, 253_402_300_800_000, -1, 1.5])('%d is refused: no calendar can plan from there', (startAt) => {
    expect(campaignRulesSchema.safeParse({ startAt }).success).toBe(false);
  });

  test.each([null, 0, 1_795_000_000_000, 253_402_300_799_999])('%j is taken', (startAt) => {
    expect(campaignRulesSchema.parse({ startAt }).startAt).toBe(startAt);
  });
});

test('a wrong column of an import says what can be written', () => {
  const problem = importMappingSchema.safeParse({ 0: 'emial' });
  expect(problem.error?.issues[0]?.path).toEqual(['0']);
  expect(JSON.stringify(problem.error?.issues)).toMatch(/One of email, first_name.*custom:<name>, or ignore/);
});

test.each([
  ['9.9.9.9', true],
  ['127.0.0.1:5353', true],
  ['2620:fe::fe', true],
  ['[2620:fe::fe]:53', true],
  ['::1', true],
  ['dns.example.com', false],
  ['9.9.9.9/24', false],
  ['', false],
])('%j is a DNS server: %s', (server, fine) => {
  expect(settingsPatchSchema.safeParse({ dnsServers: [server] }).success).toBe(fine);
});
