import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAddress } from '../../electron/engine/lib/address.ts';

/** The importer's verdict on each address. */
export async function run(path: string): Promise<unknown[]> {
  const { cases } = JSON.parse(await readFile(join(path, 'email_addresses.json'), 'utf8')) as { cases: { address: string }[] };
  return cases.map(({ address }) => ({ address, verdict: parseAddress(address).ok ? 'valid' : 'invalid' }));
}
