import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, dovecotMissing, freePort, startDovecot, type Dovecot } from './dovecot.ts';

/** Why tests with Postfix and Dovecot cannot run here, or null. */
export const mailServersMissing: string | null =
  dovecotMissing ??
  (existsSync('/usr/sbin/postfix') ? null : 'Postfix is not installed (Debian: postfix)') ??
  (existsSync('/usr/lib/dovecot/lmtp') ? null : 'The LMTP server of Dovecot is not installed (Debian: dovecot-lmtpd)');

/** Our own people, who log in and send. */
export const homeDomain = 'test.example.com';
/** The people we write to: their mailboxes are on the same Dovecot. */
export const customerDomain = 'customers.example.org';
/** Nobody listens there: mail to it stays in the queue. */
export const slowDomain = 'slow.example.org';

export interface MailServers {
  readonly dovecot: Dovecot;
  readonly password: string;
  /** STARTTLS is required, then AUTH. */
  readonly submissionPort: number;
  /** TLS from the first byte, then AUTH. */
  readonly submissionsPort: number;
  /** As `submissionPort`, behind a greylisting policy. */
  readonly greylistPort: number;
  /** As `submissionPort`, at a provider that gives each mail a Message-ID of its own. */
  readonly rewritingPort: number;
  /** AUTH without encryption, for tests that look into the line. */
  readonly plainPort: number;
  /** Recipients that the greylist has turned away. */
  readonly greylisted: readonly string[];
  log(): string;
  remove(): Promise<void>;
}

interface PostfixPorts {
  readonly submission: number;
  readonly submissions: number;
  readonly greylist: number;
  readonly rewriting: number;
  readonly plain: number;
}

const smtpdOptions = ['smtpd_sasl_auth_enable=yes', 'smtpd_relay_restrictions=permit_sasl_authenticated,reject'];

function masterCf(dir: string, ports: PostfixPorts, policyPort: number): string {
  const smtpd = (port: number, options: string[]): string => `127.0.0.1:${port} inet n - n - - smtpd${[...smtpdOptions, ...options].map((option) => ` -o ${option}`).join('')}`;
  const encrypted = 'smtpd_tls_security_level=encrypt';
  const services = `
cleanup unix n - n - 0 cleanup
rewriting unix n - n - 0 cleanup -o header_checks=regexp:${dir}/etc/rewrite -o always_add_missing_headers=yes
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
  return [
    smtpd(ports.submission, [encrypted]),
    smtpd(ports.submissions, ['smtpd_tls_wrappermode=yes']),
    smtpd(ports.greylist, [encrypted, `smtpd_recipient_restrictions=check_policy_service,inet:127.0.0.1:${policyPort},permit_sasl_authenticated,reject`]),
    smtpd(ports.rewriting, [encrypted, 'cleanup_service_name=rewriting']),
    smtpd(ports.plain, ['smtpd_tls_security_level=none', 'smtpd_tls_auth_only=no']),
    services.trim(),
    '',
  ].join('\n');
}

function mainCf(dir: string, dovecot: Dovecot, lmtpPort: number, authPort: number): string {
  return `
compatibility_level = 3.6
queue_directory = ${dir}/spool
data_directory = ${dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${dir}/log/mail.log
maillog_file_prefixes = ${dir}
myhostname = mx.${homeDomain}
mydomain = ${homeDomain}
myorigin = ${homeDomain}
mydestination =
alias_maps =
alias_database =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_host_lookup = native
append_dot_mydomain = no
recipient_delimiter = +
virtual_mailbox_domains = ${homeDomain}, ${customerDomain}
virtual_transport = lmtp:inet:127.0.0.1:${lmtpPort}
transport_maps = inline:{{ ${slowDomain} = smtp:[127.0.0.1]:9 }}
sender_bcc_maps = regexp:${dir}/etc/sent-copies
smtpd_tls_cert_file = ${dovecot.certFile}
smtpd_tls_key_file = ${dovecot.keyFile}
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${authPort}
smtpd_client_connection_count_limit = 0
smtp_tls_security_level = none
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
delay_warning_time = 1s
bounce_queue_lifetime = 1h
`;
}

/** Answers Postfix's policy requests: the first try of each recipient is put off. */
function startGreylist(turnedAway: string[]): Promise<Server> {
  const server = createServer((socket: Socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      text += data.toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const recipient = /^recipient=(.*)$/m.exec(text.slice(0, end))?.[1] ?? '';
        text = text.slice(end + 2);
        const known = turnedAway.includes(recipient);
        if (!known) turnedAway.push(recipient);
        socket.write(known ? 'action=DUNNO\n\n' : 'action=451 4.7.1 Greylisted, please try again in a moment\n\n');
      }
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/**
 * Starts a private Postfix with submission ports in front of a private Dovecot, which answers AUTH and takes mail by
 * LMTP. Each of `users` has a mailbox; whoever is not among them is unknown. `full` users are over their quota. The
 * provider files Sent copies itself for users whose name begins with `filer`.
 */
export async function startMailServers(options: { users: readonly string[]; full?: readonly string[] }): Promise<MailServers> {
  if (mailServersMissing !== null) throw new Error(mailServersMissing);
  const [lmtpPort, authPort] = [await freePort(), await freePort()];
  const dovecot = await startDovecot({ side: { users: options.users, full: options.full ?? [], lmtpPort, authPort } });
  const dir = mkdtempSync(join(tmpdir(), 'homing-postfix-'));
  chmodSync(dir, 0o755);
  for (const name of ['etc', 'spool', 'data', 'log']) mkdirSync(join(dir, name), { mode: 0o755 });
  const owner = spawnSync('id', ['-u', 'postfix'], { encoding: 'utf8' });
  chownSync(join(dir, 'data'), Number(owner.stdout), 0);
  const greylisted: string[] = [];
  const greylist = await startGreylist(greylisted);
  const ports: PostfixPorts = { submission: await freePort(), submissions: await freePort(), greylist: await freePort(), rewriting: await freePort(), plain: await freePort() };
  writeFileSync(join(dir, 'etc', 'main.cf'), mainCf(dir, dovecot, lmtpPort, authPort));
  writeFileSync(join(dir, 'etc', 'rewrite'), '/^Message-ID:/ IGNORE\n');
  writeFileSync(join(dir, 'etc', 'sent-copies'), `/^(filer[^@]*)@/ $\{1}+Sent@${homeDomain}\n`);
  writeFileSync(join(dir, 'etc', 'master.cf'), masterCf(dir, ports, (greylist.address() as AddressInfo).port));

  const postfix = (command: string): ReturnType<typeof spawnSync> => spawnSync('/usr/sbin/postfix', ['-c', join(dir, 'etc'), command], { encoding: 'utf8' });
  const log = (): string => (existsSync(join(dir, 'log', 'mail.log')) ? readFileSync(join(dir, 'log', 'mail.log'), 'utf8') : '');
  const child: ChildProcess = spawn('/usr/sbin/postfix', ['-c', join(dir, 'etc'), 'start-fg'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (said += data.toString()));
  for (let tries = 0; !(await answers(ports.submission)); tries += 1) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`Postfix did not start: ${said.slice(-800)} ${log().slice(-800)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    ...{ dovecot, greylisted, log, password: dovecot.password },
    submissionPort: ports.submission,
    submissionsPort: ports.submissions,
    greylistPort: ports.greylist,
    rewritingPort: ports.rewriting,
    plainPort: ports.plain,
    async remove() {
      postfix('abort');
      if (child.exitCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      greylist.close();
      await dovecot.remove();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
