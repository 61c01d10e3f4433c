/** Two guilds of one installation share a media server, and a person is a member of both. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuildId } from '../../../src/domain/ids.ts';
import type { DriftPolicy, ExpiryAction } from '../../../src/domain/model.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, GUILD, OTHER_GUILD } from '../../support/people.ts';
import { DOWN, type Place, World, whileRead } from '../world.ts';

let world: World;
let here: Place;
let there: Place;
let ada: FakePerson;

/** The same Tower in both guilds, and Ada with the same account in both. */
beforeEach(async () => {
  world = await World.open();
  here = await world.addTower(GUILD);
  there = await world.add(here.fake, OTHER_GUILD);
  ada = await world.newAccount(ADA, here, GUILD);
  await world.link(ADA, there, ada, OTHER_GUILD);
});
afterEach(() => world.close());

const give = (guildId: GuildId, names: readonly string[], ms?: number) => {
  const place = guildId === GUILD ? here : there;
  const ids = names.map((name) => place.id(name));
  return world.grant(ADA, ids, ms === undefined ? { guildId } : { guildId, ms });
};
const turn = () => new Promise((resolve) => setImmediate(resolve));
const sync = (guildId: GuildId) => world.app.syncServers(guildId);
const setServer = async (
  guildId: GuildId,
  changes: { driftPolicy?: DriftPolicy; expiryAction?: ExpiryAction },
) => {
  const id = guildId === GUILD ? here.server.id : there.server.id;
  await world.stores.transaction(guildId, (tx) => tx.servers.update(id, changes));
};
const foreign = async (guildId: GuildId) =>
  (await world.events(undefined, guildId)).filter(({ action }) => action.startsWith('drift.'));

it('what one took without an answer and lands late is given again by the other', async () => {
  await give(OTHER_GUILD, ['Movies'], HOUR);
  const { fake } = here;
  const withdraw = fake.withdraw.bind(fake);
  let land: (() => Promise<unknown>) | undefined;
  fake.withdraw = async (account) => {
    land = () => withdraw(account);
    Reflect.deleteProperty(fake, 'withdraw');
    return { kind: 'unclear', why: DOWN };
  };
  await world.pass(HOUR, OTHER_GUILD);
  await give(GUILD, ['Movies']);
  expect(ada.access).toEqual(['movies']);
  await land?.();
  expect(ada.access).toBeNull();
  await world.pass(31 * SECOND);
  expect(ada.access).toEqual(['movies']);
  expect(await foreign(GUILD)).toEqual([]);
});

describe('the end of a grant in one guild', () => {
  it('leaves what the other still gives, and says why, without saying who', async () => {
    const mine = await give(GUILD, ['Movies', 'Shows'], HOUR);
    await give(OTHER_GUILD, ['Movies']);
    await world.pass(HOUR);
    expect(ada.access).toEqual(['movies']);
    expect(await world.grantState(mine.grant.id)).toBe('ended');
    const [ended] = await world.events('grant.ended');
    expect(ended?.facts.detail).toBe(
      'plex.tv shows Shows gone from Tower; Movies stays, given by something else on this installation',
    );
    expect(JSON.stringify(await world.events())).not.toContain(OTHER_GUILD);
  });

  it.each([
    [GUILD, OTHER_GUILD],
    [OTHER_GUILD, GUILD],
  ])('takes what both gave when both have ended, whichever was first', async (first, second) => {
    await give(first, ['Movies'], HOUR);
    await give(second, ['Movies'], 2 * HOUR);
    await world.pass(HOUR, first);
    expect(ada.access).toEqual(['movies']);
    await world.pass(HOUR, second);
    expect(ada.access).toBeNull();
    expect(await world.events('grant.overdue', first)).toEqual([]);
  });

  it('hands over what the other has just begun to give, and the other takes it at its own end', async () => {
    await give(GUILD, ['Movies'], HOUR);
    world.clock.advance(HOUR);
    await give(OTHER_GUILD, ['Movies'], HOUR);
    await world.pass(0, GUILD);
    expect(ada.access).toEqual(['movies']);
    await world.pass(HOUR, OTHER_GUILD);
    expect(ada.access).toBeNull();
  });

  it('takes what both gave when both end at once', async () => {
    const [one, other] = [await give(GUILD, ['Movies'], HOUR), await give(OTHER_GUILD, ['Movies'], HOUR)];
    world.clock.advance(HOUR);
    await Promise.all([world.pass(0, GUILD), world.pass(0, OTHER_GUILD)]);
    await Promise.all([world.pass(MINUTE, GUILD), world.pass(0, OTHER_GUILD)]);
    expect(ada.access).toBeNull();
    expect(await world.grantState(one.grant.id)).toBe('ended');
    expect(await world.grantState(other.grant.id, OTHER_GUILD)).toBe('ended');
  });

  it('is no echo when the other guild gives it anew a moment later', async () => {
    await give(GUILD, ['Movies'], HOUR);
    await world.pass(HOUR);
    await give(OTHER_GUILD, ['Movies']);
    await sync(GUILD);
    await world.pass(MINUTE);
    expect(ada.access).toEqual(['movies']);
    expect(await world.events('grant.overdue')).toEqual([]);
    expect(await foreign(GUILD)).toEqual([]);
  });
});

describe('what the other guild gives', () => {
  it.each<DriftPolicy>(['report', 'enforce', 'adopt'])('is no change by others under %s', async (policy) => {
    await setServer(OTHER_GUILD, { driftPolicy: policy });
    await give(OTHER_GUILD, ['Shows']);
    await give(GUILD, ['Movies'], DAY);
    for (let look = 0; look < 3; look += 1) {
      await world.pass(11 * MINUTE);
      await sync(OTHER_GUILD);
      await world.pass(0, OTHER_GUILD);
    }
    expect(new Set(ada.access)).toEqual(new Set(['movies', 'shows']));
    expect(await foreign(OTHER_GUILD)).toEqual([]);
    await world.pass(DAY);
    expect(ada.access).toEqual(['shows']);
  });

  it('is no grant for good when the account is linked here as well', async () => {
    const ben = here.fake.addPerson({ name: 'ben' });
    const member = '300000000000000009' as typeof ADA;
    await world.link(member, here, ben, GUILD);
    await world.grant(member, [here.id('Movies')], { ms: HOUR });
    ben.access = [...(ben.access ?? []), 'music'];
    await world.link(member, there, ben, OTHER_GUILD);
    const imported = await world.events('grant.created', OTHER_GUILD);
    expect(imported).toMatchObject([{ facts: { libraries: ['Music'] } }]);
    await world.pass(HOUR);
    expect(ben.access).toEqual(['music']);
  });
});

it('passes of two guilds over one server never overlap', async () => {
  let readMeanwhile = 0;
  let theirs: Promise<unknown> | undefined;
  whileRead(here.fake, async () => {
    const { reads } = here.fake;
    theirs = give(OTHER_GUILD, ['Shows']);
    // Its pass would begin as soon as the grant is there; there is time for it.
    while ((await world.events('grant.created', OTHER_GUILD)).length === 0) await turn();
    for (let count = 0; count < 20; count += 1) await turn();
    readMeanwhile = here.fake.reads - reads;
  });
  await give(GUILD, ['Movies']);
  await theirs;
  await world.app.idle('servers');
  expect(readMeanwhile).toBe(0);
  expect(new Set(ada.access)).toEqual(new Set(['movies', 'shows']));
});

describe('an account of the server', () => {
  let den: Place;
  let denThere: Place;
  let dan: FakePerson;
  beforeEach(async () => {
    den = await world.addDen(GUILD);
    denThere = await world.add(den.fake, OTHER_GUILD);
    dan = await world.newAccount(ADA, den, GUILD);
    await world.link(ADA, denThere, dan, OTHER_GUILD);
  });

  it('that one guild closed is opened by the other', async () => {
    await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    await world.pass(HOUR);
    expect(dan.disabled).toBe(true);
    await world.grant(ADA, [denThere.id('Series')], { guildId: OTHER_GUILD });
    expect(dan).toMatchObject({ disabled: false, access: ['series'] });
  });

  it('that another guild uses is neither closed nor deleted', async () => {
    await world.stores.transaction(GUILD, async (tx) => {
      await tx.servers.update(den.server.id, { expiryAction: 'delete' });
      const [row] = await tx.accounts.list({ serverId: den.server.id, memberId: ADA });
      await tx.accounts.update(row?.id ?? '', { createdByUs: true });
    });
    await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    await world.grant(ADA, [denThere.id('Series')], { guildId: OTHER_GUILD });
    await world.pass(HOUR);
    await world.pass(8 * DAY);
    await world.pass(30 * SECOND);
    expect(dan).toMatchObject({ disabled: false, access: ['series'] });
    expect(den.fake.people.has(dan.externalId)).toBe(true);
  });
});
