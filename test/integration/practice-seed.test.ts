import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import { createPracticePorts, practiceMailbox, type Practice } from '../../electron/engine/practice/index.ts';
import { realPorts } from '../support/engine.ts';
import { temporaryDir } from '../support/store.ts';

async function open(dataDir: string): Promise<{ practice: Practice; engine: Engine; stop(): Promise<void> }> {
  const practice = createPracticePorts(realPorts(dataDir), { factor: 1 });
  await practice.start();
  const engine = await createEngine(practice.ports);
  engine.start();
  let stopped = false;
  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    await engine.stop();
    await practice.stop();
  }
  onTestFinished(stop);
  return { practice, engine, stop };
}

async function inventory(engine: Engine) {
  const { mailboxes, sequences, campaigns } = engine.practiceServices;
  const page = { limit: 500 };
  const [boxes, sequence, campaign] = [await mailboxes.list(page), await sequences.list(page), await campaigns.list(page)];
  return { boxes: boxes.items, sequences: sequence.items, campaigns: campaign.items, people: engine.services.contacts.list(page).total };
}

describe('the samples of a practice workspace', () => {
  it('are a tested mailbox, people, an active sequence and a campaign that can be launched at once', async () => {
    const { practice, engine } = await open(temporaryDir());
    await practice.seed(engine.practiceServices);
    const { boxes, sequences, campaigns, people } = await inventory(engine);
    expect(boxes).toMatchObject([{ address: practiceMailbox.address, state: 'ready', sentCopy: 'provider' }]);
    expect(sequences).toMatchObject([{ status: 'active', issues: [] }]);
    expect(people).toBe(24);
    const campaign = campaigns[0];
    expect(engine.services.campaigns.preflight(campaign?.id ?? '')).toMatchObject({ ok: true, people: 24 });
    const lines = readFileSync('resources/practice/contacts.csv', 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + people);
  });

  it('are not written twice: not by a second start, nor after a crash between', async () => {
    const dataDir = temporaryDir();
    const first = await open(dataDir);
    await first.practice.seed(first.engine.practiceServices);
    const before = await inventory(first.engine);
    await first.stop();
    rmSync(join(dataDir, 'simulated', 'seeded'));
    const second = await open(dataDir);
    await second.practice.seed(second.engine.practiceServices);
    const after = await inventory(second.engine);
    expect([after.boxes.length, after.sequences.length, after.campaigns.length, after.people]).toEqual([
      before.boxes.length,
      before.sequences.length,
      before.campaigns.length,
      before.people,
    ]);
  });

  it('stay deleted when somebody deletes them', async () => {
    const dataDir = temporaryDir();
    const { practice, engine } = await open(dataDir);
    await practice.seed(engine.practiceServices);
    const { campaigns } = await inventory(engine);
    engine.services.campaigns.remove(campaigns[0]?.id ?? '');
    await practice.seed(engine.practiceServices);
    expect((await inventory(engine)).campaigns).toEqual([]);
  });

  it('are tried again at the next start when they could not be written', async () => {
    const dataDir = temporaryDir();
    const { practice, engine } = await open(dataDir);
    const broken = { ...engine.practiceServices, campaigns: { ...engine.practiceServices.campaigns, create: () => Promise.reject(new Error('disk full')) } };
    await expect(practice.seed(broken)).rejects.toThrow('disk full');
    await practice.seed(engine.practiceServices);
    expect((await inventory(engine)).campaigns).toHaveLength(1);
  });
});
