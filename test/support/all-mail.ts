import type { InboxMessage, InboxSession } from '../../electron/engine/ports.ts';

/** Every message of a folder above a UID, in full. */
export async function* allMail(session: InboxSession, path: string, afterUid = 0): AsyncIterable<InboxMessage> {
  await session.open(path);
  for await (const heads of session.heads(path, { afterUid }))
    yield* session.sources(
      path,
      heads.map(({ uid }) => uid),
    );
}
