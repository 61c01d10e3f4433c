/** A file that somebody attaches: from Discord to the real process, and gone afterwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseFile, MEMBARR } from '../adapters/imports/files.ts';
import { Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
});
afterAll(() => stage.strike());

it('is fetched, read and compared, and nothing of it stays', async () => {
  await stage.addServer('jellyfin', { name: 'Den', url: stage.den.url, token: stage.den.apiKey });
  const path = databaseFile(join(stage.folder, 'app.db'), MEMBARR.membarr, {
    clients: [{ discord_username: stage.ada.id, email: null, jellyfin_username: 'somebody' }],
  });
  const file = { filename: 'app.db', content: readFileSync(path) };
  const reply = await stage.asOlga('/import', { from: 'membarr', file });
  await reply.until('Nothing is changed yet');
  expect(reply.text).toMatch(/1 stays out: 1 no such account/);
  expect(reply.message.attachments[0]?.bytes.toString()).toContain(stage.ada.id);
  expect(readdirSync(join(stage.folder, 'data', 'imports'))).toEqual([]);
});
