import { readMessages } from './messages.ts';

/** Whether a machine or a person wrote each message of `eml/`, as the product decides; the return date of an absence. */
export async function run(path: string): Promise<unknown[]> {
  return (await readMessages(path)).map(({ file, classified }) => {
    const person = classified.class === 'human' || classified.class === 'opt_out';
    return { file, label: person ? 'human' : 'auto', subtype: person ? null : classified.class, returnDate: classified.returnDate };
  });
}
