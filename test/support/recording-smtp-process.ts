import { startRecordingSmtp, type RecordingSmtp, type RecordingSmtpOrder, type RecordingSmtpReport } from './recording-smtp.ts';

/**
 * The recording SMTP server as a process: started by `startRecordingSmtpProcess` over IPC, or by hand with
 * `node test/support/recording-smtp-process.ts [port] [record file]`.
 */
let server: RecordingSmtp | null = null;

function say(report: RecordingSmtpReport): void {
  if (process.send !== undefined) process.send(report);
  else process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function start(order: Extract<RecordingSmtpOrder, { kind: 'start' }>): Promise<void> {
  server = await startRecordingSmtp(order.options);
  say({ kind: 'ready', port: server.port, file: server.file });
}

async function stop(): Promise<void> {
  await server?.close();
  process.exit(0);
}

process.on('message', (order: RecordingSmtpOrder) => {
  if (order.kind === 'start') void start(order);
  else void server?.setScripts(order.scripts).then(() => say({ kind: 'scripts_set' }));
});
process.on('disconnect', () => void stop());
process.on('SIGINT', () => void stop());
process.on('SIGTERM', () => void stop());
if (process.send === undefined) {
  const [port, file] = process.argv.slice(2);
  void start({ kind: 'start', options: { port: Number(port ?? 0), ...(file === undefined ? {} : { file }) } });
}
