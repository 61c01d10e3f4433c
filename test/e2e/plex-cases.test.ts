/** What others ran into with Plex: whose account it is, whose server, and rows that do not fit. Cases by number. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlexServer, SharingSettings } from '../standins/plex/plex-tv.ts';
import { Stage } from '../support/stage.ts';
import { addMember, as, connectPlex, openCode, plexAccount, plexMember, redeem } from './actions.ts';

const PATIENCE_MS = 90_000;
const LONG = { timeout: 2 * PATIENCE_MS };
let stage: Stage;
let old: PlexServer;

beforeAll(async () => {
  stage = await Stage.set();
  // The same owner's, of the same name and with the same keys: it was set up anew since.
  old = await stage.plexTv.addServer({
    owner: stage.plexOwner,
    name: 'Tower',
    libraries: [{ title: 'Movies' }, { title: 'TV', type: 'show' }],
  });
  await stage.start();
  await stage.setUp();
});
afterAll(() => stage.strike());

const ended = (user: { readonly id: string }) =>
  stage.audited(new RegExp(`grant\\.ended · <@${user.id}>.*plex\\.tv shows it gone`), 1, PATIENCE_MS);

it('P07: another server of the same owner and name is neither read nor written', LONG, async () => {
  const user = addMember(stage, 'mia');
  const account = plexAccount(stage, user);
  stage.plexTv.share(account, old, { libraries: ['Movies'] });
  const card = await stage.asOlga('/server show', { server: 'Tower' });
  expect(card.text).toMatch(/3 libraries · 0 accounts/);
  await stage.asOlga('/grant add', { member: user, libraries: 'Tower · Movies', for: '10s' });
  await connectPlex(stage, await as(stage, user).command('my access'), account);
  expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
  await ended(user);
  expect(stage.plexTv.accessOf(account, stage.tower)).toBe('none');
  expect(stage.plexTv.accessOf(account, old)).toEqual(['Movies']);
  expect(stage.auditLines.filter((line) => line.includes('had Movies'))).toEqual([]);
});

it(
  'P11: settings that nobody knows come back as they were, and a stranger’s row is no obstacle',
  LONG,
  async () => {
    const { user, account } = await plexMember(stage, 'kim', 'Tower · Movies');
    const stranger = stage.plexTv.addAccount({ username: 'stranger' });
    stage.plexTv.share(stranger, stage.tower, { libraries: ['TV'] });
    const settings: SharingSettings = {
      filterTelevision: 'label!=UPKEEP%2CAll%20I%20Want...%2Cd%C3%A9mo|contentRating=2%20ans%20et%20%2B',
      filterMovies: `label=${'x,'.repeat(120)}&contentRating=FSK-12,PG "13" <x> 🎬`,
      filterAll: null,
      allowTuners: 2,
      allowWatchTogether: true,
      restrictionProfile: { id: 3, name: 'Teen' },
      blockedGenres: ['Horror'],
    };
    const kept = stage.plexTv.sharingSettings(stage.plexOwner, account);
    Object.assign(kept, structuredClone(settings));
    const odd = stage.plexTv.http.fault({
      path: /shared_servers\/owned\/\w+$/,
      method: 'GET',
      times: Number.POSITIVE_INFINITY,
      alters: (answer) => ({
        ...answer,
        body: (answer.body as { readonly invitedId: number }[]).map((row) =>
          row.invitedId === stranger.id
            ? { ...row, libraries: 7, allLibraries: 'maybe', sharingSettings: [] }
            : row,
        ),
      }),
    });
    await stage.asOlga('/grant add', { member: user, libraries: 'Tower · Concerts', for: '6s' });
    await stage.audited(new RegExp(`access\\.applied · <@${user.id}>.*Concerts`), 1, PATIENCE_MS);
    await ended(user);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
    expect(stage.plexTv.sharingSettings(stage.plexOwner, account)).toMatchObject(settings);
    expect(stage.plexTv.accessOf(stranger, stage.tower)).toEqual(['TV']);
    const synced = await stage.asOlga('/library sync', { server: 'Tower' });
    expect(synced.text).toMatch(/plex\.tv lists an entry \(share \d+\) that is not understood/);
    expect((await stage.asOlga('/server list')).text).toMatch(/Tower.*(.|\n)*online/);
    odd.lift();
  },
);

describe('whose account it is', () => {
  it(
    'P15, P16: a managed account and the owner are refused with the reason, and a proper one works',
    LONG,
    async () => {
      const user = addMember(stage, 'dad');
      const account = plexAccount(stage, user);
      const kid = stage.plexTv.addAccount({ title: 'Kid', managed: true, homeOf: stage.plexOwner });
      const partner = stage.plexTv.addAccount({ username: 'partner', homeOf: stage.plexOwner });
      const code = await openCode(stage, { libraries: 'Tower · Movies', for: '2h' });
      let shown = await redeem(stage, user, code);
      for (const [who, why] of [
        [kid, /Kid.*is a managed account of a Plex Home/],
        [partner, /partner.*is in the Plex Home of the server's owner/],
        [stage.plexOwner, /is the owner of the server/],
      ] as const) {
        const refused = await connectPlex(stage, shown, who);
        expect(refused.text).toMatch(why);
        expect(refused.text).not.toContain('keeps trying');
        expect(stage.plexTv.shareOf(who, stage.tower)).toBeUndefined();
        shown = await as(stage, user).command('my access');
        expect(shown.text).toContain('Sign in with Plex to watch Movies on Tower');
      }
      expect(
        stage.auditLines.filter((line) => line.includes('member.linked') && line.includes(user.id)),
      ).toEqual([]);
      await connectPlex(stage, shown, account);
      expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
    },
  );

  it('P16: what Usher gave is taken at its end, whatever the account has become', LONG, async () => {
    const { user, account } = await plexMember(stage, 'lou', 'Tower · TV');
    await stage.asOlga('/grant add', { member: user, libraries: 'Tower · Concerts', for: '8s' });
    account.homeOf = stage.plexOwner;
    await stage.asOlga('/library sync', { server: 'Tower' });
    await stage.audited(new RegExp(`drift\\.found · <@${user.id}>.*in the Plex Home of the owner now`));
    await ended(user);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['TV']);
    expect((await stage.asOlga('/server members', { server: 'Tower' })).text).toContain(
      'in the Plex Home of',
    );
  });

  it('P17: the account of another member is refused, and theirs stays theirs', LONG, async () => {
    const { account } = await plexMember(stage, 'ann', 'Tower · Movies');
    const noah = addMember(stage, 'noah');
    const shown = await redeem(stage, noah, await openCode(stage, { libraries: 'Tower · TV', for: '2h' }));
    const refused = await connectPlex(stage, shown, account);
    expect(refused.text).toMatch(/belongs to another member/);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
    const own = plexAccount(stage, noah);
    await connectPlex(stage, await as(stage, noah).command('my access'), own);
    expect(stage.plexTv.accessOf(own, stage.tower)).toEqual(['TV']);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
    // Nor does another account come in beside his own, with a button of before.
    const friend = stage.plexTv.addAccount({ username: 'friend' });
    const second = await connectPlex(stage, await shown.click('Try again'), friend);
    expect(second.text).toMatch(/friend.*was not connected: you have an account there already/);
    expect(stage.plexTv.accessOf(friend, stage.tower)).toBe('none');
  });
});

describe('whose server it is', () => {
  const add = async (name: string, url: string, token: string) =>
    (await stage.addServer('plex', { name, url, token })).text;

  it('P23: a second one needs a name of its own, and the same one is added once', async () => {
    const { token } = stage.plexOwner;
    for (const name of ['Tower', 'tower '])
      expect(await add(name, old.url, token)).toMatch(/already a server called/i);
    expect(await add('Tower 2', stage.tower.url, token)).toMatch(/already here, as \*\*Tower\*\*/);
  });

  it('P26: a token that only the machine takes, or that is a friend’s, adds nothing', async () => {
    const friend = stage.plexTv.addAccount({ username: 'friend' });
    stage.plexTv.share(friend, old, { libraries: ['Movies'] });
    expect(await add('Old', old.url, friend.token)).toMatch(/does not belong to the account/);
    expect(await add('Old', old.url, 'nonsense')).toMatch(/not the token of a Plex account/);
    expect(await add('Old', old.url, stage.plexOwner.token)).toContain('Added');
  });
});

it('nothing that Discord refuses, and no error of ours', () => {
  expect(stage.discord.violations).toEqual([]);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
  expect(stage.plexTv.http.requests.filter(({ body }) => body.includes('"librarySectionIds":[]'))).toEqual(
    [],
  );
});
