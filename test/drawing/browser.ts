/** The Chromium of this machine, as Debian installs it, or the one that `CHROMIUM` names. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const findBrowser = (): string | undefined =>
  PLACES.find((path) => path !== undefined && existsSync(path));

/** Without its sandbox, which needs rights that a container does not have: it sees only pages of ours. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('no Chromium is installed here');
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
