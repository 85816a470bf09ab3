// Sending end to end, durable rows and all rules on, against plain pooled nodemailer on the same sink in the same run.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { median, printTable } from '../support/bench.ts';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { anyTime, realPorts, startEngine, testMailbox } from '../support/engine.ts';

const messages = Number(process.env['BENCH_MESSAGES'] ?? 2000);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const paragraph = 'We help small teams to answer their mail in time. Größe, naïve café: a few accents keep the encoder honest.';
const text = `Hello {{ first_name }},\n\n${`${paragraph}\n\n`.repeat(36)}Best regards`;
const html = `<p>Hello {{ first_name }},</p>${`<p>${paragraph}</p>`.repeat(36)}<p>Best regards</p>`;

const sink = fork(fileURLToPath(new URL('../support/smtp-sink-process.ts', import.meta.url)), [], { execArgv: [] });
const sinkPort = await new Promise<number>((resolve) => sink.once('message', (message) => resolve((message as { port: number }).port)));

async function plain(port: number, connections: number, messages: number): Promise<{ rate: number; cpuMs: number }> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true, pool: true, maxConnections: connections, maxMessages: Infinity });
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  let next = 0;
  const worker = async () => {
    while (next < messages) {
      const i = next;
      next += 1;
      await transport.sendMail({
        from: 'Tess Ter <tess@test.example.com>',
        to: `person${i}@example.com`,
        subject: `Hello person${i}`,
        text: text.replace('{{ first_name }}', `person${i}`),
        html: html.replace('{{ first_name }}', `person${i}`),
      });
    }
  };
  await Promise.all(Array.from({ length: connections * 2 }, worker));
  const rate = messages / ((performance.now() - startedAt) / 1000);
  const cpu = process.cpuUsage(cpuBefore);
  transport.close();
  return { rate, cpuMs: (cpu.user + cpu.system) / 1000 / messages };
}

interface Run {
  readonly rate: number;
  readonly cpuMs: number;
  /** Resident memory at its highest, above what it was before, MB. */
  readonly peakMb: number;
  /** What is still held after a collection, above what was held before (needs --expose-gc), MB. */
  readonly keptMb: number;
}

const collect = (globalThis as { gc?: () => void }).gc;
const mb = (bytes: number) => bytes / 2 ** 20;

function heldBytes(): number {
  collect?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function homing(port: number, connections: number, messages: number): Promise<Run> {
  const dataDir = mkdtempSync(join(tmpdir(), 'homing-bench-'));
  const engine = await startEngine(realPorts(dataDir));
  const { contacts, mailboxes, sequences, campaigns, deliveries, events } = engine.services;
  const { id } = mailboxes.create(testMailbox(port, { connections }));
  mailboxes.pause(id, null);
  for (let i = 0; i < messages; i += 1)
    contacts.create({
      email: `person${i}@example.com`,
      firstName: `person${i}`,
      lastName: '',
      company: '',
      title: '',
      phone: '',
      website: '',
      city: '',
      country: '',
      timeZone: null,
      tags: [],
      custom: {},
    });
  const sequence = sequences.create({
    name: 'Bench',
    description: '',
    graph: {
      steps: [
        { id: 'a', type: 'email', variants: [{ id: 'A', weight: 1, active: true, subject: 'Hello {{ first_name }}', html, text }] },
        { id: 'w', type: 'wait', duration: 'P3D', businessDays: false },
        { id: 'b', type: 'email', variants: [{ id: 'A', weight: 1, active: true, subject: '', html: '', text: 'Again' }] },
      ],
    },
  });
  sequences.activate(sequence.id);
  const campaign = campaigns.create({ name: 'Bench', sequenceId: sequence.id, audience: { listIds: [], contactIds: [], everyone: true }, mailboxIds: [id], rules: anyTime });
  await campaigns.launch(campaign.id);
  let sent = 0;
  const done = new Promise<void>((resolve) => {
    events.subscribe((list) => {
      for (const event of list) if (event.type === 'sent') sent += 1;
      if (sent >= messages) resolve();
    });
  });
  const heldBefore = heldBytes();
  const residentBefore = process.memoryUsage.rss();
  let resident = residentBefore;
  const watch = setInterval(() => (resident = Math.max(resident, process.memoryUsage.rss())), 100);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  mailboxes.resume(id);
  engine.poke();
  await done;
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  clearInterval(watch);
  const memory = { peakMb: mb(resident - residentBefore), keptMb: mb(heldBytes() - heldBefore) };
  if (deliveries.list({ limit: 1, state: 'sent' }).total !== messages) throw new Error('not every message was sent');
  await engine.stop();
  rmSync(dataDir, { recursive: true, force: true });
  return { rate: messages / seconds, cpuMs: (cpu.user + cpu.system) / 1000 / messages, ...memory };
}

const rows: Record<string, string | number>[] = [];
for (const connections of (process.env['BENCH_CONNECTIONS'] ?? '1,5,10,20').split(',').map(Number)) {
  const ours: number[] = [];
  const cpu: number[] = [];
  const theirs: number[] = [];
  const theirCpu: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const baseline = await plain(sinkPort, connections, messages);
    theirs.push(baseline.rate);
    theirCpu.push(baseline.cpuMs);
    const result = await homing(sinkPort, connections, messages);
    ours.push(result.rate);
    cpu.push(result.cpuMs);
  }
  const ratios = ours.map((rate, i) => rate / (theirs[i] ?? NaN));
  rows.push({
    connections,
    'Homing msg/s': Math.round(median(ours)),
    'nodemailer pool msg/s': Math.round(median(theirs)),
    ratio: median(ratios).toFixed(2),
    'lowest ratio': Math.min(...ratios).toFixed(2),
    'CPU ms/message': median(cpu).toFixed(2),
    'nodemailer CPU': median(theirCpu).toFixed(2),
  });
}
printTable(`Sending ${messages} multipart messages of about 10 kB, ${rounds} paired rounds, medians`, rows);

const many = Number(process.env['BENCH_MANY'] ?? 10_000);
if (many > 0) {
  const { rate, cpuMs, peakMb, keptMb } = await homing(sinkPort, 10, many);
  printTable(`Processor time and memory of ${many} messages, 10 connections`, [
    { 'msg/s': Math.round(rate), 'CPU s': ((cpuMs * many) / 1000).toFixed(1), 'resident peak above start, MB': peakMb.toFixed(0), 'held afterwards, MB': keptMb.toFixed(1) },
  ]);
}

// A real server is far away: what counts there is how many round trips a mail costs on each connection.
const roundTripMs = 50;
const far = await startDelayProxy(sinkPort, roundTripMs);
const farRows: Record<string, string | number>[] = [];
for (const connections of [1, 5]) {
  const few = 60 * connections;
  const theirs = await plain(far.port, connections, few);
  const ours = await homing(far.port, connections, few);
  // Commands in one round trip, the body in another.
  const limit = (connections * 1000) / (2 * roundTripMs);
  farRows.push({
    connections,
    'Homing msg/s': ours.rate.toFixed(1),
    'nodemailer pool msg/s': theirs.rate.toFixed(1),
    'limit of 2 round trips': limit,
    'of the limit': (ours.rate / limit).toFixed(2),
  });
}
far.close();
sink.disconnect();
printTable(`The same with a round trip of ${roundTripMs} ms`, farRows);
