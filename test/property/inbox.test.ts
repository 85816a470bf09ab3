import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { classify, match, parseMail, readReturnDate, type InboundMail } from '../../electron/engine/inbox/index.ts';
import { judgeFailure } from '../../electron/engine/inbox/failure.ts';
import { ownText } from '../../electron/engine/inbox/reply-text.ts';
import type { DeliveryRef, MatchLookup } from '../../electron/engine/inbox/match.ts';

const delivery: DeliveryRef = { id: 'd1', state: 'sent', contactId: 'c1', enrolmentId: 'e1', campaignId: 'k1', recipient: 'anna@example.org' };
const lookup: MatchLookup = {
  deliveryByMessageId: (id) => (id === '<ours@example.com>' ? delivery : null),
  deliveryById: (id) => (id === 'd1' ? delivery : null),
  contactByAddress: (address) => (address === 'anna@example.org' ? { id: 'c1' } : null),
  isMailbox: () => false,
  latestDeliveryTo: () => null,
};
const context = { own: new Set(['me@example.com']), tokenDeliveryId: null, receivedAt: 1, lookup };

describe('inbox', () => {
  test.prop([
    fc.shuffledSubarray(
      [
        'From: Eva <eva@example.org>',
        'To: me@example.com',
        'Subject: Re: Hello',
        'Message-ID: <theirs@example.org>',
        'In-Reply-To: <ours@example.com>',
        'References: <a@b.example> <ours@example.com>',
        'X-Junk: 1',
      ],
      { minLength: 7 },
    ),
  ])('the order of headers does not change what a message belongs to', async (lines) => {
    const mail = await parseMail(Buffer.from([...lines, '', 'Hello'].join('\r\n')));
    expect(match(mail, classify(mail, null), context)).toMatchObject({ kind: 'matched', matchedBy: 'in_reply_to', contactId: 'c1' });
  });

  test.prop([fc.uint8Array({ maxLength: 400 })])('bytes of any kind are taken in without an error', async (bytes) => {
    const mail = await parseMail(bytes);
    expect(['human', 'auto_acknowledgement', 'out_of_office', 'opt_out']).toContain(classify(mail, null).class);
  });

  test.prop([fc.stringMatching(/^[45]\.\d\.\d{1,2}$/), fc.constantFrom('user unknown', 'no such user', 'mailbox full', 'delayed', 'spam', ''), fc.integer({ min: 0, max: 9 })])(
    'a delayed notice is never final, whatever its code and words say',
    async (status, words, extra) => {
      const body = [
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx',
        '',
        'Final-Recipient: rfc822; anna@example.org',
        'Action: delayed',
        `Status: ${status}`,
        `Diagnostic-Code: smtp; 55${extra} ${status} ${words}`,
        '',
        '--b--',
      ].join('\r\n');
      const mail = await parseMail(Buffer.from(`From: MAILER-DAEMON@example.org\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n${body}`));
      expect(classify(mail, null).class).toBe('delayed_notice');
    },
  );

  test.prop([fc.stringMatching(/^4\.\d\.\d{1,2}$/), fc.string()])('a transient code is never a hard bounce', (status, words) => {
    expect(judgeFailure(status, `4${status[2] ?? '5'}0 ${status} ${words.replace(/\d/g, '')} user unknown`).kind).not.toBe('hard');
  });

  test.prop([fc.string({ maxLength: 300 })])('own text is never longer than the text and is its own', (text) => {
    const own = ownText(text);
    expect(own.length).toBeLessThanOrEqual(text.length);
    expect(ownText(own).length).toBeLessThanOrEqual(own.length);
  });

  test.prop([fc.string({ maxLength: 300 }), fc.integer({ min: 0, max: 4_000_000_000_000 })])('a return date lies within 400 days after the mail', (text, at) => {
    const date = readReturnDate(`${text} back on 12/05`, at, 0);
    if (date === null) return;
    const days = (Date.parse(date) - Date.parse(new Date(at).toISOString().slice(0, 10))) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(0);
    expect(days).toBeLessThanOrEqual(400);
  });

  test.prop([fc.constantFrom('<ours@example.com>', '<other@example.org>'), fc.boolean(), fc.boolean()])(
    'a copy of our own mail is never a reply',
    (messageId, homingId, ownFrom) => {
      const headers = new Map<string, string[]>(homingId ? [['x-homing-id', ['d1']]] : []);
      const mail: InboundMail = {
        headers,
        from: { address: ownFrom ? 'me@example.com' : 'alias@example.com', name: '' },
        to: [],
        subject: 'Re: Hello',
        messageId,
        inReplyTo: ['<ours@example.com>'],
        references: [],
        date: 0,
        zoneOffsetMin: 0,
        hasTextPart: true,
        text: 'Hello',
        html: null,
        contentType: 'text/plain',
        parts: [],
      };
      const isOwn = messageId === '<ours@example.com>' || homingId || ownFrom;
      expect(match(mail, classify(mail, null), context).kind).toBe(isOwn ? 'own_copy' : 'matched');
    },
  );
});
