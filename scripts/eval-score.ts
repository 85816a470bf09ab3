import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run as runAddresses } from './eval/addresses.ts';
import { run as runAutoReply } from './eval/autoreply.ts';
import { run as runBounces } from './eval/bounces.ts';
import { run as runCsv } from './eval/csv.ts';
import { run as runLiquid } from './eval/liquid.ts';
import { run as runReplyText } from './eval/reply-text.ts';
import { run as runSendTime } from './eval/sendtime.ts';
import { run as runSmtpReplies } from './eval/smtp-replies.ts';

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

interface BounceLabel {
  readonly file: string;
  readonly accept: string[];
  readonly delayed: boolean;
  readonly recipients: { address: string; accept: string[]; status: string | null }[];
}

/** A wrong suppression and a delayed notice taken as final are named as such: neither may happen at all. */
async function scoreBounces(path: string): Promise<Score[]> {
  const results = new Map(
    ((await runBounces(path)) as { file: string; kind: string; delayed: boolean; recipients: { address: string; kind: string }[] }[]).map((result) => [result.file, result]),
  );
  return (labels(path, 'labels.json') as BounceLabel[]).map((label) => {
    const result = results.get(label.file);
    const wrong: string[] = [];
    if (result === undefined) wrong.push('missing');
    else {
      if (!label.accept.includes(result.kind)) wrong.push(`${label.accept.join('/')}, got ${result.kind}${result.kind === 'hard' ? ' (WRONG SUPPRESSION)' : ''}`);
      if (label.delayed !== result.delayed) wrong.push(label.delayed ? 'DELAYED TAKEN AS FINAL' : 'taken as delayed');
      for (const { address, accept } of scored(label)) {
        const found = result.recipients.filter((recipient) => recipient.address === address);
        if (found.length === 0) wrong.push(`recipient ${address} not found among ${result.recipients.map((one) => one.address).join(', ')}`);
        else if (!found.some(({ kind }) => accept.includes(kind))) wrong.push(`${address}: ${accept.join('/')}, got ${found.map(({ kind }) => kind).join('/')}`);
      }
    }
    return { name: label.file, counted: true, passed: wrong.length === 0, detail: wrong.join('; ') };
  });

  /** Who a complaint or an automatic reply concerns is nobody's fate. */
  function scored(label: BounceLabel): BounceLabel['recipients'] {
    return label.recipients.filter(({ accept }) => accept.some((kind) => kind !== 'none'));
  }
}

interface AutoReplyLabel {
  readonly file: string;
  readonly label: string;
  readonly return_dates: string[] | null;
}

/** Two scores in one list: every message by its label, and every automatic one by its return date. */
async function scoreAutoReply(path: string): Promise<Score[]> {
  const results = new Map(((await runAutoReply(path)) as { file: string; label: string; returnDate: string | null }[]).map((result) => [result.file, result]));
  return (labels(path, 'labels.json') as AutoReplyLabel[]).flatMap(({ file, label, return_dates: dates }) => {
    const result = results.get(file);
    const date = result?.returnDate ?? null;
    const scores = [{ name: file, counted: true, passed: result?.label === label, detail: `${label}, got ${String(result?.label)}` }];
    const dated = {
      name: `${file} (return date)`,
      counted: true,
      passed: dates === null ? date === null : date !== null && dates.includes(date),
      detail: `${String(dates)}, got ${String(date)}`,
    };
    return label === 'auto' ? [...scores, dated] : scores;
  });
}

interface ReplyLabel {
  readonly id: number;
  readonly permanence: string;
  readonly accept: readonly string[];
  readonly suppress_recipient: boolean | null;
  readonly code: number;
  readonly text: string;
}

async function scoreSmtpReplies(path: string): Promise<Score[]> {
  const { cases } = labels(path, 'replies.json') as { cases: ReplyLabel[] };
  const results = (await runSmtpReplies(path)) as { permanence: string; class: string; suppress: boolean }[];
  return cases.map((label, index) => {
    const result = results[index];
    const wrong: string[] = [];
    if (result?.permanence !== label.permanence) wrong.push(`permanence ${String(result?.permanence)}`);
    if (!label.accept.includes(result?.class ?? '')) wrong.push(`class ${String(result?.class)}, not ${label.accept.join(' or ')}`);
    if (label.suppress_recipient !== null && result?.suppress !== label.suppress_recipient) wrong.push(`suppress ${String(result?.suppress)}`);
    return { name: `${label.id} ${label.code} ${label.text.slice(0, 120)}`, counted: true, passed: wrong.length === 0, detail: wrong.join('; ') };
  });
}

const scorers: Readonly<Record<string, (path: string) => Promise<Score[]>>> = {
  csv: scoreCsv,
  addresses: scoreAddresses,
  liquid: scoreLiquid,
  sendtime: scoreSendTime,
  'reply-text': scoreReplyText,
  bounces: scoreBounces,
  autoreply: scoreAutoReply,
  'smtp-replies': scoreSmtpReplies,
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
