import { createForecast, type ForecastInput, type ForecastMailbox, type ForecastPerson } from '../../electron/engine/scheduling/index.ts';
import { campaignRulesSchema } from '../../shared/schemas/campaign.ts';
import { officeHours } from '../../shared/schemas/common.ts';
import { mailboxLimitsSchema } from '../../shared/schemas/mailbox.ts';
import { graphSchema } from '../../shared/schemas/sequence.ts';

// Forecasts the whole future of a campaign and prints how long it takes, and the longest slice.
// node test/bench/forecast.bench.ts [people]
const people = Number(process.argv[2] ?? 100_000);
const now = Date.parse('2026-11-25T09:00:00Z');
const places = [
  ['Europe/Berlin', 'DE'],
  ['Europe/Paris', 'FR'],
  ['Europe/London', 'GB'],
  ['America/New_York', 'US'],
  ['America/Chicago', 'US'],
  ['America/Los_Angeles', 'US'],
  ['America/Sao_Paulo', 'BR'],
  ['Asia/Tokyo', 'JP'],
  ['Asia/Kolkata', 'IN'],
  ['Australia/Sydney', 'AU'],
  [null, null],
] as const;
const mail = (id: string) => ({ id, type: 'email', variants: [{ id: 'A', subject: 'Hello', html: '<p>Hi</p>' }] });
const graph = graphSchema.parse({
  steps: [mail('a'), { id: 'w', type: 'wait', duration: 'P3D', businessDays: true }, mail('b'), { id: 'x', type: 'wait', duration: 'P5D' }, mail('c')],
});

function mailboxes(count: number, limits: object): ForecastMailbox[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `mailbox-${index}`,
    limits: mailboxLimitsSchema.parse(limits),
    calendar: { zone: 'Europe/Berlin', windows: [{ days: [1, 2, 3, 4, 5], start: '07:00', end: '22:00' }], holidays: [] },
    absences: [{ from: '2026-12-21', to: '2027-01-03', note: '' }],
    nextSendAt: 0,
    ramp: null,
    hasInbox: true,
    availableFrom: now,
    sharedBy: 1,
  }));
}

function inputOf(boxes: ForecastMailbox[], rules: object): ForecastInput {
  const persons = Array.from({ length: people }, (_, index): ForecastPerson => {
    const [zone, country] = places[(index * 7) % places.length] ?? [null, null];
    return { recipient: { zone, country }, domain: `company${index % 9000}.example.com`, companyKey: `company ${index % 9000}`, mailboxId: null, nextStepId: null, slotAt: null };
  });
  return {
    now,
    campaignId: 'c',
    rules: campaignRulesSchema.parse({ calendar: { zone: 'Europe/Berlin', windows: officeHours, holidays: [] }, ...rules }),
    graph,
    mailboxes: boxes,
    people: persons,
    sent: [],
    seed: 1,
  };
}

function median(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

const cases: Record<string, ForecastInput> = {
  '10 mailboxes, usual limits': inputOf(mailboxes(10, { perDay: 400, perHour: 60, minGapSeconds: 30, maxGapSeconds: 90 }), {}),
  '3 mailboxes, three years are not enough': inputOf(mailboxes(3, {}), {}),
  '30 mailboxes, ramp-up, human day, all limits': inputOf(mailboxes(30, { perDay: 200, perHour: 40, minGapSeconds: 30, maxGapSeconds: 90, rampUp: {}, humanDay: true }), {
    maxPerDay: 5000,
    maxNewPerDay: 2000,
    maxPerDomainPerDay: 20,
    maxPerCompanyPerDay: 5,
    followUpShare: 70,
  }),
  'one fast mailbox': inputOf(mailboxes(1, { perDay: 100_000, perHour: 100_000, minGapSeconds: 0, maxGapSeconds: 0 }), {}),
};

process.stdout.write(
  `${people} people, Node ${process.version}, medians of 3\n\n| case | ms | CPU ms | longest slice ms | mails | last day | limited by |\n|---|---|---|---|---|---|---|\n`,
);
for (const [name, input] of Object.entries(cases)) {
  const times: number[] = [];
  const cpu: number[] = [];
  let longest = 0;
  let line = '';
  for (let round = 0; round < 3; round += 1) {
    const startedAt = performance.now();
    const cpuAt = process.cpuUsage();
    const run = createForecast(input);
    longest = Math.max(longest, performance.now() - startedAt);
    for (let done = false; !done;) {
      const sliceAt = performance.now();
      done = run.run(() => performance.now() < sliceAt + 20);
      longest = Math.max(longest, performance.now() - sliceAt);
    }
    const forecast = run.result();
    times.push(performance.now() - startedAt);
    const used = process.cpuUsage(cpuAt);
    cpu.push((used.user + used.system) / 1000);
    line = `${forecast.first + forecast.followUps} | ${forecast.days.at(-1)?.day ?? '–'} | ${forecast.limits.map(({ code, days }) => `${code} ${days}`).join(', ')} ${forecast.stuck.map(({ code, people: count }) => `${code}: ${count}`).join(', ')}`;
  }
  process.stdout.write(`| ${name} | ${median(times)} | ${median(cpu)} | ${longest.toFixed(1)} | ${line} |\n`);
}
