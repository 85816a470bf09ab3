import { onTestFinished } from 'vitest';
import { openSmtpSession } from '../../electron/engine/mailboxes/index.ts';
import { smtpTimeouts, type SmtpTimeouts } from '../../electron/engine/mailboxes/smtp-timeouts.ts';
import type { EventType } from '../../shared/schemas/event.ts';
import type { MailboxInput } from '../../shared/schemas/mailbox.ts';
import { emailStep, fastClock, launchCampaign, realPorts, startEngine, testMailbox, waitStep } from './engine.ts';
import type { Certificate } from './https-server.ts';
import { speakSmtp, startScriptedSmtp, type SmtpPeer, type SmtpPhase } from './scripted-smtp.ts';
import { temporaryDir } from './store.ts';

/** What a server does at a phase instead of a plain answer. */
export type SmtpFault = (peer: SmtpPeer) => void | Promise<void>;

/** Holds the connection and says nothing more. */
export const silence: SmtpFault = async (peer) => {
  while ((await peer.line()) !== null);
};
export const hangUp: SmtpFault = (peer) => peer.close();
export const say =
  (text: string): SmtpFault =>
  (peer) =>
    peer.say(`${text}\r\n`);
/** Says it and hangs up. */
export const sayAndHangUp =
  (text: string): SmtpFault =>
  (peer) => {
    peer.say(`${text}\r\n`);
    peer.close();
  };
/** Answers of this are cut into packets of one byte each. */
export const trickle =
  (text: string): SmtpFault =>
  (peer) =>
    peer.trickle(`${text}\r\n`);
/** A line that never ends, in pieces, until the other side has enough. */
export const endless: SmtpFault = async (peer) => {
  for (let piece = 0; piece < 200; piece += 1) {
    peer.say('250 '.concat('x'.repeat(4096)));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await silence(peer);
};

export interface FaultyServer {
  readonly phase: SmtpPhase;
  readonly fault: SmtpFault;
  /** How many connections have the fault, the first ones; later ones are served well. */
  readonly faulty?: number;
  readonly extensions?: readonly string[];
  readonly certificate?: Certificate;
}

/** A whole engine with one mailbox on a server whose first connections have a fault. */
export async function openFaulty(
  server: FaultyServer,
  options: {
    timeouts?: Partial<SmtpTimeouts>;
    smtp?: Partial<MailboxInput['smtp']>;
    connections?: number;
    factor?: number;
    recipients?: readonly string[];
    followUp?: boolean;
  } = {},
) {
  const { phase, fault, faulty = 1, extensions = ['PIPELINING', '8BITMIME', 'AUTH PLAIN'], certificate } = server;
  const messages: string[] = [];
  let connections = 0;
  const smtp = await startScriptedSmtp(null, (peer, connection) => {
    connections = connection;
    return speakSmtp(peer, {
      extensions,
      ...(certificate === undefined ? {} : { certificate }),
      onMessage: (to) => messages.push(to),
      async instead(now, on) {
        if (now !== phase || connection > faulty) return false;
        await fault(on);
        return true;
      },
    });
  });
  // Back-offs of minutes pass in a blink.
  const clock = fastClock(options.factor ?? 600);
  const engine = await startEngine(
    realPorts(temporaryDir(), { clock, transports: { openSmtp: (access, signal) => openSmtpSession(access, signal, { ...smtpTimeouts, ...options.timeouts }) } }),
  );
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const { mailboxes, deliveries, events } = engine.services;
  const { id } = mailboxes.create(
    testMailbox(smtp.port, {
      ...(options.connections === undefined ? {} : { connections: options.connections }),
      smtp: { host: '127.0.0.1', security: 'none', allowSelfSigned: true, port: smtp.port, user: 'tess', password: 'right horse', auth: 'password', ...options.smtp },
    }),
  );
  const steps = [emailStep('a', 'Hello', 'Hi'), ...(options.followUp === true ? [waitStep('w', 'PT1M'), emailStep('b', '', 'Again')] : [])];
  await launchCampaign(engine, { recipients: options.recipients ?? ['anna@example.com'], mailboxIds: [id], steps });
  return {
    ...{ engine, clock, messages, mailboxes, deliveries },
    mailboxId: id,
    smtpPort: smtp.port,
    connections: () => connections,
    mailbox: () => mailboxes.get(id),
    rows: () => deliveries.list({ limit: 100, sort: 'createdAt' }).items,
    events: (...types: EventType[]) => events.after(0, 10_000).filter(({ type }) => types.includes(type)),
  };
}
