// @vitest-environment happy-dom
import { ORPCError } from '@orpc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { officeHours } from '../../../../shared/schemas/common.ts';
import { eventTypes } from '../../../../shared/schemas/event.ts';
import { readClock } from '../../../../renderer/lib/clock.ts';
import { describeError } from '../../../../renderer/lib/errors.ts';
import { formatCountdown, formatMoment, formatRelative, formatShare } from '../../../../renderer/lib/format.ts';
import { areasOf, createThrottle, reconnectDelay } from '../../../../renderer/lib/live.ts';
import { takeToken } from '../../../../renderer/lib/transport.ts';
import { fromWeek, toWeek } from '../../../../renderer/lib/week.ts';
import { choiceParam, textParam } from '../../../../renderer/lib/search.ts';
import { frameDocument } from '../../../../renderer/components/html-frame.tsx';
import { checkValues, newValues, toInput, valuesOf, withCandidate, withPreset } from '../../../../renderer/features/mailboxes/model.ts';
import { mailboxInputSchema } from '../../../../shared/schemas/mailbox.ts';
import { fakeMailbox } from '../../../support/fake-data.ts';

describe('the token of a headless page', () => {
  const page = (hash: string) => {
    const location = { hash, pathname: '/', search: '' } as Location;
    const replaced: string[] = [];
    const history = { replaceState: (_state: unknown, _title: string, url: string) => replaced.push(url) } as unknown as History;
    return { location, history, replaced };
  };
  beforeEach(() => sessionStorage.clear());

  it('is taken from the fragment once, removed from view and kept for this tab', () => {
    const first = page('#token=abc-123');
    expect(takeToken(first.location, first.history, sessionStorage)).toBe('abc-123');
    expect(first.replaced).toEqual(['/#/']);
    const second = page('#/inbox');
    expect(takeToken(second.location, second.history, sessionStorage)).toBe('abc-123');
    expect(second.replaced).toEqual([]);
  });

  it('is null where there never was one', () => {
    const { location, history } = page('#/');
    expect(takeToken(location, history, sessionStorage)).toBeNull();
  });
});

describe('errors', () => {
  it('keeps the sentence of the engine and adds what to do', () => {
    const trouble = describeError(new ORPCError('mailbox_login', { status: 502, message: '535 refused', data: { fields: { 'smtp.user': 'Unknown user' } } }));
    expect(trouble).toMatchObject({ code: 'mailbox_login', sentence: '535 refused', fields: { 'smtp.user': 'Unknown user' } });
    expect(trouble.advice).not.toBe('');
  });

  it('reads input that the contract refused as fields', () => {
    const trouble = describeError(new ORPCError('BAD_REQUEST', { message: 'Input validation failed', data: { issues: [{ path: ['limits', 'perDay'], message: 'Too small' }] } }));
    expect(trouble.fields).toEqual({ 'limits.perDay': 'Too small' });
  });

  it('tells a lost connection from a failure of Homing', () => {
    expect(describeError(new TypeError('Failed to fetch')).code).toBe('offline');
    expect(describeError(new Error('x is undefined')).code).toBe('internal');
  });
});

describe('live events', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('makes some area stale for every kind of event', () => {
    expect(eventTypes.filter((type) => areasOf(type).length === 0)).toEqual([]);
  });

  it('refetches at once, then gathers a burst into one refetch', () => {
    vi.useFakeTimers();
    const flushed: string[][] = [];
    const throttle = createThrottle<string>(1000, (items) => flushed.push([...items]));
    throttle.add(['a']);
    for (let n = 0; n < 50; n += 1) throttle.add(['b', 'c']);
    expect(flushed).toEqual([['a']]);
    vi.advanceTimersByTime(1000);
    expect(flushed).toEqual([['a'], ['b', 'c']]);
    vi.advanceTimersByTime(5000);
    throttle.add(['d']);
    expect(flushed).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('waits longer after each failure, never longer than 15 s', () => {
    expect(reconnectDelay(1, () => 0)).toBe(250);
    expect(reconnectDelay(1, () => 1)).toBe(500);
    expect(reconnectDelay(4, () => 1)).toBe(4000);
    expect(reconnectDelay(60, () => 1)).toBe(15_000);
  });
});

describe('time', () => {
  const now = new Date(2026, 9, 14, 12, 0, 0).getTime();

  it('runs ahead in a practice workspace', () => {
    expect(readClock({ at: 1_000_000, fetchedAt: 500, timeLapse: 1440 }, 1500)).toBe(1_000_000 + 1_440_000);
    expect(readClock(null, 77)).toBe(77);
  });

  it('never runs backwards when the computer clock does', () => {
    expect(readClock({ at: 1000, fetchedAt: 500, timeLapse: 1 }, 100)).toBe(1000);
  });

  it.each([
    [5_000, '0:05'],
    [189_000, '3:09'],
    [2 * 3_600_000 + 5 * 60_000, '2 h 05 min'],
    [4 * 86_400_000 + 3 * 3_600_000, '4 d 3 h'],
    [-10, '0:00'],
  ])('counts down %d ms as %s', (ms, text) => expect(formatCountdown(ms)).toBe(text));

  it('is relative in both directions', () => {
    expect(formatRelative(now + 3 * 3_600_000, now)).toBe('in 3 hours');
    expect(formatRelative(now - 86_400_000, now)).toBe('yesterday');
    expect(formatRelative(now - 3000, now)).toBe('just now');
  });

  it('shows the day only where it is another one', () => {
    expect(formatMoment(now + 65 * 60_000, now)).toBe('13:05');
    expect(formatMoment(now + 86_400_000, now)).toMatch(/^Thu,? 15 Oct, 12:00$/);
  });

  it('never shows a share without a denominator', () => {
    expect(formatShare(0, 0)).toBe('–');
    expect(formatShare(9, 140)).toBe('6.4 %');
    expect(formatShare(70, 140)).toBe('50 %');
  });
});

describe('the week of a calendar', () => {
  it('survives the way through the editor', () => {
    const windows = [
      { days: [1, 2, 3], start: '09:00', end: '12:00' },
      { days: [1], start: '14:00', end: '17:00' },
      { days: [6], start: '22:00', end: '02:00' },
    ];
    expect(fromWeek(toWeek(windows))).toEqual([windows[0], windows[1], windows[2]]);
    expect(fromWeek(toWeek(officeHours))).toEqual(officeHours);
  });

  it('drops a day that was emptied', () => {
    expect(fromWeek({ ...toWeek(officeHours), 3: [] })).toEqual([{ days: [1, 2, 4, 5], start: '09:00', end: '17:00' }]);
  });
});

describe('addresses', () => {
  it('ignore parameters that mean nothing', () => {
    expect(choiceParam({ show: 'nonsense' }, 'show', ['all', 'sent'])).toEqual({});
    expect(choiceParam({ show: 'sent' }, 'show', ['all', 'sent'])).toEqual({ show: 'sent' });
    expect(textParam({ q: 7 }, 'q')).toEqual({ q: '7' });
    expect(textParam({ q: '' }, 'q')).toEqual({});
  });
});

describe('HTML of mails', () => {
  // The cleaning itself needs the DOM of a real browser: the browser tests look at it.
  it('stands under a policy that runs nothing and loads nothing from elsewhere', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(frameDocument('<p>Hi</p>'))?.[1] ?? '';
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).not.toMatch(/https?:|script-src|\*/);
  });
});

describe('the mailbox form', () => {
  it('fills in the servers of a known provider', () => {
    const values = withPreset(newValues('Europe/Berlin'), 'gmail');
    expect(values.smtp).toMatchObject({ host: 'smtp.gmail.com', port: 465, security: 'tls' });
    expect(values.imap.host).toBe('imap.gmail.com');
  });

  it('makes input that the contract accepts, with the login used for both sides', () => {
    const values = withPreset({ ...newValues('Europe/Berlin'), address: ' mara@gmail.com ' }, 'gmail');
    values.smtp.password = 'secret';
    const input = toInput(values);
    expect(mailboxInputSchema.parse(input)).toMatchObject({ name: 'mara@gmail.com', address: 'mara@gmail.com' });
    expect(input.smtp).toMatchObject({ user: 'mara@gmail.com', password: 'secret' });
    expect(input.imap).toMatchObject({ user: 'mara@gmail.com', password: 'secret' });
  });

  it('takes servers that were found, and keeps a user name only where it is not the address', () => {
    const server = { host: 'mail.example.com', port: 587, security: 'starttls' } as const;
    const found = { source: 'autoconfig', foundAt: 'https://autoconfig.example.com', provider: null, name: 'Example' } as const;
    const values = withCandidate(
      { ...newValues('UTC'), address: 'mara@example.com' },
      { ...found, smtp: { ...server, user: 'mara@example.com' }, imap: { ...server, port: 993, security: 'tls', user: 'mara' } },
    );
    expect(values).toMatchObject({
      provider: 'custom',
      login: 'password',
      imapOn: true,
      sameLogin: false,
      smtp: { host: 'mail.example.com', user: '' },
      imap: { port: 993, user: 'mara' },
    });
    expect(withCandidate(values, { ...found, smtp: { ...server, user: '' }, imap: null }).imapOn).toBe(false);
  });

  it('signs in where the provider takes no password; then no password goes along and both sides use the token', () => {
    const values = withPreset({ ...newValues('UTC'), address: 'mara@outlook.com' }, 'outlook');
    expect(values.login).toBe('oauth2');
    expect(checkValues(values, null)).toEqual({ signIn: 'Sign in first' });
    expect(checkValues({ ...values, signIn: 'done-1' }, null)).toEqual({});
    values.smtp.password = 'typed before';
    const input = toInput({ ...values, sameLogin: false });
    expect(input.smtp).toMatchObject({ auth: 'oauth2', user: 'mara@outlook.com' });
    expect(input.imap).toMatchObject({ auth: 'oauth2', user: 'mara@outlook.com' });
    expect(JSON.stringify(input)).not.toContain('typed before');
    expect(withPreset(values, 'fastmail').login).toBe('password');
    expect(withPreset({ ...newValues('UTC') }, 'gmail').login).toBe('password');
  });

  it('never sends an empty password, which would replace the stored one', () => {
    const input = toInput(valuesOf(fakeMailbox(0)));
    expect(input.smtp).not.toHaveProperty('password');
    expect(input.imap).not.toHaveProperty('password');
  });

  it('says what is missing', () => {
    const errors = checkValues({ ...newValues('UTC'), address: 'mara' }, null);
    expect(Object.keys(errors)).toEqual(['address', 'smtp.host', 'imap.host', 'smtp.password']);
    const values = valuesOf(fakeMailbox(0));
    expect(checkValues(values, fakeMailbox(0))).toEqual({});
    values.limits.maxGapSeconds = 10;
    expect(Object.keys(checkValues(values, fakeMailbox(0)))).toEqual(['limits.maxGapSeconds']);
  });
});
