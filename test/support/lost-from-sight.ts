import type Database from 'better-sqlite3';

/** Mails of a killed process whose outcome nobody knows: their body had begun, and no later mail of their connection tells that they were accepted. */
export function lostFromSight(db: Database.Database): number {
  const row = db
    .prepare(
      `select count(*) as n from deliveries d where d.state = 'sending'
         and not exists (select 1 from deliveries later where later.state = 'sending' and later.connection like '% after ' || d.id)`,
    )
    .get() as { n: number };
  return row.n;
}
