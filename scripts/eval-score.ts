import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run as runAddresses } from './eval/addresses.ts';
import { run as runCsv } from './eval/csv.ts';
import { run as runLiquid } from './eval/liquid.ts';
import { run as runReplyText } from './eval/reply-text.ts';
import { run as runSendTime } from './eval/sendtime.ts';

/** One scored case; `counted` false = the label leaves it open. */
interface Score {
  readonly name: string;
  readonly counted: boolean;
  readonly passed: boolean;
  readonly detail: string;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const labels = (path: string, file: string): unknown => JSON.parse(readFileSync(join(path, file), 'utf8'));

async function scoreAddresses(path: string): Promise<Score[]> {
  const { cases } = labels(path, 'email_addresses.json') as { cases: { address: string; import_verdict: string }[] };
  const verdicts = (await runAddresses(path)) as { verdict: string }[];
  return cases.map((label, index) => {
    const verdict = verdicts[index]?.verdict ?? 'none';
    const counted = label.import_verdict === 'valid' || label.import_verdict === 'invalid';
    return { name: JSON.stringify(label.address), counted, passed: verdict === label.import_verdict, detail: `${label.import_verdict}, got ${verdict}` };
  });
}

interface CsvLabel {
  readonly file: string;
  readonly delimiter: string | null;
  readonly encoding: string;
  readonly header: string[] | null;
  readonly rows: string[][] | null;
  readonly n_rows: number | null;
  readonly mapping?: Record<string, string>;
  readonly first_header?: string;
}

async function scoreCsv(path: string): Promise<Score[]> {
  const results = new Map(
    (
      (await runCsv(path)) as { file: string; delimiter: string | null; header: string[] | null; rows: string[][] | null; mapping: Record<string, string>; error: string | null }[]
    ).map((result) => [result.file, result]),
  );
  return (labels(path, 'files.json') as CsvLabel[]).map((label) => {
    const result = results.get(label.file);
    const wrong: string[] = [];
    if (result === undefined) wrong.push('missing');
    else if (label.encoding === 'binary') {
      if (result.error === null) wrong.push('no error');
    } else {
      if (result.error !== null) wrong.push(`error: ${result.error}`);
      if (label.delimiter !== null && label.delimiter !== result.delimiter) wrong.push(`delimiter ${JSON.stringify(result.delimiter)}`);
      if (label.header !== null && !same(label.header, result.header)) wrong.push(`header ${JSON.stringify(result.header)}`);
      if (label.rows !== null && !same(label.rows, result.rows)) wrong.push(`rows ${JSON.stringify(result.rows).slice(0, 200)}`);
      if (label.n_rows !== null && label.n_rows !== result.rows?.length) wrong.push(`${result.rows?.length ?? 0} rows, not ${label.n_rows}`);
      if (label.first_header !== undefined && label.first_header !== result.header?.[0]) wrong.push(`first header ${String(result.header?.[0])}`);
      for (const [field, column] of Object.entries(label.mapping ?? {}))
        if (result.mapping[field] !== column) wrong.push(`${field} → ${String(result.mapping[field])}, not ${column}`);
    }
    return { name: label.file, counted: true, passed: wrong.length === 0, detail: wrong.join('; ') };
  });
}

async function scoreLiquid(path: string): Promise<Score[]> {
  const { cases } = labels(path, 'cases.json') as { cases: { name: string; level: string; expected?: string; accept?: string[]; expect_error?: boolean }[] };
  const results = (await runLiquid(path)) as { output?: string; error?: string }[];
  return cases.map((label, index) => {
    const { output, error } = results[index] ?? {};
    const passed = label.expect_error === true ? error !== undefined : output !== undefined && [label.expected, ...(label.accept ?? [])].includes(output);
    return { name: label.name, counted: label.level === 'core', passed, detail: `got ${JSON.stringify(output ?? error)}` };
  });
}

async function scoreSendTime(path: string): Promise<Score[]> {
  const { cases } = labels(path, 'cases.json') as { cases: { id: string; expected: string | null; accept?: (string | null)[] }[] };
  const results = (await runSendTime(path)) as { at: string | null }[];
  const instant = (text: string | null | undefined): number | null => (text === null || text === undefined ? null : Date.parse(text));
  return cases.map((label, index) => {
    const at = results[index]?.at;
    return {
      name: label.id,
      counted: true,
      passed: [label.expected, ...(label.accept ?? [])].some((each) => instant(each) === instant(at)),
      detail: `expected ${String(label.expected)}, got ${String(at)}`,
    };
  });
}

interface ReplyTextLabel {
  readonly id: string;
  readonly expect: { readonly exact?: string; readonly accept?: string[]; readonly contains?: string[]; readonly not_contains?: string[] };
}

async function scoreReplyText(path: string): Promise<Score[]> {
  const folded = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const results = new Map(((await runReplyText(path)) as { id: string; text: string }[]).map(({ id, text }) => [id, folded(text)]));
  return (labels(path, 'cases.json') as ReplyTextLabel[]).map(({ id, expect }) => {
    const text = results.get(id) ?? '';
    const whole = [...(expect.exact === undefined ? [] : [expect.exact]), ...(expect.accept ?? [])].map(folded);
    const passed =
      (whole.length === 0 || whole.includes(text)) &&
      (expect.contains ?? []).every((part) => text.includes(folded(part))) &&
      (expect.not_contains ?? []).every((part) => !text.includes(folded(part)));
    return { name: id, counted: true, passed, detail: `got ${JSON.stringify(text)}` };
  });
}

const scorers: Readonly<Record<string, (path: string) => Promise<Score[]>>> = {
  csv: scoreCsv,
  addresses: scoreAddresses,
  liquid: scoreLiquid,
  sendtime: scoreSendTime,
  'reply-text': scoreReplyText,
};

const [name = '', path = ''] = process.argv.slice(2);
const score = Object.hasOwn(scorers, name) ? scorers[name] : undefined;
if (score === undefined || !existsSync(path)) {
  process.stderr.write(`Usage: npm run eval:score -- SET PATH, with SET one of ${Object.keys(scorers).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  const counted = (await score(path)).filter((entry) => entry.counted);
  for (const entry of counted.filter((each) => !each.passed)) process.stdout.write(`wrong  ${entry.name}  ${entry.detail}\n`);
  process.stdout.write(`${name}: ${counted.filter((entry) => entry.passed).length} of ${counted.length}\n`);
}
