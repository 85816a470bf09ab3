// Processor time and memory of a whole engine that sends 10,000 mails, durable rows and all rules on.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printTable } from '../support/bench.ts';
import { emailStep, launchCampaign, realPorts, startEngine, testMailbox, waitStep } from '../support/engine.ts';

const messages = Number(process.env['BENCH_MESSAGES'] ?? 10_000);
const paragraph = 'We help small teams to answer their mail in time. Größe, naïve café: a few accents keep the encoder honest.\n\n';
const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

const sink = fork(fileURLToPath(new URL('../support/smtp-sink-process.ts', import.meta.url)), [], { execArgv: [] });
const port = await new Promise<number>((resolve) => sink.once('message', (message) => resolve((message as { port: number }).port)));
const dataDir = mkdtempSync(join(tmpdir(), 'homing-bench-'));
const engine = await startEngine(realPorts(dataDir));
const { mailboxes, events } = engine.services;
const ids = Array.from({ length: 4 }, (_, index) => mailboxes.create({ ...testMailbox(port, { connections: 3 }), address: `tess${index}@test.example.com` }).id);
for (const id of ids) mailboxes.pause(id, null);
await launchCampaign(engine, {
  recipients: Array.from({ length: messages }, (_, index) => `person${index}@d${index % 500}.example.com`),
  mailboxIds: ids,
  steps: [emailStep('a', 'Hello {{ first_name }}', `Hello {{ first_name }},\n\n${paragraph.repeat(36)}Best regards`), waitStep('w', 'P3D'), emailStep('b', '', 'Again')],
});
let sent = 0;
const done = new Promise<void>((resolve) => {
  events.subscribe((list) => {
    for (const { type } of list) if (type === 'sent') sent += 1;
    if (sent >= messages) resolve();
  });
});
globalThis.gc?.();
const before = process.memoryUsage().rss;
let peak = before;
const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
for (const id of ids) mailboxes.resume(id);
engine.poke();
await done;
const seconds = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);
clearInterval(sampler);
globalThis.gc?.();
const after = process.memoryUsage().rss;
await engine.stop();
sink.disconnect();
rmSync(dataDir, { recursive: true, force: true });
printTable(`Sending ${messages.toLocaleString('en')} mails of about 5 kB from 4 mailboxes of 3 connections`, [
  {
    'messages/s': Math.round(messages / seconds),
    'processor seconds': ((cpu.user + cpu.system) / 1e6).toFixed(1),
    'memory before, MB': megabytes(before),
    'more at the peak': megabytes(peak - before),
    'more after': megabytes(after - before),
  },
]);
