import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.ts';
import { openHouse, type House } from './support/house.ts';

const executablePath = findChromium();

describe.skipIf(executablePath === undefined)('the docs page in a browser', () => {
  let house: House;
  let browser: Browser;
  let page: Page;
  /** What the browser complains of: errors of scripts, files that do not come, breaches of the page's policy. */
  const complaints: string[] = [];
  const origins = new Set<string>();

  beforeAll(async () => {
    house = await openHouse();
    await house.pool('shown-here', 'openai', ['good']);
    // Without a profile of its own Playwright makes a fresh one and removes it.
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => complaints.push(`${request.url()} did not come`));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== 'data:') origins.add(origin);
    });
    await page.goto(`${house.url}/docs`);
  });

  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  const operation = (method: string, path: string) =>
    page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${path}"]`) });

  it('lists every operation of the document', async () => {
    const { paths } = await house.admin.get<{ paths: Record<string, object> }>('/api/admin/openapi.json');
    const documented = Object.values(paths).flatMap((item) => Object.keys(item));
    await operation('get', '/api/admin/upstreams').waitFor();
    expect(await page.locator('.opblock').count()).toBe(documented.length);
    expect(await page.locator('.opblock-summary-description:empty').count()).toBe(0);
  });

  it('authorises, and tries an operation out', async () => {
    await page.locator('.scheme-container button.authorize').click();
    const dialog = page.locator('.dialog-ux');
    await dialog
      .locator('input[type=text], input[type=password]')
      .first()
      .fill(house.gateway.home.adminToken);
    await dialog.locator('button.authorize').first().click();
    await dialog.locator('button.btn-done').first().click();
    const block = operation('get', '/api/admin/upstreams');
    await block.locator('.opblock-summary-control').click();
    await block.locator('.try-out__btn').click();
    await block.locator('button.execute').click();
    const answer = block.locator('.live-responses-table');
    await answer.locator('.microlight').first().waitFor();
    expect(await answer.locator('.response .response-col_status').first().innerText()).toContain('200');
    expect(await answer.innerText()).toContain('shown-here');
  });

  it('runs under its policy without a complaint, and asks nobody else', () => {
    expect(complaints).toEqual([]);
    expect([...origins]).toEqual([house.url]);
  });
});
