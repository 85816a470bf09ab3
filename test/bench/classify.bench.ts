import { classify, parseMail } from '../../electron/engine/inbox/index.ts';
import { buildMail, readMailCorpus } from '../support/mail-corpus.ts';
import { median, printTable } from '../support/bench.ts';

/**
 * Messages parsed and classified per second, over the labelled corpus (bounces, absences, acknowledgements, people).
 * Run: tsx test/bench/classify.bench.ts [rounds].
 */
async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 9);
  const sources = readMailCorpus().map((one) => ({ class: one.class, raw: buildMail(one) }));
  const classes = ['all', ...new Set(sources.map((source) => source.class))];
  const rows: Record<string, string | number>[] = [];
  for (const name of classes) {
    const own = sources.filter((source) => name === 'all' || source.class === name);
    const parse: number[] = [];
    const whole: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      let start = performance.now();
      for (const { raw } of own) await parseMail(raw);
      parse.push((performance.now() - start) / own.length);
      start = performance.now();
      for (const { raw } of own) classify(await parseMail(raw), null);
      whole.push((performance.now() - start) / own.length);
    }
    const [parsed, both] = [median(parse), median(whole)];
    rows.push({ class: name, messages: own.length, 'parse ms': Number(parsed.toFixed(3)), 'parse + classify ms': Number(both.toFixed(3)), 'per second': Math.round(1000 / both) });
  }
  printTable('Inbound mail', rows);
}

await main();
