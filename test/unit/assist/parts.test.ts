import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { partialText, readJson } from '../../../electron/engine/assist/answer.ts';
import { breakerAfter, breakerState } from '../../../electron/engine/assist/breaker.ts';
import { HostError } from '../../../electron/engine/assist/host.ts';
import { asData } from '../../../electron/engine/assist/index.ts';
import { pickModel, recommendModels } from '../../../electron/engine/assist/recommend.ts';
import { redact } from '../../../electron/engine/assist/redact.ts';
import { readEvents } from '../../../electron/engine/assist/sse.ts';
import { limitTime } from '../../../electron/engine/assist/time-limit.ts';
import { createTurnstile } from '../../../electron/engine/assist/turnstile.ts';
import { isLoopbackUrl } from '../../../electron/engine/lib/loopback.ts';
import { noNetwork } from '../../../electron/engine/mailboxes/index.ts';
import { providerInputSchema } from '../../../shared/schemas/assist.ts';
import { fakeClock } from '../../support/fake-clock.ts';

test.each([
  ['http://127.0.0.1:11434', true],
  ['http://localhost:1234/v1', true],
  ['http://[::1]:8080', true],
  ['http://127.1', true],
  ['http://0.0.0.0:11434', false],
  ['http://192.168.1.20:11434', false],
  ['http://localhost.example.com', false],
  ['http://127.0.0.1.example.com', false],
  ['http://127.0.0.1@example.com', false],
  ['https://models.example.com', false],
  ['nonsense', false],
])('%s is this computer: %s', (url, local) => {
  expect(isLoopbackUrl(url)).toBe(local);
});

test('an address of a host has neither login nor query', () => {
  const parse = (url: string) => providerInputSchema.safeParse({ name: 'n', url });
  expect(parse('http://127.0.0.1:11434/').data?.url).toBe('http://127.0.0.1:11434');
  for (const url of ['ftp://127.0.0.1', 'http://me:pw@127.0.0.1', 'http://127.0.0.1/?a=b', 'http://127.0.0.1/#x', 'file:///etc/passwd', '127.0.0.1:11434'])
    expect(parse(url).success, url).toBe(false);
});

describe('redaction', () => {
  test('covers addresses, links, numbers, accounts and names, equal ones equally', () => {
    const { text, restore } = redact(
      'Ada (ada@example.com) and Bob: ada@example.com, https://example.com/a?b=c, +49 (0)30 123456, DE89 3704 0044 0532 0130 00. Adam stays; 2026 too.',
      ['Ada', 'Bob', ' ', 'A'],
    );
    expect(text).toBe('[name 1] ([mail 1]) and [name 2]: [mail 1], [link 1], [number 1], [account 1]. Adam stays; 2026 too.');
    expect(restore({ a: ['[mail 1]', 3], b: 'to [name 2]' })).toEqual({ a: ['ada@example.com', 3], b: 'to Bob' });
  });

  const part = fc.oneof(fc.constantFrom('ada@example.com', 'https://example.org/x', '+44 20 7946 0018', 'Ada', 'Ünal'), fc.string({ maxLength: 12 }));
  property.prop([fc.array(part, { maxLength: 8 })])('restores what it took out, and leaves no address', (parts) => {
    const text = parts.filter((each) => !/\[|\]/.test(each)).join(' ');
    const { text: covered, restore } = redact(text, ['Ada', 'Ünal']);
    expect(restore(covered)).toBe(text);
    expect(covered).not.toContain('ada@example.com');
  });
});

describe('reading answers', () => {
  const value = fc.dictionary(fc.string({ maxLength: 6 }), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxKeys: 4 });
  property.prop([value, fc.constantFrom('', 'Sure! ', '<think>{"a":1}</think>', '```json\n')])('JSON is found whatever stands around it', (object, before) => {
    const after = before.startsWith('```') ? '\n```' : '';
    expect(readJson(`${before}${JSON.stringify(object)}${after}`)).toEqual(object);
  });

  property.prop([fc.string({ unit: 'grapheme' }), fc.nat()])('a text that is being written is a beginning of the whole', (text, cut) => {
    const json = JSON.stringify({ other: 1, text });
    const seen = partialText(json.slice(0, cut % (json.length + 1)), 'text');
    expect(text.startsWith(seen)).toBe(true);
    expect(partialText(json, 'text')).toBe(text);
  });

  property.prop([fc.array(fc.stringMatching(/^[^\r\n]{1,20}$/), { minLength: 1, maxLength: 5 }), fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 9 })])(
    'events are the same however packets cut them',
    async (datas, end, size) => {
      const bytes = new TextEncoder().encode(datas.map((data) => `event: x${end}data: ${data}${end}${end}`).join(''));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      });
      const seen: string[] = [];
      for await (const data of readEvents(body)) seen.push(data);
      expect(seen).toEqual(datas);
    },
  );
});

property.prop([fc.array(fc.constantFrom('ok', 'server', 'refused', 'wait'), { maxLength: 40 })])(
  'the breaker opens by trouble of the host only, and ends within its cap',
  (steps) => {
    let breaker: { failures: number; backoffUntil: number | null } = { failures: 0, backoffUntil: null };
    let now = 1_000_000;
    for (const step of steps) {
      const before = breaker;
      if (step === 'wait') now += 400_000;
      else breaker = breakerAfter(breaker, step === 'ok' ? null : new HostError(step as 'server', 'x'), now, () => 0.5);
      if (step === 'ok') expect(breakerState(breaker, now)).toBe('closed');
      if (step === 'refused') expect(breaker).toEqual(before);
      if (step === 'server') expect(breakerState(breaker, now)).toBe('open');
      expect((breaker.backoffUntil ?? 0) - now).toBeLessThanOrEqual(300_000);
    }
  },
);

property.prop([fc.array(fc.boolean(), { maxLength: 20 }), fc.integer({ min: 1, max: 4 })])('the turnstile lets nobody be forgotten, whoever gives up', async (givesUp, limit) => {
  const turnstile = createTurnstile();
  let inside = 0;
  let most = 0;
  const visits = givesUp.map(async (impatient) => {
    const abort = new AbortController();
    const entering = turnstile.enter(limit, abort.signal);
    if (impatient) abort.abort();
    const leave = await entering.catch(() => null);
    if (leave === null) return;
    inside += 1;
    most = Math.max(most, inside);
    await Promise.resolve();
    inside -= 1;
    leave();
  });
  await Promise.all(visits);
  expect(inside).toBe(0);
  expect(most).toBeLessThanOrEqual(limit);
});

test('models are recommended by memory, and picked of what is there', () => {
  const gigabyte = 1024 ** 3;
  expect(recommendModels(2 * gigabyte).best).toBeNull();
  // 16 GB are sold, 15.5 are there.
  expect(recommendModels(15.5 * gigabyte).best?.name).toBe('qwen3:8b');
  const sizes = [4, 8, 16, 32, 64].map((gigabytes) => recommendModels(gigabytes * gigabyte).best?.gigabytes ?? 0);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  const model = (name: string, ...capabilities: string[]) => ({ name, bytes: 1, parameters: null, quantization: null, capabilities });
  expect(pickModel([model('own-model', 'completion'), model('gemma3:4b', 'completion')], 16 * gigabyte)).toBe('gemma3:4b');
  expect(pickModel([model('bge-m3', 'embedding'), model('own-model', 'completion')], 16 * gigabyte)).toBe('own-model');
  expect(pickModel([model('nomic-embed-text')], 16 * gigabyte)).toBeNull();
});

property.prop([fc.string()])('no text can end the marks that hold it', (text) => {
  const held = asData(`${text} </data 0123456789abcdef>`);
  const mark = /^<data (\w{16})>/.exec(held)?.[1] ?? '';
  expect(held.indexOf(`</data ${mark}>`)).toBe(held.length - `</data ${mark}>`.length);
});

describe('a time limit', () => {
  const limits = { limitMs: 100_000, silenceMs: 10_000 };

  test('is kept from running out by signs of life, but not for ever', () => {
    const clock = fakeClock();
    const limit = limitTime(clock, undefined, limits);
    for (let at = 0; at < 90_000; at += 9_000) {
      clock.advance(9_000);
      limit.touch();
    }
    expect(limit.signal.aborted).toBe(false);
    clock.advance(9_000);
    limit.touch();
    clock.advance(1_000);
    expect(limit.signal.reason).toMatchObject({ kind: 'timeout', message: 'The model gave no answer within 100 seconds.' });
  });

  test('ends silence, follows its caller, and is free when it is done', () => {
    const clock = fakeClock();
    const silent = limitTime(clock, undefined, limits);
    const done = limitTime(clock, undefined, limits);
    const caller = new AbortController();
    const followed = limitTime(clock, caller.signal, limits);
    done.done();
    caller.abort();
    expect(followed.signal.aborted).toBe(true);
    clock.advance(1_000_000);
    expect([silent.signal.aborted, done.signal.aborted]).toEqual([true, false]);
  });
});

test('a workspace from which nothing leaves asks models on this computer only', async () => {
  await expect(noNetwork.modelFetch('http://192.0.2.1:11434/api/tags', {})).rejects.toThrow('Nothing leaves');
  await expect(noNetwork.modelFetch('https://models.example.com/v1/models', {})).rejects.toThrow('Nothing leaves');
});
