import type { FolderRole, FolderStatus, InboxFolder, InboxMessage, InboxSession, MailTransports } from '../../electron/engine/ports.ts';
import type { InboxDeps } from '../../electron/engine/inbox/index.ts';
import { openInboxBench } from './inbox.ts';
import { openTestBase, type TestBase } from './store.ts';

const roles: Readonly<Record<string, FolderRole>> = { INBOX: 'inbox', Junk: 'junk', Sent: 'sent' };

function headOf(source: Uint8Array): Uint8Array {
  const end = Buffer.from(source).indexOf('\r\n\r\n');
  return end < 0 ? source : source.slice(0, end + 4);
}

/** A mailbox in memory behind the same port as IMAP. */
export function memoryMailbox(now: () => number) {
  const folders = new Map<string, { validity: string; mails: InboxMessage[] }>([['INBOX', { validity: '1', mails: [] }]]);
  let opened = 0;
  const fetches: number[] = [];
  const sources: number[] = [];
  const mailsOf = (path: string): InboxMessage[] => folders.get(path)?.mails ?? [];
  const status = (path: string): FolderStatus => ({ uidValidity: folders.get(path)?.validity ?? '', uidNext: (mailsOf(path).at(-1)?.uid ?? 0) + 1 });
  const session = (): InboxSession => {
    opened += 1;
    let usable = true;
    return {
      get usable() {
        return usable;
      },
      folders: async () => [...folders.keys()].map((path): InboxFolder => ({ path, role: roles[path] ?? 'other', status: null })),
      status: async (path) => status(path),
      open: async (path) => status(path),
      async *heads(path, { afterUid, since = 0 }) {
        if (path === 'INBOX') fetches.push(afterUid);
        const found = mailsOf(path).filter((mail) => mail.uid > afterUid && mail.receivedAt >= since);
        if (found.length > 0) yield found.map(({ uid, source, receivedAt }) => ({ uid, head: headOf(source), receivedAt }));
      },
      async *sources(path, uids) {
        for (const mail of mailsOf(path)) {
          if (!uids.includes(mail.uid)) continue;
          sources.push(mail.uid);
          yield mail;
        }
      },
      findTo: async () => [],
      findByHeader: async () => [],
      append: async () => undefined,
      watch: async () => undefined,
      onClose: () => undefined,
      close: async () => {
        usable = false;
      },
    };
  };
  const transports: MailTransports = { openSmtp: () => Promise.reject(new Error('no')), openInbox: async () => session() };
  return {
    transports,
    fetches,
    /** UIDs that were read in full. */
    sources,
    opened: () => opened,
    folders,
    deliver(lines: string[], body: string, folder = 'INBOX') {
      const mails = folders.get(folder)?.mails ?? [];
      mails.push({ uid: (mails.at(-1)?.uid ?? 0) + 1, source: Buffer.from([...lines, '', body, ''].join('\r\n')), receivedAt: now() });
    },
  };
}

/** The inbox over a mailbox in memory: `receive` delivers a message and looks. */
export function openReceiving({ base = openTestBase(), deps = {} }: { base?: TestBase; deps?: Partial<InboxDeps> } = {}) {
  const mailbox = memoryMailbox(base.clock.now);
  const bench = openInboxBench({ base, transports: mailbox.transports, deps });
  let counter = 0;
  return {
    ...bench,
    mailbox,
    async receive(from: string, headers: string[], body: string) {
      counter += 1;
      const own = headers.some((line) => /^message-id:/i.test(line)) ? [] : [`Message-ID: <in${counter}@example.org>`];
      mailbox.deliver([`From: ${from}`, 'To: me@example.com', `Date: ${new Date(base.clock.now()).toUTCString()}`, ...own, ...headers], body);
      const found = await bench.inbox.refresh(bench.mailboxId);
      return { found: found.found, reply: bench.inbox.list({ limit: 1 }).items[0] };
    },
  };
}

/** Headers and body of a delivery report (RFC 3464). */
export function report(recipient: string, returned: string, fields: { action?: string; status?: string; diagnostic?: string } = {}): [string[], string] {
  const { action = 'failed', status = '5.1.1', diagnostic = 'smtp; 550 5.1.1 User unknown' } = fields;
  return [
    ['Subject: Undelivered Mail Returned to Sender', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'],
    [
      '--b',
      'Content-Type: text/plain',
      '',
      'Your mail could not be delivered.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.org',
      '',
      `Final-Recipient: rfc822; ${recipient}`,
      `Action: ${action}`,
      `Status: ${status}`,
      `Diagnostic-Code: ${diagnostic}`,
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      returned,
      '',
      '--b--',
    ].join('\r\n'),
  ];
}
