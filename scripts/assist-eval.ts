import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { actionByRules, briefThread, createAssist, draftReply, writePersonal, type Thread } from '../electron/engine/assist/index.ts';
import { createComparisons, rankWorked } from '../electron/engine/analytics/index.ts';
import { createEvents } from '../electron/engine/events/index.ts';
import { askOpinion, classify, opinionOf, parseMail } from '../electron/engine/inbox/index.ts';
import { systemClock } from '../electron/engine/lib/clock.ts';
import { createIds } from '../electron/engine/lib/ids.ts';
import { openStore } from '../electron/engine/store/index.ts';
import { createSettings } from '../electron/engine/workspace/index.ts';
import { draftGap, type NextAction } from '../shared/schemas/thread.ts';
import { providerInputSchema } from '../shared/schemas/assist.ts';
import { readBriefs } from '../test/support/briefs.ts';
import { buildMail, readMailCorpus } from '../test/support/mail-corpus.ts';
import { silentLog } from '../test/support/silent-log.ts';

const usage = 'Usage: npm run assist:eval -- URL MODEL [--openai] [--key KEY] [--most N]';
const root = join(import.meta.dirname, '..');

interface Row {
  readonly feature: string;
  readonly cases: number;
  /** The model answered in the form that was asked for, and nothing forbade its use. */
  readonly usable: string;
  readonly right: string;
  /** What the rules get right alone. */
  readonly rules: string;
  readonly 'ms a case': number;
}

const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((1000 * part) / whole) / 10} %`);

/** Scores every feature with one model on the labelled sets of the repository; prints a table. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { openai: { type: 'boolean' }, key: { type: 'string' }, most: { type: 'string' } } });
  const [url = '', model = ''] = positionals;
  const input = providerInputSchema.safeParse({
    name: 'Evaluated',
    kind: values.openai === true ? 'openai' : 'ollama',
    url,
    models: [model],
    key: values.key,
    timeoutSeconds: 600,
  });
  if (!input.success) {
    process.stderr.write(`${input.error.issues[0]?.message ?? 'Something is missing'}. ${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'homing-assist-eval-'));
  const store = openStore({ dataDir, clock: systemClock, log: silentLog });
  try {
    const base = { store, clock: systemClock, ids: createIds(systemClock.now), random: Math.random, log: silentLog, events: createEvents(store, systemClock) };
    // The key is never stored: the calls carry it.
    const vault = { get: () => null, set: () => undefined, remove: () => undefined, isLocked: () => false };
    const withKey: typeof fetch = (address, init) => {
      const headers = new Headers(init?.headers);
      if (values.key !== undefined) headers.set('authorization', `Bearer ${values.key}`);
      return fetch(address, { ...init, headers });
    };
    const assist = createAssist({ ...base, vault, settings: createSettings(base), fetch: withKey, gallery: () => Promise.resolve([]) });
    const { id, local } = assist.providers.create(input.data);
    // Who types the address on the command line agrees to it; the mails are made up.
    if (!local) assist.providers.consent(id, input.data.url, true);
    const most = Number(values.most ?? 1000);
    const rows = [
      await scoreReplies(assist, most),
      ...(await scoreRewrites(assist, most)),
      await scoreSubjects(assist, most),
      await scorePassages(assist, most),
      await scoreDrafts(assist, most),
      ...(await scoreThreads(assist, most)),
      await scoreNearness(assist, most),
      await scoreReadings(store, base.events, assist, most),
    ];
    console.log(`${model} at ${input.data.url}`);
    console.table(rows);
    if (rows.every(({ usable }) => usable === '0 %')) process.exitCode = 1;
  } finally {
    store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Assist = ReturnType<typeof createAssist>;

/** Labelled answers of people: the intent that the model names, and the one of the rules. */
async function scoreReplies(assist: Assist, most: number): Promise<Row> {
  const cases = readMailCorpus('people').filter(({ expect, class: name }) => name === 'human' && expect.intent != null);
  const chosen = everyNth(cases, most);
  let [usable, right, rules] = [0, 0, 0];
  const startedAt = performance.now();
  for (const one of chosen) {
    const { replyText, intent } = classify(await parseMail(buildMail(one)), null);
    if (intent === one.expect.intent) rules += 1;
    const completion = await askOpinion(assist, { subject: one.subject, replyText, contactId: null, names: [] });
    if (completion.kind === 'none') continue;
    usable += 1;
    const opinion = opinionOf(completion.value, completion.model);
    if (opinion.class === 'human' && opinion.intent === one.expect.intent) right += 1;
  }
  return row('understand replies', chosen.length, startedAt, { usable, right, rules });
}

interface CopyCase {
  readonly text: string;
}

function copyCases(most: number): CopyCase[] {
  return everyNth(readCases<CopyCase>('copy'), most);
}

function readCases<T>(name: 'copy' | 'people' | 'threads' | 'near'): T[] {
  return JSON.parse(readFileSync(join(root, `test/fixtures/assist/${name}.json`), 'utf8')) as T[];
}

const words = (text: string): number => text.split(/\s+/).length;

/** Right = usable, and for `shorter` at most three quarters of the words; otherwise it changed something. */
async function scoreRewrites(assist: Assist, most: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const how of ['shorter', 'warmer', 'plainer', 'translate'] as const) {
    const cases = copyCases(most);
    let [usable, right] = [0, 0];
    const startedAt = performance.now();
    for (const { text } of cases) {
      for await (const part of assist.rewrite({ text, how, ...(how === 'translate' ? { language: 'es' } : {}) })) {
        if (part.kind !== 'done' || part.value.source !== 'model') continue;
        usable += 1;
        if (how === 'shorter' ? words(part.value.text) <= 0.75 * words(text) : part.value.text !== text) right += 1;
      }
    }
    rows.push(row(`rewrite: ${how}`, cases.length, startedAt, { usable, right, rules: null }));
  }
  return rows;
}

/** Right = at least three of five ideas of the model may be used. */
async function scoreSubjects(assist: Assist, most: number): Promise<Row> {
  const cases = copyCases(most);
  let [usable, right] = [0, 0];
  const startedAt = performance.now();
  for (const { text } of cases) {
    const { ideas } = await assist.subjectIdeas({ text, count: 5 });
    const own = ideas.filter(({ source, subject }) => source === 'model' && subject.length <= 60).length;
    if (own > 0) usable += 1;
    if (own >= 3) right += 1;
  }
  return row('subject lines', cases.length, startedAt, { usable, right, rules: null });
}

/** Right = the first mail is about what is offered, and nothing that the brief does not say had to be left out. */
async function scoreDrafts(assist: Assist, most: number): Promise<Row> {
  const cases = everyNth(readBriefs(), most);
  let [usable, right] = [0, 0];
  const startedAt = performance.now();
  for (const { brief, says } of cases) {
    for await (const part of assist.draftSequence(brief)) {
      if (part.kind !== 'done' || part.value.source !== 'model') continue;
      usable += 1;
      const [first] = part.value.graph.steps;
      const about = first?.type === 'email' && first.variants.some(({ text }) => text.toLowerCase().includes(says));
      if (about && part.value.findings.every(({ code }) => code !== 'left_out')) right += 1;
    }
  }
  return row('sequences from a brief', cases.length, startedAt, { usable, right, rules: null });
}

interface PersonCase {
  readonly instruction: string;
  readonly mail: string;
  readonly facts: Readonly<Record<string, string>>;
  /** Name of the fact that the passage is to be about. */
  readonly fact: string;
}

/** Right = the passage, which says nothing but facts, uses the one that was asked for. */
async function scorePassages(assist: Assist, most: number): Promise<Row> {
  const cases = everyNth(readCases<PersonCase>('people'), most);
  let [usable, right] = [0, 0];
  const startedAt = performance.now();
  for (const { instruction, mail, facts, fact } of cases) {
    const list = Object.entries(facts).map(([name, value]) => ({ name, value }));
    const written = await writePersonal(assist.complete, { instruction, mail, facts: list, contactId: 'evaluated', variation: 0 });
    if (written.kind === 'none') continue;
    usable += 1;
    if (written.used.includes(fact)) right += 1;
  }
  return row('personal passages', cases.length, startedAt, { usable, right, rules: null });
}

interface ThreadCase {
  readonly messages: Thread['messages'];
  readonly action: NextAction;
  /** Only the sender knows the answer, so that a draft has to leave a gap. */
  readonly gap: boolean;
}

/** Conversations whose words the rules hardly know. A draft is right that leaves a gap exactly where it has to. */
async function scoreThreads(assist: Assist, most: number): Promise<Row[]> {
  const cases = everyNth(readCases<ThreadCase>('threads'), most);
  const brief = { usable: 0, right: 0, rules: 0 };
  const draft = { usable: 0, right: 0, rules: null };
  const threadOf = ({ messages }: ThreadCase): Thread => ({
    ...{ messages, class: 'human', intent: null, namesOther: false, firstName: 'Anna', names: ['Anna Berg'], sender: 'Tess', contactId: null },
  });
  let startedAt = performance.now();
  for (const one of cases) {
    const thread = threadOf(one);
    const { source, action } = await briefThread(assist.complete, thread, { think: true });
    if (actionByRules(thread) === one.action) brief.rules += 1;
    if (source === 'model') brief.usable += 1;
    if (source === 'model' && action === one.action) brief.right += 1;
  }
  const briefs = row('what is next', cases.length, startedAt, brief);
  startedAt = performance.now();
  for (const one of cases) {
    const { source, text } = await draftReply(assist.complete, threadOf(one), { facts: [], variation: 0 });
    if (source === 'rules') continue;
    draft.usable += 1;
    if (text.includes(draftGap) === one.gap) draft.right += 1;
  }
  return [briefs, row('drafts of answers', cases.length, startedAt, draft)];
}

interface NearCase {
  readonly query: string;
  readonly near: string;
  readonly far: readonly string[];
}

/** Right = of several texts, the one that means the same is the nearest. Rules compare words. */
async function scoreNearness(assist: Assist, most: number): Promise<Row> {
  const cases = everyNth(readCases<NearCase>('near'), most);
  let [usable, right, rules] = [0, 0, 0];
  const startedAt = performance.now();
  for (const { query, near, far } of cases) {
    const texts = [near, ...far].map((text) => ({ text, subject: '', kind: 'mail' as const, id: text, name: '', stepNumber: 1, mailed: 100, replied: 10, similar: null }));
    const asked = { subject: '', text: query };
    if (rankWorked(asked, texts, 1)[0]?.text === near) rules += 1;
    const made = await assist.embed([query, near, ...far]);
    const [first, ...others] = made?.vectors ?? [];
    if (first === undefined) continue;
    usable += 1;
    if (rankWorked(asked, texts, 1, { query: first, texts: others })[0]?.text === near) right += 1;
  }
  return row('mails that worked before', cases.length, startedAt, { usable, right, rules });
}

/** What a model says of a competitor's mail. Right = it names offer, audience and tone. */
async function scoreReadings(store: ReturnType<typeof openStore>, events: ReturnType<typeof createEvents>, assist: Assist, most: number): Promise<Row> {
  const cases = copyCases(most);
  const comparisons = createComparisons({ store, events, clock: systemClock, ids: createIds(systemClock.now), complete: assist.complete });
  let [usable, right] = [0, 0];
  const startedAt = performance.now();
  for (const [index, { text }] of cases.entries()) {
    await comparisons.add({ competitor: String(index), source: text });
    const { reading } = await comparisons.read(String(index));
    if (reading === null) continue;
    usable += 1;
    if (reading.offer !== '' && reading.audience !== '' && reading.tone !== '') right += 1;
  }
  return row('mails of competitors', cases.length, startedAt, { usable, right, rules: null });
}

function row(feature: string, cases: number, startedAt: number, { usable, right, rules }: { usable: number; right: number; rules: number | null }): Row {
  const ms = cases === 0 ? 0 : Math.round((performance.now() - startedAt) / cases);
  return { feature, cases, usable: share(usable, cases), right: share(right, cases), rules: rules === null ? '–' : share(rules, cases), 'ms a case': ms };
}

/** At most so many, spread over the whole list. */
function everyNth<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, list.length / most);
  return Array.from({ length: Math.min(most, list.length) }, (_, index) => list[Math.floor(index * step)]).filter((item) => item !== undefined);
}

await main();
