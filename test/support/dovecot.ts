import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot', '/opt/homebrew/sbin/dovecot'].find((file) => existsSync(file));

/** Why Dovecot tests cannot run here, or null. */
export const dovecotMissing: string | null =
  binary === undefined ? 'Dovecot is not installed (Debian: dovecot-imapd)' : process.platform !== 'linux' || process.getuid?.() !== 0 ? 'Dovecot tests need root on Linux' : null;

export interface Dovecot {
  /** Plain and STARTTLS. */
  readonly imapPort: number;
  readonly imapsPort: number;
  readonly password: string;
  /** The certificate, for no name but `test.example.com` and signed by nobody. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Puts a message into a folder as a mail server does; returns when the file is there. */
  deliver(user: string, raw: string | Uint8Array, folder?: string): void;
  /** Files of a folder with their maildir flags, for example `S` = seen. */
  flags(user: string, folder?: string): string[];
  /** Raw messages of a folder. */
  messages(user: string, folder?: string): string[];
  /** Forgets the folder's UIDs, so that its UIDVALIDITY changes on the next open. */
  renumber(user: string, folder?: string): void;
  /** Where a folder lies. */
  folderDir(user: string, folder: string): string;
  /** Ends the process: open connections are lost. */
  stop(): Promise<void>;
  /** Starts again on the same ports and mail. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

// The uid of the account `mail`, which every Debian has.
const mailUid = 8;
const hostname = 'test.example.com';

/** A port of the loopback that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Whether a server greets on the port. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** What a mail server in front of Dovecot needs of it. */
export interface MailServerSide {
  /** Only these have a mailbox. */
  readonly users: readonly string[];
  /** Users who are over their quota. */
  readonly full: readonly string[];
  readonly lmtpPort: number;
  readonly authPort: number;
}

function mailServerConfig(dir: string, { lmtpPort, authPort }: MailServerSide): string {
  return `
protocols = imap lmtp
auth_username_format = %Ln
mail_plugins = quota
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
postmaster_address = postmaster@${hostname}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = ${authPort}
  }
}
plugin {
  quota = maildir:User quota
}
passdb {
  driver = passwd-file
  args = ${dir}/users
}
userdb {
  driver = passwd-file
  args = ${dir}/users
}
`;
}

/**
 * Starts a private Dovecot on loopback with its own directory. Any user name logs in with `password`; with a mail server in
 * front of it (`side`), only those that exist. `capability` is all that the IMAP server owns up to.
 */
export async function startDovecot({ side = null, capability = '' }: { side?: MailServerSide | null; capability?: string } = {}): Promise<Dovecot> {
  if (dovecotMissing !== null || binary === undefined) throw new Error(dovecotMissing ?? 'no Dovecot');
  const dir = mkdtempSync(join(tmpdir(), 'homing-dovecot-'));
  chmodSync(dir, 0o755);
  for (const name of ['run', 'mail']) mkdirSync(join(dir, name), { mode: 0o755 });
  chownSync(join(dir, 'mail'), mailUid, mailUid);
  const [imapPort, imapsPort] = [await freePort(), await freePort()];
  const password = 'right horse';
  const cert = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${hostname}`,
    '-keyout',
    join(dir, 'key.pem'),
    '-out',
    join(dir, 'cert.pem'),
  ]);
  if (cert.status !== 0) throw new Error('openssl could not make a certificate');
  const anyUser = `
passdb {
  driver = static
  args = password={PLAIN}${password.replaceAll(' ', '_')}
}
userdb {
  driver = static
  args = uid=${mailUid} gid=${mailUid} home=${dir}/mail/%n
}
`;
  if (side !== null) {
    const lines = side.users.map((user) => {
      const quota = side.full.includes(user) ? 'userdb_quota_rule=*:bytes=1' : '';
      return `${user}:{PLAIN}${password.replaceAll(' ', '_')}:${mailUid}:${mailUid}::${dir}/mail/${user}::${quota}`;
    });
    writeFileSync(join(dir, 'users'), `${lines.join('\n')}\n`);
  }
  writeFileSync(
    join(dir, 'dovecot.conf'),
    `
base_dir = ${dir}/run
state_dir = ${dir}/run
log_path = ${dir}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${dir}/cert.pem
ssl_key = <${dir}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:${dir}/mail/%n
mail_max_userip_connections = 50
${capability === '' ? '' : `imap_capability = ${capability}`}
${side === null ? anyUser : mailServerConfig(dir, side)}
service imap-login {
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = ${imapsPort}
    ssl = yes
  }
}
namespace inbox {
  inbox = yes
  mailbox Sent {
    special_use = \\Sent
    auto = create
  }
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
  mailbox Archive {
    special_use = \\Archive
    auto = create
  }
  mailbox Trash {
    special_use = \\Trash
    auto = create
  }
}
`,
  );
  let child: ChildProcess | null = null;
  let counter = 0;

  async function start(): Promise<void> {
    child = spawn(binary as string, ['-F', '-c', join(dir, 'dovecot.conf')], { stdio: 'ignore', detached: true });
    for (let tries = 0; tries < 100; tries += 1) {
      if (await answers(imapPort)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`Dovecot did not start: ${existsSync(join(dir, 'dovecot.log')) ? readFileSync(join(dir, 'dovecot.log'), 'utf8').slice(-800) : 'no log'}`);
  }

  async function stop(): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
    // Login sessions may outlive the master by a moment: end the whole group, so that connections are really gone.
    try {
      if (running.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
    } catch {
      // Nobody was left.
    }
  }

  function folderDir(user: string, folder: string): string {
    const root = join(dir, 'mail', user);
    return folder === 'INBOX' ? root : join(root, `.${folder}`);
  }

  function makeMaildir(path: string): void {
    for (const part of ['', 'tmp', 'new', 'cur']) {
      const made = join(path, part);
      if (existsSync(made)) continue;
      mkdirSync(made, { recursive: true });
      chownSync(made, mailUid, mailUid);
    }
  }

  function files(user: string, folder: string): string[] {
    return ['new', 'cur'].flatMap((part) => {
      const path = join(folderDir(user, folder), part);
      return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
    });
  }

  await start();
  return {
    imapPort,
    imapsPort,
    password: password.replaceAll(' ', '_'),
    certFile: join(dir, 'cert.pem'),
    keyFile: join(dir, 'key.pem'),
    deliver(user, raw, folder = 'INBOX') {
      if (folder !== 'INBOX') makeMaildir(folderDir(user, 'INBOX'));
      const path = folderDir(user, folder);
      makeMaildir(path);
      counter += 1;
      const name = `${Math.floor(Date.now() / 1000)}.M${Date.now()}P${process.pid}Q${counter}.test`;
      const temporary = join(path, 'tmp', name);
      writeFileSync(temporary, raw);
      chownSync(temporary, mailUid, mailUid);
      renameSync(temporary, join(path, 'new', name));
    },
    flags: (user, folder = 'INBOX') => files(user, folder).map((file) => /:2,([A-Za-z]*)$/.exec(file)?.[1] ?? ''),
    messages: (user, folder = 'INBOX') => files(user, folder).map((file) => readFileSync(file, 'utf8')),
    renumber(user, folder = 'INBOX') {
      for (const name of readdirSync(folderDir(user, folder)))
        if (/^dovecot/.test(name) && name !== 'dovecot.mailbox.log') rmSync(join(folderDir(user, folder), name), { recursive: true });
    },
    folderDir,
    stop,
    start,
    async remove() {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
