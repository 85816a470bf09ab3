import { readMessages } from './messages.ts';

/**
 * What the product reads out of each message of `eml/`: the fate of every recipient, and the worst of them as the message's
 * own. The labels call delayed what a server still tries and what it gave up for lack of time; the product tells the two apart.
 */
export async function run(path: string): Promise<unknown[]> {
  return (await readMessages(path)).map(({ file, classified }) => {
    const { bounce } = classified;
    const recipients = (bounce?.recipients ?? []).map(({ address, kind, status }) => ({ address, kind, status }));
    const worst = (['hard', 'block', 'soft'] as const).find((kind) => recipients.some((recipient) => recipient.kind === kind)) ?? 'none';
    return { file, kind: worst, delayed: bounce?.recipients.some(({ delayed, expired }) => delayed || expired) ?? false, recipients };
  });
}
