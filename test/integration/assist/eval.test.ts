import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { goodDraft, readBriefs } from '../../support/briefs.ts';
import { startOllama } from '../../support/ollama-server.ts';

const script = join(import.meta.dirname, '../../../scripts/assist-eval.ts');

function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }));
  });
}

test('a model is scored feature by feature on labelled mail', async () => {
  const host = await startOllama({
    models: { 'llama3.2:3b': { size: 2_000_000_000, capabilities: ['completion'] }, 'nomic-embed-text': { size: 270_000_000, capabilities: ['embedding'] } },
  });
  onTestFinished(() => host.close());
  host.says(({ system, user }) => {
    if (system.includes('You sort')) return '{"class":"human","intent":"negative","confidence":0.8}';
    if (system.includes('subject lines')) return '{"ideas":[{"subject":"One","reason":"a"},{"subject":"Two","reason":"b"},{"subject":"Three","reason":"c"}]}';
    if (system.includes('sum up')) return '{"summary":"They wrote.","action":"nothing","reason":"It says so."}';
    if (system.includes('draft an answer')) return '{"text":"I am glad that you wrote."}';
    if (system.includes('You write a sequence')) return goodDraft(readBriefs().find(({ brief }) => user.includes(brief.offer))?.brief ?? { offer: '', goal: '', mails: 1 });
    if (system.includes('competitor')) return '{"offer":"Timetables","audience":"Harbours","tone":"Plain"}';
    if (system.includes('one short passage')) return '{"text":"What is new?","facts":["custom.fleet"]}';
    // Gives each text back as it is.
    return JSON.stringify({ text: /<data \w+>\n([\s\S]*)\n<\/data/.exec(user)?.[1] ?? '' });
  });
  const { code, out } = await run([host.url, 'llama3.2:3b', '--most', '4']);
  expect(code).toBe(0);
  const line = (name: string) => out.split('\n').find((each) => each.includes(name)) ?? '';
  expect(line('understand replies')).toMatch(/│ 4 +│ '100 %' +│ '[\d.]+ %' +│ '100 %'/);
  expect(line('rewrite: shorter')).toMatch(/│ 4 +│ '100 %' +│ '0 %'/);
  expect(line('what is next')).toMatch(/│ 4 +│ '100 %' +│ '[\d.]+ %' +│ '0 %'/);
  expect(line('drafts of answers')).toMatch(/│ 4 +│ '[\d.]+ %' +│ '[\d.]+ %'/);
  expect(line('personal passages')).toMatch(/│ 4 +│ '[\d.]+ %' +│ '[\d.]+ %'/);
  expect(line('sequences from a brief')).toMatch(/│ 4 +│ '100 %' +│ '100 %'/);
  expect(line('mails that worked before')).toMatch(/│ 4 +│ '100 %' +│ '[\d.]+ %' +│ '[\d.]+ %'/);
  expect(line('mails of competitors')).toMatch(/│ 4 +│ '100 %' +│ '100 %'/);
  expect(line('subject lines')).toMatch(/│ 4 +│ '100 %' +│ '100 %'/);
}, 60_000);

test('a model that is not there scores nothing, and a wrong call is a sentence', async () => {
  const { code, err } = await run(['nowhere', 'llama3.2:3b']);
  expect([code, err]).toEqual([2, expect.stringMatching(/^Write an address .*Usage: npm run assist:eval/)]);
  const host = await startOllama({ models: {} });
  onTestFinished(() => host.close());
  expect((await run([host.url, 'llama3.2:3b', '--most', '1'])).code).toBe(1);
}, 60_000);
