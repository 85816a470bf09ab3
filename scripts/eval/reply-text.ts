import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMail, readReplyText } from '../../electron/engine/inbox/index.ts';

interface Case {
  readonly id: string;
  readonly format: 'text' | 'html' | 'eml';
  readonly file: string;
}

/** What the person wrote in each message, as the inbox stores it. */
export async function run(path: string): Promise<unknown[]> {
  const cases = JSON.parse(await readFile(join(path, 'cases.json'), 'utf8')) as Case[];
  return Promise.all(
    cases.map(async ({ id, format, file }) => {
      const body = await readFile(join(path, file));
      return { id, text: readReplyText(await parseMail(format === 'eml' ? body : asMail(body, format))) };
    }),
  );
}

/** A bare body as the message that carries it. */
function asMail(body: Buffer, format: 'text' | 'html'): Buffer {
  const head = `MIME-Version: 1.0\r\nContent-Type: text/${format === 'html' ? 'html' : 'plain'}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body.toString('base64').replace(/.{76}/g, '$&\r\n'))]);
}
