/** The sandbox in a real browser: what people type, click and fill in there does what it says. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, openBrowser } from '../drawing/browser.ts';
import { Site } from './site.ts';
import { Street } from './street.ts';

const PATIENCE_MS = 60_000;
const patiently = { timeout: PATIENCE_MS };
let street: Street;
let site: Site;
let browser: Browser;
let page: Page;

/** Types a line and sends it. */
async function type(line: string): Promise<void> {
  await page.fill('#bar', line);
  await page.press('#bar', 'Enter');
  await settled();
}

const settled = async () => await page.waitForSelector('body:not([data-busy])');
const last = () => page.locator('#messages .message').last();

describe.skipIf(!findBrowser())('the sandbox', { timeout: PATIENCE_MS }, () => {
  beforeAll(async () => {
    street = await Street.open();
    site = new Site(street);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(await site.open());
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
    await site.close();
    await street.stage.strike();
  });

  it('offers commands and options while they are typed', async () => {
    await page.fill('#bar', '/serv');
    await expect
      .poll(async () => await page.locator('.offer').allTextContents(), patiently)
      .toContainEqual(expect.stringContaining('/server add'));
    await page.locator('.offer', { hasText: '/server add' }).click();
    await page.locator('.offer', { hasText: 'type *' }).click();
    await page.locator('.offer', { hasText: 'Jellyfin' }).click();
    expect(await page.inputValue('#bar')).toMatch(/^\/server add type:\S+ $/);
  });

  it('opens a form, and adds a server with what is filled in', async () => {
    await page.press('#bar', 'Enter');
    const { den } = street.stage;
    await page.fill('dialog [name=name]', 'Den');
    await page.fill('dialog [name=url]', den.url);
    await page.fill('dialog [name=token]', den.apiKey);
    await page.locator('dialog button', { hasText: 'Submit' }).click();
    await expect.poll(async () => await last().textContent(), patiently).toContain('online');
  });

  it('gives access, which the shelf of the server shows', async () => {
    await type('/invite create libraries:Shows for:30d');
    const code = /[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}/.exec((await last().textContent()) ?? '')?.[0] ?? 'none';
    await page.locator('[data-be=ben]').click();
    await type('/redeem');
    await page.fill('dialog [name=code]', code);
    await page.locator('dialog button', { hasText: 'Submit' }).click();
    await last().locator('button', { hasText: 'Create account: Den' }).click();
    await page.fill('dialog [name=name]', 'benny');
    await page.locator('dialog button', { hasText: 'Submit' }).click();
    await expect
      .poll(async () => await page.locator('.shelf', { hasText: 'benny' }).textContent(), patiently)
      .toBe('bennyShows');
  });

  it('shows nobody what only another sees, and says what a client refuses', async () => {
    await page.locator('[data-be=ada]').click();
    await expect
      .poll(async () => await page.locator('#messages').textContent(), patiently)
      .not.toContain('benny');
    await type('/nothing');
    await expect
      .poll(async () => await page.locator('#notice').textContent(), patiently)
      .toContain('there is no command');
  });

  it('lets a server fail and come back', async () => {
    await page.locator('[data-be=olga]').click();
    await page.locator('[data-trouble=den]').check();
    await type('/server check server:Den');
    await expect.poll(async () => await last().textContent(), patiently).toContain('🔴');
    await page.locator('[data-trouble=den]').uncheck();
    await type('/server check server:Den');
    await expect.poll(async () => await last().textContent(), patiently).toContain('🟢');
    expect(street.stage.discord.violations).toEqual([]);
  });
});
