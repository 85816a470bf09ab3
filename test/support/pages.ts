import type { Page } from 'playwright-core';

/** Page objects: every selector of the end-to-end tests stands here, by role and label as a person finds things. */
export function pages(page: Page) {
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const dialog = () => page.getByRole('dialog');

  return {
    async go(name: 'Dashboard' | 'Inbox' | 'Tasks' | 'Campaigns' | 'Sequences' | 'Contacts' | 'Activity' | 'Analytics' | 'Mailboxes' | 'Settings') {
      await page
        .getByRole('navigation', { name: 'Main' })
        .getByRole('link', { name: new RegExp(`^${name}`) })
        .click();
    },
    practiceBanner: () => page.getByText('Practice workspace: no mail leaves this computer'),

    contacts: {
      async startImport() {
        await page.getByRole('link', { name: 'Import contacts' }).or(button('Import contacts')).first().click();
        await page.getByRole('heading', { name: 'Import contacts' }).waitFor();
      },
      async chooseFile(name: string, content: string) {
        await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
        await page.getByRole('heading', { name: 'What do the columns mean?' }).waitFor();
      },
      /** What the wizard guessed for a column. */
      mapping: (column: string) => page.getByLabel(`Field for ${column}`).first().inputValue(),
      async next() {
        await button('Next').click();
      },
      async newList(name: string) {
        await page.getByRole('radio', { name: 'A new list' }).check();
        await page.getByLabel('Name of the new list').fill(name);
      },
      async dryRun() {
        await button('Dry run').click();
        await page.getByRole('heading', { name: 'This is what the import would do' }).waitFor();
      },
      rejectedReason: () => page.getByRole('row').filter({ hasText: 'not-an-address' }),
      async runImport(people: number) {
        await button(`Import ${people} people`).click();
        await page.getByRole('heading', { name: 'The import is finished' }).waitFor();
      },
      async search(text: string) {
        await page.getByPlaceholder('Search name, address or company').fill(text);
      },
      row: (text: string) => page.getByRole('row').filter({ hasText: text }),
    },

    sequences: {
      async create(name: string) {
        await button('New sequence').first().click();
        await dialog().getByLabel('Name of the sequence').fill(name);
        await dialog().getByRole('button', { name: 'Create' }).click();
        await page.getByRole('list', { name: 'Steps of the sequence' }).waitFor();
      },
      async writeMail(number: number, mail: { subject?: string; body: string }) {
        const card = page.getByRole('article', { name: `Mail ${number}`, exact: true });
        const toggle = card.locator('[data-step-toggle]');
        if ((await toggle.getAttribute('aria-expanded')) !== 'true') await toggle.click();
        if (mail.subject !== undefined) await card.getByLabel('Subject', { exact: true }).fill(mail.subject);
        await card.getByLabel('Text of the mail', { exact: true }).fill(mail.body);
      },
      async addFollowUp() {
        await page.getByRole('button', { name: 'Add a step', exact: true }).click();
        await page.getByRole('menuitem', { name: /^Mail/ }).click();
      },
      /** The nth wait (from 0) becomes so many days. */
      async setWait(index: number, days: number) {
        const card = page.getByRole('article', { name: 'Wait', exact: true }).nth(index);
        const toggle = card.locator('[data-step-toggle]');
        if ((await toggle.getAttribute('aria-expanded')) !== 'true') await toggle.click();
        const unit = card.getByLabel('Unit');
        if ((await unit.inputValue()) !== 'days') {
          await unit.click();
          await page.getByRole('option', { name: 'days', exact: true }).click();
        }
        await card.getByLabel('Wait for').fill(String(days));
      },
      previewText: () => page.frameLocator('iframe[title="The mail as it is displayed"]').locator('body'),
      async activate() {
        await page.getByRole('button', { name: 'Activate', exact: true }).click();
        await page.getByText('Active · version 1').first().waitFor();
      },
    },

    campaigns: {
      async create(name: string, sequence: string) {
        await button('New campaign').first().click();
        await dialog().getByLabel('Name of the campaign').fill(name);
        await dialog()
          .getByRole('combobox', { name: 'Sequence' })
          .or(dialog().getByRole('textbox', { name: 'Sequence' }))
          .first()
          .click();
        await page.getByRole('option', { name: sequence }).click();
        await dialog().getByRole('button', { name: 'Create' }).click();
        await page.getByRole('heading', { name: 'Before the launch' }).waitFor();
      },
      async chooseList(name: string) {
        await page
          .getByRole('combobox', { name: 'Lists' })
          .or(page.getByRole('textbox', { name: 'Lists', exact: true }))
          .first()
          .click();
        await page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
        await page.keyboard.press('Escape');
      },
      wouldEnrol: (people: number) => page.getByText(`${people} people would be enrolled`),
      async launch(people: number) {
        await page.getByRole('button', { name: 'Launch', exact: true }).click();
        await button(`Launch, mail ${people} people`).click();
      },
      runningBadge: () => page.getByText('Running').first(),
      person: (email: string) => page.getByRole('row').filter({ hasText: email }),
      async exportReport(): Promise<string> {
        const [download] = await Promise.all([page.waitForEvent('download'), button('Report as CSV').click()]);
        const stream = await download.createReadStream();
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        return Buffer.concat(chunks).toString('utf8');
      },
    },

    mailboxes: {
      form: () => page.getByRole('dialog', { name: /^(Add a mailbox|Edit )/ }),
      /** The server name of one side. */
      server: (side: 'Sending (SMTP)' | 'Inbox (IMAP)') => page.getByRole('group', { name: side }).getByLabel('Server', { exact: true }).inputValue(),
      card: (name: string) => page.getByRole('article', { name, exact: true }),
      async action(name: string, action: string) {
        await button(`Actions for ${name}`).click();
        await page.getByRole('menuitem', { name: action }).click();
      },
    },

    inbox: {
      reply: (text: string) => page.getByRole('region', { name: 'Conversations' }).getByText(text).first(),
      conversation: () => page.getByRole('region', { name: 'Conversation' }).last(),
    },
    suppressions: {
      async open() {
        await page.getByRole('tab', { name: 'Suppressions' }).click();
      },
      row: (value: string) => page.getByRole('row').filter({ hasText: value }),
    },
  };
}
