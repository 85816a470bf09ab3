import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { Campaign } from '../../shared/schemas/campaign.ts';
import { chromiumPath, openBrowser, startApp, until, type App } from '../support/app.ts';
import { pages } from '../support/pages.ts';

/** The plus tags tell the simulated recipients how to behave (practice/personality.ts). */
const people = {
  silent: 'sam+silent@example.com',
  replies: 'rita+replies@example.com',
  asksSecond: 'ada+asks.2@example.com',
  bounces: 'bob+bounces@example.com',
  bouncesLater: 'ben+bounces-later@example.com',
  optsOut: 'olga+optout@example.com',
};
const file = [
  'Vorname;Nachname;E-Mail;Firma;Lieblingsfarbe',
  `Sam;Silent;${people.silent};Acme;blau`,
  `Rita;Müller;${people.replies};Größe & Co;grün`,
  `Ada;Asks;${people.asksSecond};Acme;rot`,
  `Bob;Bounces;${people.bounces};;`,
  `Ben;Later;${people.bouncesLater};Acme;gelb`,
  `Olga;Out;${people.optsOut};Acme;`,
  'Nobody;Nowhere;not-an-address;Acme;',
  '',
].join('\r\n');

describe.skipIf(chromiumPath === null)('the main job, by clicking', () => {
  let app: App;
  let browser: Browser;
  let page: Page;
  let ui: ReturnType<typeof pages>;
  let problems: string[];
  let shot: (name: string) => Promise<void>;

  beforeAll(async () => {
    app = await startApp({ practice: true });
    ({ browser, page, problems, shot } = await openBrowser(app));
    ui = pages(page);
  });
  afterAll(async () => {
    await shot?.('main-job-last').catch(() => undefined);
    await browser?.close();
    expect(await app?.stop()).toBe(0);
  });

  const campaign = async () => {
    const { items } = await app.api<{ items: Campaign[] }>('GET', '/campaigns');
    const found = items.find((each) => each.name === 'Spring');
    if (found === undefined) throw new Error('The campaign is not there');
    return found;
  };
  const mailsTo = (address: string) => app.left().filter((mail) => mail.to === address);

  it('opens in practice and takes the token out of the address', async () => {
    await ui.practiceBanner().waitFor();
    expect(page.url()).not.toContain('token');
    await shot('main-job-1-dashboard');
  });

  it('imports a CSV file through the wizard', async () => {
    await ui.go('Contacts');
    await ui.contacts.startImport();
    await ui.contacts.chooseFile('people.csv', file);
    expect(await ui.contacts.mapping('E-Mail')).toBe('E-mail address');
    expect(await ui.contacts.mapping('Vorname')).toBe('First name');
    await shot('main-job-2-mapping');
    await ui.contacts.next();
    await ui.contacts.newList('Fair visitors');
    await ui.contacts.dryRun();
    await ui.contacts.rejectedReason().waitFor();
    await shot('main-job-3-dry-run');
    await ui.contacts.runImport(6);
    await ui.go('Contacts');
    await ui.contacts.search('müller');
    await ui.contacts.row(people.replies).waitFor();
    await shot('main-job-4-contacts');
  });

  it('writes a three-step sequence, sees it for a person, and activates it', async () => {
    await ui.go('Sequences');
    await ui.sequences.create('Spring fair');
    await ui.sequences.writeMail(1, {
      subject: 'Our talk at the fair, {{ first_name | default: "there" }}',
      body: 'Hi {{ first_name | default: "there" }},\n\nit was good to meet you. What does {{ company | default: "your team" }} plan next?',
    });
    await ui.sequences.addFollowUp();
    await ui.sequences.writeMail(2, { body: 'Hi {{ first_name }},\n\nmy second mail.' });
    await ui.sequences.addFollowUp();
    await ui.sequences.writeMail(3, { body: 'Hi {{ first_name }},\n\nmy last mail.' });
    await ui.sequences.setWait(0, 1);
    await ui.sequences.setWait(1, 1);
    await ui.sequences.previewText().getByText('it was good to meet you').waitFor();
    await shot('main-job-5-sequence');
    await ui.sequences.activate();
  });

  it('creates a campaign, passes the checklist and launches it', async () => {
    await ui.go('Campaigns');
    await ui.campaigns.create('Spring', 'Spring fair');
    await ui.campaigns.chooseList('Fair visitors');
    await ui.campaigns.wouldEnrol(6).waitFor();
    await shot('main-job-6-checklist');
    await ui.campaigns.launch(6);
    await ui.campaigns.runningBadge().waitFor();
  });

  it('sends, stops whoever replied, suppresses who bounced or opted out, and finishes the rest', async () => {
    await ui.campaigns
      .person(people.replies)
      .filter({ hasText: /replied/i })
      .waitFor({ timeout: 90_000 });
    await shot('main-job-7-running');
    await until(
      'everybody is through',
      campaign,
      ({ counts }) =>
        counts.enrolments.pending + counts.enrolments.active + counts.enrolments.held === 0 && counts.replied === 2 && counts.bounced === 2 && counts.unsubscribed === 1,
      150_000,
    );
    expect((await campaign()).counts).toMatchObject({ people: 6, mailed: 5, sent: 8, failed: 1, replied: 2, bounced: 2, unsubscribed: 1 });
    await ui.campaigns
      .person(people.bounces)
      .filter({ hasText: /bounced/i })
      .waitFor();
    await shot('main-job-8-done');
  }, 260_000);

  it('sent what was written, in threads, and nothing after a reply', () => {
    const silent = mailsTo(people.silent);
    expect(silent.map((mail) => mail.subject)).toEqual(['Our talk at the fair, Sam', 'Re: Our talk at the fair, Sam', 'Re: Our talk at the fair, Sam']);
    const [first, second, third] = silent;
    expect(first?.inReplyTo).toBe('');
    expect(second?.inReplyTo).toBe(first?.messageId);
    expect(third?.inReplyTo).toBe(second?.messageId);
    expect(third?.references).toBe(`${first?.messageId} ${second?.messageId}`);
    expect(first?.listUnsubscribe).toMatch(/^<mailto:/);
    expect(mailsTo(people.replies)).toHaveLength(1);
    expect(mailsTo(people.asksSecond)).toHaveLength(2);
    expect(mailsTo(people.bouncesLater)).toHaveLength(1);
    expect(mailsTo(people.optsOut)).toHaveLength(1);
    expect(mailsTo(people.bounces)).toHaveLength(0);
    const ids = app.left().map((mail) => mail.messageId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows the reply with its conversation', async () => {
    await ui.go('Inbox');
    await ui.inbox.reply('Rita').click();
    await ui.inbox.conversation().getByText('it was good to meet you').first().waitFor();
    await shot('main-job-9-inbox');
  });

  it('lists who must never be mailed again', async () => {
    await ui.go('Contacts');
    await ui.suppressions.open();
    for (const address of [people.bounces, people.bouncesLater, people.optsOut]) await ui.suppressions.row(address).waitFor();
    await shot('main-job-10-suppressions');
  });

  it('exports the campaign report', async () => {
    await ui.go('Campaigns');
    await page.getByRole('row').filter({ hasText: 'Spring fair' }).first().click();
    const csv = await ui.campaigns.exportReport();
    expect(csv.startsWith('\ufeffE-mail,First name,')).toBe(true);
    const line = (address: string) => csv.split('\r\n').find((each) => each.startsWith(address)) ?? '';
    expect(csv.trimEnd().split('\r\n')).toHaveLength(7);
    expect(line(people.silent)).toMatch(/,finished,,Practice mailbox,3,\d{4}-/);
    expect(line(people.replies)).toMatch(/^rita\+replies@example.com,Rita,Müller,Größe & Co,stopped,replied,Practice mailbox,1,.*,human,$/);
    expect(line(people.bounces)).toMatch(/,stopped,bounced,Practice mailbox,0,,,,,.*5\.1\.1/);
    expect(line(people.optsOut)).toMatch(/,stopped,unsubscribed,.*,opt_out,$/);
  });

  it('opens every other screen', async () => {
    for (const name of ['Dashboard', 'Activity', 'Mailboxes', 'Settings'] as const) {
      await ui.go(name);
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await until(
        'the screen has its data',
        () => page.getByRole('status', { name: 'Loading' }).count(),
        (n) => n === 0,
        10_000,
      );
      await shot(`screen-${name.toLowerCase()}`);
    }
  });

  it('left no error in the browser', () => {
    expect(problems).toEqual([]);
  });
});
