import { onTestFinished } from 'vitest';
import { providerInputSchema } from '../../shared/schemas/assist.ts';
import type { ContactInput } from '../../shared/schemas/contact.ts';
import type { Review } from '../../shared/schemas/review.ts';
import { stepSchema, type Step } from '../../shared/schemas/sequence.ts';
import { launchCampaign, realPorts, startEngine, testMailbox, until } from './engine.ts';
import { startOllama } from './ollama-server.ts';
import { startRecordingSmtp } from './recording-smtp.ts';
import { temporaryDir } from './store.ts';

/** What a model answers. */
export const passage = (text: string, facts: string[] = []) => JSON.stringify({ text, facts });
export const good = 'With 40 electric vans, how do you plan your routes?';
export const fallbackOf = (company: string) => `I came across ${company} and would like to know more.`;

/** A mail with a personal block. */
export function mail(more: object = {}, personal: object = {}): Step[] {
  const text = 'Hello {{ first_name }},\n\n{{ personal.block }}\n\nWould you like to hear how others plan their routes?';
  const block = { instruction: 'One sentence about {{ custom.fleet }}', fallback: fallbackOf('{{ company }}'), ...personal };
  return [stepSchema.parse({ id: 'm', type: 'email', variants: [{ subject: 'Routes', text }], personal: block, next: null, ...more })];
}

interface Options {
  readonly model?: boolean;
  readonly steps?: Step[];
  readonly recipients?: string[];
  readonly contact?: (email: string) => Partial<ContactInput>;
  readonly says?: Parameters<Awaited<ReturnType<typeof startOllama>>['says']>[0];
}

/** A running campaign whose mails hold a personal block, with a stand-in host and a recording server. */
export async function openPersonal({ model = true, steps = mail(), recipients = ['anna@example.com'], contact, says = passage(good, ['custom.fleet', 'made_up']) }: Options = {}) {
  const smtp = await startRecordingSmtp({ keepSource: true });
  const host = await startOllama();
  host.says(says);
  const dataDir = temporaryDir();
  let engine = await startEngine(realPorts(dataDir));
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await engine.stop();
    await Promise.all([smtp.close(), host.close()]);
  };
  onTestFinished(stop);
  const addModel = () => engine.services.assist.providers.create(providerInputSchema.parse({ name: 'Stand-in', url: host.url, models: ['llama3.2:3b'] }));
  if (model) addModel();
  const mailboxId = engine.services.mailboxes.create(testMailbox(smtp.port)).id;
  const onFile = contact ?? (() => ({ company: 'Nordwind', custom: { fleet: '40 electric vans' } }));
  const campaignId = await launchCampaign(engine, { recipients, mailboxIds: [mailboxId], steps, contact: onFile });
  const waiting = (): Review[] => engine.services.reviews.list({ limit: 50 }).items;
  return {
    smtp,
    host,
    addModel,
    campaignId,
    waiting,
    /** Before the end of the test, for tests that open many. */
    stop,
    get engine() {
      return engine;
    },
    get services() {
      return engine.services;
    },
    get reviews() {
      return engine.services.reviews;
    },
    async restart(): Promise<void> {
      await engine.stop();
      engine = await startEngine(realPorts(dataDir));
    },
    async written(count = 1): Promise<Review[]> {
      await until(() => waiting().filter(({ personal }) => personal?.state === 'written').length === count, 'the blocks are written');
      return waiting();
    },
    /** Text of the mails that left. */
    left: () => smtp.messages().map(({ source = '' }) => source.replace(/=\r?\n/g, '').replaceAll('\r\n', '\n')),
  };
}
