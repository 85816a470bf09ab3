// What must hold after the chaos run, from the servers' record and the database.
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { day, hour } from '../../electron/engine/lib/clock.ts';
import { habitOf, mailboxAddress, type ChaosPlan, type ChaosWorld } from './chaos-world.ts';

export interface ChaosRow {
  readonly id: string;
  readonly state: string;
  readonly stepNumber: number;
  readonly enrolmentId: string;
  readonly enrolment: string;
  readonly enrolmentReason: string | null;
  readonly mailbox: string;
  readonly recipient: string;
  readonly domain: string;
  readonly slotAt: number;
  readonly messageId: string | null;
  readonly why: string | null;
  readonly finalReason: string | null;
  /** When it left or may have left, workspace time. */
  readonly leftAt: number | null;
}

/** Reads the store of a killed or running process as it lies on the disk. */
export function inspect<T>(dataDir: string, read: (db: Database.Database) => T): T {
  const db = new Database(join(dataDir, 'homing.db'), { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

export function readRows(dataDir: string): ChaosRow[] {
  return inspect(
    dataDir,
    (db) =>
      db
        .prepare(
          `select d.id, d.state, d.step_number as stepNumber, d.enrolment_id as enrolmentId, e.state as enrolment, e.reason as enrolmentReason, m.address as mailbox, d.recipient,
             d.recipient_domain as domain, d.slot_at as slotAt, d.message_id as messageId, d.why, d.final_reason as finalReason,
             case when d.state in ('sent','unknown') then coalesce(d.sent_at, d.sending_at) end as leftAt
           from deliveries d join enrolments e on e.id = d.enrolment_id join mailboxes m on m.id = d.mailbox_id where d.kind = 'step'`,
        )
        .all() as ChaosRow[],
  );
}

/** The most, by weight, of what lies within any window of this length. */
function mostWithin(items: readonly { readonly at: number; readonly weight: number }[], lengthMs: number): number {
  const sorted = items.toSorted((a, b) => a.at - b.at);
  let first = 0;
  let sum = 0;
  let most = 0;
  for (const { at, weight } of sorted) {
    sum += weight;
    for (let oldest = sorted[first]; oldest !== undefined && at - oldest.at >= lengthMs; oldest = sorted[first]) {
      sum -= oldest.weight;
      first += 1;
    }
    most = Math.max(most, sum);
  }
  return most;
}

function mostADay(rows: readonly ChaosRow[], keyOf: (row: ChaosRow) => string): number {
  return Math.max(0, ...[...Map.groupBy(rows, (row) => `${keyOf(row)} ${Math.floor((row.leftAt ?? 0) / day)}`).values()].map((each) => each.length));
}

/** The clock was set back at this moment, by so much. */
export interface SetBack {
  readonly at: number;
  readonly byMs: number;
}

/** Every broken promise, each as a sentence; empty when all hold. Where the clock was set back, a rolling window looks shorter than it was. */
export function brokenPromises(dataDir: string, plan: ChaosPlan, world: ChaosWorld, setBacks: readonly SetBack[]): string[] {
  const rows = readRows(dataDir);
  const broken: string[] = [];
  const demand = (name: string, offenders: readonly unknown[]) => {
    if (offenders.length > 0) broken.push(`${name}: ${offenders.length}, such as ${JSON.stringify(offenders.slice(0, 3))}`);
  };
  const byId = new Map(rows.map((row) => [row.id, row]));
  const arrived = Map.groupBy(world.messages, ({ homingId }) => homingId);

  demand(
    'a second copy of a message',
    [...arrived.values()].filter((copies) => copies.length > 1).map((copies) => copies.map(({ to, at, subject, messageId }) => ({ to, at, subject, messageId }))),
  );
  demand(
    'a second copy of a step',
    [...Map.groupBy(world.messages, ({ to, inReplyTo }) => `${to} ${inReplyTo === ''}`).values()].filter((copies) => copies.length > 1),
  );
  demand(
    'sent, and no server has it',
    rows.filter(({ id, state }) => state === 'sent' && !arrived.has(id)),
  );
  demand(
    'a server has it, and it is neither sent nor unknown',
    [...arrived.keys()].map((id) => byId.get(id) ?? id).filter((row) => typeof row === 'string' || (row.state !== 'sent' && row.state !== 'unknown')),
  );
  demand(
    'neither final nor open for a person',
    rows.filter(({ state }) => !['sent', 'failed', 'skipped', 'cancelled', 'unknown'].includes(state)),
  );
  demand(
    'final or open without a reason',
    rows.filter(({ state, why, finalReason }) => (state === 'unknown' ? why !== 'unknown_outcome' : state !== 'sent' && (finalReason ?? '') === '')),
  );
  demand(
    'unknown although the provider files its own copies',
    rows.filter(({ state, mailbox }) => state === 'unknown' && mailbox !== mailboxAddress(plan.mailboxes - 1)),
  );

  const left = rows.filter(({ leftAt }) => leftAt !== null);
  for (const mailbox of new Set(left.map((row) => row.mailbox))) {
    const mails = left.filter((row) => row.mailbox === mailbox).map(({ leftAt }) => ({ at: leftAt ?? 0, weight: 1 }));
    for (const [name, lengthMs, allowed] of [
      ['24 hours', day, plan.perDay],
      ['an hour', hour, plan.perHour],
    ] as const) {
      const lost = mostWithin(
        setBacks.map(({ at, byMs }) => ({ at, weight: byMs })),
        lengthMs,
      );
      const most = mostWithin(mails, lengthMs - lost);
      if (most > allowed) broken.push(`${mailbox}: ${most} in ${name}, ${allowed} are allowed`);
    }
  }
  const limits: readonly (readonly [string, number, number])[] = [
    ['a day from one mailbox', mostADay(left, ({ mailbox }) => mailbox), plan.perDay],
    ['a day of the campaign', mostADay(left, () => ''), plan.campaignPerDay],
    [
      'new people a day',
      mostADay(
        left.filter(({ stepNumber }) => stepNumber === 1),
        () => '',
      ),
      plan.newPerDay,
    ],
    ['a day to one domain', mostADay(left, ({ domain }) => domain), plan.domainPerDay],
  ];
  for (const [name, most, allowed] of limits) if (most > allowed) broken.push(`${name}: ${most}, ${allowed} are allowed`);
  demand(
    'left before its slot',
    left.filter(({ leftAt, slotAt, state }) => state === 'sent' && (leftAt ?? 0) < slotAt),
  );

  const followUps = world.messages.filter(({ inReplyTo }) => inReplyTo !== '');
  const firsts = new Map(world.messages.filter(({ inReplyTo }) => inReplyTo === '').map((message) => [message.to, message]));
  demand(
    'a follow-up without or before its first mail',
    followUps.filter(({ to, at, inReplyTo }) => firsts.get(to)?.messageId !== inReplyTo || (firsts.get(to)?.at ?? Infinity) > at),
  );
  demand(
    'a follow-up after an answer',
    followUps.filter(({ to, at }) => at > (world.answeredAt.get(to) ?? Infinity)),
  );
  const ends = { replies: ['stopped', 'replied'], bounces: ['stopped', 'bounced'] } as const;
  demand(
    'an answer that stopped nobody',
    rows.filter(({ recipient, enrolment, enrolmentReason }) => {
      const habit = habitOf(Number(/^p(\d+)@/.exec(recipient)?.[1]));
      return (
        world.answeredAt.has(recipient) && (habit === 'replies' || habit === 'bounces') && (enrolment !== ends[habit][0] || !(enrolmentReason ?? '').startsWith(ends[habit][1]))
      );
    }),
  );
  demand(
    'a silent person without both mails',
    [...Map.groupBy(rows, ({ enrolmentId }) => enrolmentId).values()].filter(
      (each) => habitOf(Number(/^p(\d+)@/.exec(each[0]?.recipient ?? '')?.[1])) === 'silent' && each.every(({ state }) => state === 'sent') && each.length !== 2,
    ),
  );
  const people = new Set(rows.map(({ enrolmentId }) => enrolmentId)).size;
  if (people !== plan.people) broken.push(`${people} of ${plan.people} people have a mail`);
  const stored = inspect(dataDir, (db) =>
    db.prepare(`select type, count(*) as n, count(distinct contact_id) as people from events where type in ('replied','bounced') group by type`).all(),
  ) as {
    type: string;
    n: number;
    people: number;
  }[];
  demand(
    'an answer that counted twice',
    stored.filter(({ n, people: once }) => n !== once),
  );
  return broken;
}
