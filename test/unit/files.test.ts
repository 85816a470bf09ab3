import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFiles, loadPersonalFile } from '../../electron/engine/files/index.ts';
import { openTestBase, temporaryDir } from '../support/store.ts';

function open() {
  const base = openTestBase();
  return { ...base, files: createFiles(base), onDisk: () => readdirSync(join(base.dataDir, 'files')) };
}

test('the same content is stored once, and goes with the last file that has it', async () => {
  const { files, onDisk } = open();
  const first = await files.store(new File(['offer'], '../../etc/Offer "1".pdf', { type: 'application/pdf' }));
  const second = await files.store(new File(['offer'], 'again.pdf', { type: 'application/pdf; x=1' }));
  expect([first.name, first.mediaType, second.mediaType, first.size]).toEqual(['Offer 1.pdf', 'application/pdf', 'application/pdf', 5]);
  expect(onDisk()).toEqual([first.sha256]);
  expect((await files.load(second.id))?.bytes.toString()).toBe('offer');
  expect(await (await files.content(first.id)).text()).toBe('offer');
  await files.remove(first.id);
  expect(onDisk()).toHaveLength(1);
  await files.remove(second.id);
  expect([onDisk(), await files.load(second.id), files.list({ limit: 10 }).total]).toEqual([[], null, 0]);
});

test('a file that a sequence sends stays', async () => {
  const { files, store } = open();
  const { id } = await files.store(new File(['x'], 'a.txt'));
  const graph = JSON.stringify({ steps: [{ id: 's', type: 'email', variants: [], attachments: [{ kind: 'file', fileId: id }] }] });
  store.transaction((tx) => tx.prepare(`insert into sequences (id, name, description, draft, created_at, updated_at) values ('q', 'Spring', '', ?, 0, 0)`).run(graph));
  await expect(files.remove(id)).rejects.toMatchObject({ code: 'in_use', message: expect.stringContaining('Spring') as string });
});

test('refuses empty and oversized files, and does not send what was changed on the disk', async () => {
  const { files, dataDir } = open();
  await expect(files.store(new File([], 'empty.pdf'))).rejects.toMatchObject({ code: 'bad_request' });
  await expect(files.store(new File([new Uint8Array(16 * 1024 * 1024)], 'big.bin'))).rejects.toMatchObject({ code: 'payload_too_large' });
  const { id, sha256 } = await files.store(new File(['right'], 'a.txt'));
  writeFileSync(join(dataDir, 'files', sha256), 'wrong');
  expect(await files.load(id)).toBeNull();
});

test("a person's file is found inside the folder only, also through links", async () => {
  const root = join(temporaryDir(), 'offers');
  mkdirSync(join(root, 'anna'), { recursive: true });
  writeFileSync(join(root, 'anna', 'Offer.pdf'), 'for anna');
  writeFileSync(join(root, '..', 'secret.txt'), 'secret');
  symlinkSync(join(root, '..', 'secret.txt'), join(root, 'link.txt'));
  expect(await loadPersonalFile(root, ' anna/Offer.pdf ')).toMatchObject({ name: 'Offer.pdf', mediaType: 'application/pdf' });
  expect(await loadPersonalFile(root, join(root, 'anna', 'Offer.pdf'))).not.toBeNull();
  for (const path of ['../secret.txt', 'link.txt', 'missing.pdf', '', 'anna', '/etc/passwd']) expect(await loadPersonalFile(root, path), path).toBeNull();
  expect(await loadPersonalFile('', 'anna/Offer.pdf')).toBeNull();
});
