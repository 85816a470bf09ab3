import { minute, second } from '../lib/clock.ts';

/** How long each phase of an SMTP connection may take, real milliseconds. */
export interface SmtpTimeouts {
  readonly resolve: number;
  readonly connect: number;
  /** The 220 after the connection stands: a busy server may hold it back for minutes. */
  readonly greeting: number;
  /** Each answer of EHLO, STARTTLS and AUTH. */
  readonly login: number;
  readonly mail: number;
  readonly rcpt: number;
  readonly data: number;
  /** The answer to the final dot: too short, and a message that was accepted is taken for lost. */
  readonly body: number;
  readonly reset: number;
  readonly quit: number;
}

/** The least that RFC 5321 section 4.5.3.2 asks for; shorter where a person may be waiting at a test button, or where it names nothing. */
export const smtpTimeouts: SmtpTimeouts = {
  resolve: 15 * second,
  connect: 20 * second,
  greeting: minute,
  login: 5 * minute,
  mail: 5 * minute,
  rcpt: 5 * minute,
  data: 2 * minute,
  body: 10 * minute,
  reset: 5 * minute,
  quit: 10 * second,
};
