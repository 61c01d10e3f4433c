/** A member reads what Usher knows of them, and is forgotten, over a kill while plex.tv is away. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { badGateway } from '../standins/discord/index.ts';
import { Stage } from '../support/stage.ts';
import { as, plexMember } from './actions.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
}, 60_000);
afterAll(() => stage.strike());

it('ends the access on the server first, goes on after a kill, and then knows nobody of that id', async () => {
  const { user } = await plexMember(stage, 'mia', 'TV');
  const mia = as(stage, user);
  const files = () => stage.discord.dmsOf(user).flatMap(({ attachments }) => attachments);
  const copy = async (): Promise<string> => {
    const before = files().length;
    await mia.command('my data', { action: 'export' });
    const file = await stage.discord.until('a file in a DM', () => files()[before]);
    return file.bytes.toString();
  };
  const file = await copy();
  expect(JSON.parse(file).communities[0].grants).toMatchObject([{ number: 1, madeBy: 'staff' }]);
  expect(file).not.toContain(stage.olga.id);

  const asked = await mia.command('my data', { action: 'delete' });
  expect(asked.text).toContain('Should Usher forget you?');
  const away = stage.plexTv.http.fault({
    path: /./,
    answer: badGateway(502),
    times: Number.POSITIVE_INFINITY,
  });
  expect((await asked.click('Forget me')).text).toContain('It waits for Tower');
  await stage.usher.kill();
  away.lift();
  await stage.start();
  await stage.audited(/member\.forgotten/, 1, 60_000);
  // Whoever uses it again is known by name, and by nothing else but the message that is on its way to them.
  expect(JSON.parse(await copy()).communities).toMatchObject([
    {
      profile: [{ name: 'mia', note: null }],
      grants: [],
      accounts: [],
      messages: [{ kind: 'dm', state: 'owed' }],
      record: [],
    },
  ]);
  expect(stage.discord.violations).toEqual([]);
}, 90_000);
