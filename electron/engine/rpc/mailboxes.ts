import type { Inbox } from '../inbox/index.ts';
import type { Mailboxes } from '../mailboxes/index.ts';
import { os } from './base.ts';

export function mailboxesRouter(mailboxes: Mailboxes, inbox: Pick<Inbox, 'refresh'>) {
  return {
    list: os.mailboxes.list.handler(({ input }) => mailboxes.list(input)),
    create: os.mailboxes.create.handler(({ input }) => mailboxes.create(input)),
    get: os.mailboxes.get.handler(({ input }) => mailboxes.get(input.id)),
    update: os.mailboxes.update.handler(({ input }) => mailboxes.update(input)),
    remove: os.mailboxes.remove.handler(({ input }) => mailboxes.remove(input.id)),
    test: os.mailboxes.test.handler(({ input }) => mailboxes.test(input.id, input.roundTrip)),
    testSettings: os.mailboxes.testSettings.handler(({ input }) => mailboxes.testSettings(input)),
    pause: os.mailboxes.pause.handler(({ input }) => mailboxes.pause(input.id, input.until)),
    resume: os.mailboxes.resume.handler(({ input }) => mailboxes.resume(input.id)),
    checkInbox: os.mailboxes.checkInbox.handler(({ input }) => inbox.refresh(input.id)),
    discover: os.mailboxes.discover.handler(({ input, signal }) => mailboxes.discover(input.address, signal)),
    health: os.mailboxes.health.handler(({ input }) => mailboxes.health.get(input.id)),
    checkHealth: os.mailboxes.checkHealth.handler(({ input }) => mailboxes.health.check(input.id)),
    dkimRecord: os.mailboxes.dkimRecord.handler(({ input }) => mailboxes.dkimRecord(input.id)),
    startSignIn: os.mailboxes.startSignIn.handler(({ input }) => mailboxes.signIns.start(input)),
    getSignIn: os.mailboxes.getSignIn.handler(({ input }) => mailboxes.signIns.get(input.id)),
    cancelSignIn: os.mailboxes.cancelSignIn.handler(({ input }) => mailboxes.signIns.cancel(input.id)),
    signOut: os.mailboxes.signOut.handler(({ input }) => mailboxes.signOut(input.id)),
  };
}
