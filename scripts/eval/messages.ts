import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classify, parseMail, type Classified, type InboundMail } from '../../electron/engine/inbox/index.ts';

export interface ReadMessage {
  /** As the labels name it: `eml/x.eml`. */
  readonly file: string;
  readonly mail: InboundMail;
  readonly classified: Classified;
}

/** Parses and classifies every message of a set, in the order of its names, as the inbox does with mail from a server. */
export async function readMessages(path: string): Promise<ReadMessage[]> {
  const names = (await readdir(join(path, 'eml'))).filter((name) => name.endsWith('.eml')).sort();
  const read: ReadMessage[] = [];
  for (const name of names) {
    const mail = await parseMail(await readFile(join(path, 'eml', name)));
    read.push({ file: `eml/${name}`, mail, classified: classify(mail, null) });
  }
  return read;
}
