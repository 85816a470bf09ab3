// From a reply's arrival at a real Dovecot to the stopped enrolment, our own share of it, what a look at a large folder costs, and how fast mail is read.
import Database from 'better-sqlite3';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classify, parseMail } from '../../electron/engine/inbox/index.ts';
import { openImapSession } from '../../electron/engine/mailboxes/index.ts';
import type { MailTransports } from '../../electron/engine/ports.ts';
import { median, printTable } from '../support/bench.ts';
import { dovecotMissing, startDovecot } from '../support/dovecot.ts';
import { emailStep, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';

const replies = Number(process.env['BENCH_REPLIES'] ?? 40);
const folderSize = Number(process.env['BENCH_FOLDER'] ?? 100_000);
const parsed = Number(process.env['BENCH_MESSAGES'] ?? 3000);
const sentence = 'Thank you for your mail, I looked at it with a colleague and we have a question about the price. Größe und Länge, naïve café. ';

function letter(from: string, id: string, inReplyTo: string | null): string {
  return [
    `From: Anna Berg <${from}>`,
    'To: Tess Ter <tess@test.example.com>',
    'Subject: Re: Hello',
    `Message-ID: <${id}@example.org>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    ...(inReplyTo === null ? [] : [`In-Reply-To: ${inReplyTo}`, `References: ${inReplyTo}`]),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    sentence.repeat(6),
    '',
    'On Mon, 2 Mar 2026 at 10:00, Tess Ter <tess@test.example.com> wrote:',
    ...Array.from({ length: 12 }, () => `> ${sentence}`),
    '',
  ].join('\r\n');
}

async function readingRate(): Promise<void> {
  const source = Buffer.from(letter('anna@example.org', 'x', '<ours@test.example.com>'));
  const rates: { parse: number; both: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    let startedAt = performance.now();
    for (let i = 0; i < parsed; i += 1) await parseMail(source);
    const parse = parsed / ((performance.now() - startedAt) / 1000);
    startedAt = performance.now();
    for (let i = 0; i < parsed; i += 1) classify(await parseMail(source), null);
    rates.push({ parse, both: parsed / ((performance.now() - startedAt) / 1000) });
  }
  printTable(`reading a reply of ${(source.length / 1000).toFixed(1)} kB`, [
    { work: 'parse', 'messages/s': Math.round(median(rates.map(({ parse }) => parse))) },
    { work: 'parse + classify', 'messages/s': Math.round(median(rates.map(({ both }) => both))) },
  ]);
}

async function replyToStopped(): Promise<void> {
  const dovecot = await startDovecot();
  const dataDir = mkdtempSync(join(tmpdir(), 'homing-bench-'));
  const sink = fork(fileURLToPath(new URL('../support/smtp-sink-process.ts', import.meta.url)), [], { execArgv: [] });
  const smtpPort = await new Promise<number>((resolve) => sink.once('message', (message) => resolve((message as { port: number }).port)));
  let heardAt = 0;
  const openInbox: MailTransports['openInbox'] = async (access, signal) => {
    const session = await openImapSession(access, signal);
    const { watch } = session;
    return Object.assign(session, {
      watch: (path: string, onNew: () => void) =>
        watch(path, () => {
          heardAt ||= performance.now();
          onNew();
        }),
    });
  };
  const engine = await startEngine(realPorts(dataDir, { transports: { openInbox } }));
  try {
    const { id } = engine.services.mailboxes.create(testMailbox(smtpPort, { imapPort: dovecot.imapPort, password: dovecot.password }));
    await launchCampaign(engine, {
      recipients: Array.from({ length: replies }, (_, index) => `anna${index}@example.org`),
      mailboxIds: [id],
      steps: [emailStep('a', 'Hello', 'Hi {{ first_name }}'), waitStep('w', 'P3D'), emailStep('b', '', 'Still there?')],
    });
    const sent = () => engine.services.deliveries.list({ limit: 500, state: 'sent', sort: 'sentAt' }).items;
    await until(() => sent().length === replies && engine.services.mailboxes.get(id).inboxCheckedAt !== null, 'all first mails left');
    let stoppedAt = 0;
    engine.services.events.subscribe((list) => {
      if (list.some(({ type }) => type === 'stopped')) stoppedAt = performance.now();
    });
    const whole: number[] = [];
    const own: number[] = [];
    for (const delivery of sent()) {
      heardAt = 0;
      stoppedAt = 0;
      const arrivedAt = performance.now();
      dovecot.deliver('tess', letter(delivery.recipient, delivery.id, delivery.messageId));
      await until(() => stoppedAt > 0, 'the person was stopped');
      whole.push(stoppedAt - arrivedAt);
      own.push(stoppedAt - heardAt);
    }
    const row = (work: string, times: number[]) => ({
      work,
      'median ms': median(times).toFixed(1),
      'p95 ms': ([...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? NaN).toFixed(1),
      'worst ms': Math.max(...times).toFixed(1),
    });
    printTable(`a reply in the maildir → enrolment stopped, ${replies} replies, IDLE, engine with all rules (bar: 50 ms of our own)`, [
      row('arrival → stopped', whole),
      row('announced by the server → stopped', own),
    ]);

    console.log(`writing a folder of ${folderSize.toLocaleString('en')} messages …`);
    for (let i = 0; i < folderSize; i += 1)
      dovecot.deliver('tess', `From: news${i}@example.net\r\nMessage-ID: <n${i}@example.net>\r\nSubject: News ${i}\r\n\r\nNews\r\n`, 'Archive');
    // Dovecot builds its index at the first look; that is not ours.
    const session = await openImapSession({ host: '127.0.0.1', port: dovecot.imapPort, security: 'none', user: 'tess', password: dovecot.password, allowSelfSigned: true });
    await session.open('Archive');
    await session.close();
    // Dovecot notices what changes behind its back by whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let peak = before;
    const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    const database = new Database(join(dataDir, 'homing.db'), { readonly: true });
    const cursor = database.prepare(`select last_uid as uid from folder_cursors where folder = 'Archive'`);
    const startedAt = performance.now();
    engine.services.inbox.poke();
    await until(() => (cursor.get() as { uid: number } | undefined)?.uid === folderSize, 'the folder was read', 300_000);
    clearInterval(sampler);
    database.close();
    printTable(`first look at a folder of ${folderSize.toLocaleString('en')} messages that all arrived after our first mail`, [
      { seconds: ((performance.now() - startedAt) / 1000).toFixed(1), 'memory at its peak, MB more': Math.round((peak - before) / 1e6) },
    ]);
  } finally {
    await engine.stop();
    await dovecot.remove();
    sink.kill();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await readingRate();
if (dovecotMissing === null) await replyToStopped();
else console.log(dovecotMissing);
