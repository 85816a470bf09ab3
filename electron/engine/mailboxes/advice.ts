import { presetOfHost } from '../../../shared/providers.ts';
import type { ConnectError } from '../ports.ts';

export type Side = 'SMTP' | 'IMAP';

/** What a failed connection is about, beside the error itself. */
export interface FailedAccess {
  readonly side: Side;
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string;
  /** A probe found that this port speaks TLS from the first byte. */
  readonly speaksTls: boolean;
  readonly timedOut: boolean;
  /** The login was by an access token. */
  readonly signedIn: boolean;
}

const usual = { SMTP: 'Usual for SMTP are 465 with TLS and 587 with STARTTLS.', IMAP: 'Usual for IMAP are 993 with TLS and 143 with STARTTLS.' } as const;

function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const { code, originalCode } = at as { code?: unknown; originalCode?: unknown };
    if (typeof originalCode === 'string') return originalCode;
    if (typeof code === 'string' && /^(E[A-Z_]+$|ERR_|CERT_|DEPTH_|SELF_|UNABLE_|[A-Z]+_TIMEOUT$)/.test(code) && !/^(ESOCKET|ECONNECTION|EDNS|ETLS|EAUTH)$/.test(code)) return code;
  }
  return '';
}

/** Says in one or two sentences what failed and what a person can do about it. */
export function adviseConnect(error: ConnectError, access: FailedAccess): string {
  const { side, host, port, security } = access;
  const code = codeOf(error);
  const text = error.message.replace(/\s+/g, ' ').trim();
  const where = `${host}, port ${port}`;
  if (access.speaksTls) return `This port speaks TLS from the first byte (${where}). Choose TLS as the security, or the port for STARTTLS. ${usual[side]}`;
  if (error.stage === 'resolve') {
    if (code === 'EAI_AGAIN') return `The name ${host} could not be looked up just now. Check the internet connection and try again.`;
    return `The ${side} server name ${host} is not known. Check its spelling.`;
  }
  if (error.stage === 'tls') return adviseTls(text, code, access);
  if (error.stage === 'login') {
    if (access.signedIn && error.answer === null) return text;
    const said = error.answer === null ? text : `${error.answer.code}${error.answer.enhanced === null ? '' : ` ${error.answer.enhanced}`} ${error.answer.text}`;
    const advice = access.signedIn
      ? 'Check that this account is the one that signed in, and that its administrator allows SMTP and IMAP.'
      : (presetOfHost(host)?.hint ?? 'Check the user name (often the whole address) and the password; some providers want an app password.');
    return `The ${side} server refused the login of ${access.user === '' ? 'an empty user name' : access.user}: "${said}". ${advice}`;
  }
  if (code === 'ECONNREFUSED') return `Nothing answers on ${where}: the connection was refused. Check host and port. ${usual[side]}`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `${host} cannot be reached from this network. Check the internet connection or VPN.`;
  if (access.timedOut || /timeout|timed out/i.test(`${code} ${text}`)) {
    const hint = security === 'tls' ? '' : ' If this port speaks TLS from the first byte, choose TLS.';
    return `${where} did not answer in time. Check host and port; a firewall may block it.${hint} ${usual[side]}`;
  }
  if (error.answer !== null) return `The ${side} server ${host} refused the connection: "${error.answer.code} ${error.answer.text}".`;
  return `The connection to ${where} failed: ${text}. Check host, port and security. ${usual[side]}`;
}

function adviseTls(text: string, code: string, access: FailedAccess): string {
  const { side, host, port } = access;
  if (/wrong version number|packet length too long|EPROTO|http request|unknown protocol/i.test(`${code} ${text}`)) {
    return `Port ${port} of ${host} does not speak TLS from the first byte. Choose STARTTLS, or the TLS port. ${usual[side]}`;
  }
  if (/starttls/i.test(text) || code === 'ETLS')
    return `${host} does not offer STARTTLS on port ${port}, so the password would travel unprotected. Choose TLS and the port for it. ${usual[side]}`;
  if (/SELF_SIGNED|self.signed/i.test(`${code} ${text}`)) {
    return `The certificate of ${host} is self-signed: no known authority vouches for it. If you run this server yourself, allow self-signed certificates; otherwise do not enter your password here.`;
  }
  if (/UNABLE_TO|CERT_UNTRUSTED/.test(code))
    return `The certificate of ${host} is signed by an authority this computer does not know. If you run this server yourself, allow self-signed certificates.`;
  if (/expired/i.test(`${code} ${text}`)) return `The certificate of ${host} has expired. Whoever runs the server must renew it; check the clock of this computer too.`;
  if (/ALTNAME|altnames/i.test(`${code} ${text}`)) return `The certificate of ${host} is made out to another name. Use the server name that your provider states. (${text})`;
  return `No encrypted connection to ${host}, port ${port}: ${text}. ${usual[side]}`;
}
