import { existsSync } from 'node:fs';

const PLACES = [
  process.env.TEST_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** It speaks to the gateway alone: nothing of its own goes over the network. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of an installed Chromium; `TEST_CHROMIUM` names another one. Without any: told, and a failure in CI. */
export function findChromium(): string | undefined {
  const found = PLACES.find((place) => place !== undefined && existsSync(place));
  if (found !== undefined) return found;
  if (process.env.CI === 'true') throw new Error('no Chromium is installed, and TEST_CHROMIUM names none');
  console.warn('skipped: no Chromium is installed, and TEST_CHROMIUM names none');
  return undefined;
}
