import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileLog } from '../../../electron/engine/host/log.ts';
import { temporaryDir } from '../../support/store.ts';

test('writes lines at once, without secrets', () => {
  const dir = temporaryDir();
  createFileLog(dir, { alsoToStderr: false }).info({ password: 'hunter2', port: 25 }, 'connected');
  const text = readFileSync(join(dir, 'logs', 'homing.log'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ password: '(hidden)', port: 25, msg: 'connected' });
});

// /dev/full refuses every write as a full disk does.
test.skipIf(!existsSync('/dev/full'))('a full disk takes no lines and breaks nobody who logs', async () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'logs'));
  symlinkSync('/dev/full', join(dir, 'logs', 'homing.log'));
  const log = createFileLog(dir, { alsoToStderr: false });
  for (let i = 0; i < 3; i += 1) log.error({ err: new Error('lost') }, 'something went wrong');
  // A stream would tell its failure on a later turn.
  await new Promise((resolve) => setTimeout(resolve, 50));
  log.info({}, 'goes on');
});
