import type { UseFormReturnType } from '@mantine/form';
import type { Calendar } from '../../../shared/schemas/common.ts';
import type { ServerCandidate } from '../../../shared/schemas/discovery.ts';
import type { Absence, Mailbox, MailboxAlias, MailboxInput, MailboxLimits } from '../../../shared/schemas/mailbox.ts';
import { t } from '../../lib/messages/index.ts';
import { presetOfHost, providerById } from '../../../shared/providers.ts';

export interface ServerValues {
  host: string;
  port: number | '';
  security: 'tls' | 'starttls' | 'none';
  user: string;
  password: string;
  allowSelfSigned: boolean;
}

/** The mailbox form as it is typed. Passwords are write-only: empty keeps what is stored. */
export interface MailboxValues {
  provider: string;
  login: 'password' | 'oauth2';
  /** A finished sign-in that the new mailbox takes; empty = none. */
  signIn: string;
  name: string;
  fromName: string;
  address: string;
  replyTo: string;
  signatureHtml: string;
  aliases: MailboxAlias[];
  /** The alias in From; empty = the address of the account. */
  sendAs: string;
  dkimOn: boolean;
  /** The key is write-only: empty keeps what is stored. */
  dkim: { domain: string; selector: string; key: string };
  smtp: ServerValues;
  imapOn: boolean;
  sameLogin: boolean;
  imap: ServerValues;
  limits: { perDay: number | ''; perHour: number | ''; per24Hours: number | ''; minGapSeconds: number | ''; maxGapSeconds: number | ''; connections: number | '' };
  rampUpOn: boolean;
  rampUp: { startPerDay: number | ''; stepPerDay: number | '' };
  humanDay: boolean;
  calendar: Calendar;
  absences: Absence[];
}

const startLimits: MailboxLimits = { perDay: 80, perHour: 20, per24Hours: null, minGapSeconds: 90, maxGapSeconds: 420, connections: 1, rampUp: null, humanDay: false };

const usualRampUp = { startPerDay: 10, stepPerDay: 2 };

function limitValues({ rampUp, humanDay, per24Hours, ...limits }: MailboxLimits): Pick<MailboxValues, 'limits' | 'rampUpOn' | 'rampUp' | 'humanDay'> {
  return { limits: { ...limits, per24Hours: per24Hours ?? '' }, rampUpOn: rampUp !== null, rampUp: rampUp ?? usualRampUp, humanDay };
}

/** Values for a new mailbox. */
export function newValues(zone: string): MailboxValues {
  return {
    provider: 'custom',
    login: 'password',
    signIn: '',
    name: '',
    fromName: '',
    address: '',
    replyTo: '',
    signatureHtml: '',
    aliases: [],
    sendAs: '',
    dkimOn: false,
    dkim: { domain: '', selector: '', key: '' },
    smtp: { host: '', port: 465, security: 'tls', user: '', password: '', allowSelfSigned: false },
    imapOn: true,
    sameLogin: true,
    imap: { host: '', port: 993, security: 'tls', user: '', password: '', allowSelfSigned: false },
    ...limitValues(startLimits),
    absences: [],
    calendar: { zone, windows: [{ days: [1, 2, 3, 4, 5], start: '09:00', end: '17:00' }], holidays: [] },
  };
}

export function valuesOf(mailbox: Mailbox): MailboxValues {
  const { smtp, imap } = mailbox;
  const blank = newValues(mailbox.calendar.zone);
  return {
    provider: presetOfHost(smtp.host)?.id ?? 'custom',
    login: smtp.auth,
    signIn: '',
    name: mailbox.name,
    fromName: mailbox.fromName,
    address: mailbox.address,
    replyTo: mailbox.replyTo ?? '',
    signatureHtml: mailbox.signatureHtml,
    aliases: mailbox.aliases,
    sendAs: mailbox.sendAs ?? '',
    dkimOn: mailbox.dkim !== null,
    dkim: { domain: mailbox.dkim?.domain ?? '', selector: mailbox.dkim?.selector ?? '', key: '' },
    smtp: { host: smtp.host, port: smtp.port, security: smtp.security, user: smtp.user, password: '', allowSelfSigned: smtp.allowSelfSigned },
    imapOn: imap !== null,
    sameLogin: imap === null || imap.user === smtp.user,
    imap: imap ? { host: imap.host, port: imap.port, security: imap.security, user: imap.user, password: '', allowSelfSigned: imap.allowSelfSigned } : blank.imap,
    ...limitValues(mailbox.limits),
    absences: mailbox.absences,
    calendar: mailbox.calendar,
  };
}

/** Puts a provider's servers into the form. */
export function withPreset(values: MailboxValues, id: string): MailboxValues {
  const preset = providerById(id);
  if (!preset) return { ...values, provider: 'custom' };
  return {
    ...values,
    provider: id,
    login: loginFor(id, values.login),
    imapOn: true,
    smtp: { ...values.smtp, ...preset.smtp, allowSelfSigned: false },
    imap: { ...values.imap, ...preset.imap, allowSelfSigned: false },
  };
}

/** Passwords are the simple way; where the provider takes none, or has no sign-in, there is no choice. */
function loginFor(id: string, chosen: MailboxValues['login']): MailboxValues['login'] {
  const preset = providerById(id);
  if (preset === null) return chosen;
  if (!preset.signIn) return 'password';
  return preset.password === 'none' ? 'oauth2' : chosen;
}

/** Puts servers that were found into the form. */
export function withCandidate(values: MailboxValues, { provider, smtp, imap }: ServerCandidate): MailboxValues {
  const address = values.address.trim();
  const user = (name: string) => (name === address ? '' : name);
  return {
    ...values,
    provider: provider ?? 'custom',
    login: loginFor(provider ?? '', values.login),
    imapOn: imap !== null,
    sameLogin: imap === null || imap.user === smtp.user,
    smtp: { ...values.smtp, ...smtp, user: user(smtp.user), allowSelfSigned: false },
    imap: imap ? { ...values.imap, ...imap, user: user(imap.user), allowSelfSigned: false } : values.imap,
  };
}

function toServer(values: ServerValues, user: string, password: string, auth: MailboxValues['login']): MailboxInput['smtp'] {
  return {
    host: values.host.trim(),
    port: Number(values.port),
    security: values.security,
    user,
    auth,
    allowSelfSigned: values.allowSelfSigned,
    ...(password === '' || auth === 'oauth2' ? {} : { password }),
  };
}

/** What is sent to the engine; what the form does not show keeps its value or default. */
export function toInput(values: MailboxValues) {
  const address = values.address.trim();
  const user = values.smtp.user.trim() || address;
  const sameLogin = values.sameLogin || values.login === 'oauth2';
  const imapUser = sameLogin ? user : values.imap.user.trim() || address;
  const { limits } = values;
  return {
    name: values.name.trim() || address,
    fromName: values.fromName.trim(),
    address,
    replyTo: values.replyTo.trim() || null,
    signatureHtml: values.signatureHtml,
    aliases: values.aliases.map((alias) => ({ address: alias.address.trim(), name: alias.name.trim() })),
    sendAs: values.aliases.some((alias) => alias.address.trim() === values.sendAs) ? values.sendAs || null : null,
    dkim: values.dkimOn ? { domain: values.dkim.domain.trim().toLowerCase(), selector: values.dkim.selector.trim() } : null,
    ...(values.dkimOn && values.dkim.key.trim() !== '' ? { dkimKey: values.dkim.key.trim() } : {}),
    smtp: toServer(values.smtp, user, values.smtp.password, values.login),
    imap: values.imapOn ? toServer(values.imap, imapUser, sameLogin ? values.smtp.password : values.imap.password, values.login) : null,
    limits: {
      perDay: Number(limits.perDay),
      perHour: Number(limits.perHour),
      per24Hours: limits.per24Hours === '' ? null : limits.per24Hours,
      minGapSeconds: Number(limits.minGapSeconds),
      maxGapSeconds: Number(limits.maxGapSeconds),
      connections: Number(limits.connections),
      rampUp: values.rampUpOn ? { startPerDay: Number(values.rampUp.startPerDay), stepPerDay: Number(values.rampUp.stepPerDay) } : null,
      humanDay: values.humanDay,
    },
    calendar: values.calendar,
    absences: values.absences,
  };
}

/** Errors by dotted path; the engine checks the rest. `mailbox` = what is stored already. */
export function checkValues(values: MailboxValues, mailbox: Mailbox | null): Record<string, string> {
  const errors: Record<string, string> = {};
  if (!/^[^\s@]+@[^\s@]+$/.test(values.address.trim())) errors['address'] = t('mailboxes.error.address');
  if (values.smtp.host.trim() === '') errors['smtp.host'] = t('mailboxes.error.host');
  if (values.imapOn && values.imap.host.trim() === '') errors['imap.host'] = t('mailboxes.error.host');
  if (values.login === 'oauth2' && values.signIn === '' && !mailbox?.oauth) errors['signIn'] = t('mailboxes.error.signIn');
  const hasPassword = mailbox?.smtp.hasPassword ?? false;
  if (values.login === 'password' && !hasPassword && values.smtp.password === '' && values.smtp.security !== 'none') errors['smtp.password'] = t('mailboxes.error.password');
  if (values.limits.maxGapSeconds !== '' && values.limits.minGapSeconds !== '' && values.limits.maxGapSeconds < values.limits.minGapSeconds)
    errors['limits.maxGapSeconds'] = t('mailboxes.error.gap');
  if (values.rampUpOn) {
    if (values.rampUp.startPerDay === '' || values.rampUp.startPerDay < 1) errors['rampUp.startPerDay'] = t('mailboxes.error.atLeastOne');
    else if (values.limits.perDay !== '' && values.rampUp.startPerDay > values.limits.perDay) errors['rampUp.startPerDay'] = t('mailboxes.error.rampStart');
    if (values.rampUp.stepPerDay === '' || values.rampUp.stepPerDay < 1) errors['rampUp.stepPerDay'] = t('mailboxes.error.atLeastOne');
  }
  values.aliases.forEach(({ address }, index) => {
    if (!/^[^\s@]+@[^\s@]+$/.test(address.trim())) errors[`aliases.${index}.address`] = t('mailboxes.error.address');
    else if (values.aliases.findIndex((other) => other.address.trim().toLowerCase() === address.trim().toLowerCase()) < index)
      errors[`aliases.${index}.address`] = t('mailboxes.error.aliasTwice');
  });
  if (values.dkimOn) {
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(values.dkim.domain.trim())) errors['dkim.domain'] = t('mailboxes.error.domain');
    if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(values.dkim.selector.trim())) errors['dkim.selector'] = t('mailboxes.error.selector');
    if (values.dkim.key.trim() === '' && !mailbox?.dkim) errors['dkim.key'] = t('mailboxes.error.dkimKey');
  }
  values.absences.forEach(({ from, to }, index) => {
    if (from === '') errors[`absences.${index}.from`] = t('mailboxes.error.date');
    else if (to === '') errors[`absences.${index}.to`] = t('mailboxes.error.date');
    else if (to < from) errors[`absences.${index}.to`] = t('mailboxes.error.absence');
  });
  return errors;
}

export type FormTab = 'account' | 'limits' | 'hours' | 'sender';

/** Where the input of a path stands, so that an error brings its tab to the front. */
export function tabOf(path: string): FormTab {
  if (path.startsWith('limits') || path.startsWith('rampUp') || path === 'humanDay') return 'limits';
  if (path.startsWith('calendar') || path.startsWith('absences')) return 'hours';
  if (path === 'replyTo' || path === 'signatureHtml' || path === 'sendAs' || path.startsWith('aliases') || path.startsWith('dkim')) return 'sender';
  return 'account';
}

/** The part of the form that its sections use. */
export type MailboxFormApi = Pick<UseFormReturnType<MailboxValues>, 'values' | 'errors' | 'getInputProps' | 'setFieldValue' | 'getValues' | 'setValues'>;
