/** What stores must do: plans, held runs, job runs, and changes of grants. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { GuildStores } from '../../src/app/ports/stores.ts';
import { asActor } from '../../src/domain/ids.ts';
import type { OpenStores } from '../support/databases.ts';
import { noon } from '../support/moments.ts';
import { ann, here, nowhere, there } from '../support/people.ts';
import { aPlan, newGrant, newInvite } from '../support/rows.ts';
import { aHeldRun, aJobRun, aPost, minutes, seed } from './guild.ts';

export function engineStoresContract(open: () => Promise<OpenStores>): void {
  let it_: OpenStores;
  const write = <T>(work: (stores: GuildStores) => Promise<T>) => it_.stores.transaction(here, work);
  const read = () => it_.stores.of(here);

  beforeEach(async () => {
    it_ = await open();
    await seed(it_.stores, here);
  });

  it('staff are told in the channel for alerts, or else of the record, each guild in its own', async () => {
    expect(await it_.stores.listStaffPlaces()).toEqual([]);
    await write(({ settings }) => settings.update({ auditChannelId: 'record', language: 'de' }));
    await it_.stores.transaction(there, ({ settings }) =>
      settings.update({ auditChannelId: 'record', alertsChannelId: 'alerts' }),
    );
    const places = await it_.stores.listStaffPlaces();
    expect(places.toSorted((one, other) => one.channelId.localeCompare(other.channelId))).toEqual([
      { guildId: there, channelId: 'alerts', language: 'en' },
      { guildId: here, channelId: 'record', language: 'de' },
    ]);
  });

  describe('plans', () => {
    it('come back as they were made, by name', async () => {
      const zoo = aPlan('1', { name: 'Zoo', roleId: '7', expiryAction: 'disable', duration: '' });
      await write(async ({ plans }) => {
        await plans.add(zoo);
        await plans.add(aPlan('2', { name: 'all', libraryIds: [] }));
      });
      expect((await read().plans.list()).map(({ name }) => name)).toEqual(['all', 'Zoo']);
      expect(await read().plans.find('1')).toEqual(zoo);
      expect(await read().plans.find('none')).toBeUndefined();
    });

    it('have names of their own, in any case, and libraries of the guild', async () => {
      await write(({ plans }) => plans.add(aPlan('1', { name: 'Zoo' })));
      await expect(write(({ plans }) => plans.add(aPlan('2', { name: 'ZOO' })))).rejects.toThrow();
      await expect(write(({ plans }) => plans.add(aPlan('3', { libraryIds: ['none'] })))).rejects.toThrow();
      expect(await read().plans.list()).toHaveLength(1);
    });

    it('are changed in part', async () => {
      await write(({ plans }) => plans.add(aPlan('1')));
      await write(({ plans }) => plans.update('1', { libraryIds: ['music'] }));
      await write(({ plans }) => plans.update('1', { name: 'new', duration: '1y' }));
      expect(await read().plans.find('1')).toEqual(
        aPlan('1', { name: 'new', duration: '1y', libraryIds: ['music'] }),
      );
      await expect(write(({ plans }) => plans.update('none', { name: 'x' }))).rejects.toThrow('not there');
    });

    it('go, and what was made from them stays', async () => {
      await write(async ({ plans, grants, invites }) => {
        await plans.add(aPlan('1'));
        await invites.add(newInvite('i', { planId: '1' }));
        await grants.add(newGrant('g1', { planId: '1' }));
        await grants.add(newGrant('g2'));
      });
      expect(await read().grants.count({ planId: '1' })).toBe(1);
      expect((await read().grants.list({ planId: '1' })).map(({ id }) => id)).toEqual(['g1']);
      await write(({ plans }) => plans.remove('1'));
      expect(await read().plans.list()).toEqual([]);
      expect(await read().grants.find('g1')).toMatchObject({ planId: null, libraryIds: ['movies'] });
      expect(await read().invites.find('i')).toMatchObject({ planId: null });
    });
  });

  describe('a change of a grant', () => {
    it('replaces what it names, and its next moment follows', async () => {
      const { nextMoment } = it_.stores.due;
      await write(({ grants }) => grants.add(newGrant('g1')));
      const change = (changes: Parameters<GuildStores['grants']['change']>[1]) =>
        write(({ grants }) => grants.change('g1', changes));
      await change({ expiresAt: minutes(90), libraryIds: ['shows', 'music'] });
      expect(await read().grants.find('g1')).toMatchObject({
        state: 'active',
        libraryIds: ['music', 'shows'],
      });
      expect(await nextMoment()).toEqual(minutes(90));
      await change({ state: 'paused', pausedAt: minutes(5), remainingSeconds: 60 });
      expect(await nextMoment()).toBeUndefined();
      expect(await read().grants.find('g1')).toMatchObject({ pausedAt: minutes(5), remainingSeconds: 60 });
      await change({ state: 'scheduled', startsAt: minutes(7), pausedAt: null });
      expect(await nextMoment()).toEqual(minutes(7));
      await expect(write(({ grants }) => grants.change('none', {}))).rejects.toThrow('not there');
    });
  });

  it.each<[string, (ask: (stores: GuildStores) => Promise<void>) => Promise<void>]>([
    ['reads', (ask) => ask(read())],
    ['statements of a transaction', (ask) => write(ask)],
  ])('many %s in a row leave everything else its turns', async (_what, run) => {
    let [turns, isOver] = [0, false];
    const turn = (): void => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await run(async ({ settings }) => {
      for (let n = 0; n < 300; n += 1) await settings.get();
    });
    isOver = true;
    expect(turns).toBeGreaterThan(1);
  });

  it('held runs are decided once', async () => {
    const run = aHeldRun('h', 'plex');
    await write(({ heldRuns }) => heldRuns.add(run));
    const held = { ...run, state: 'held', decidedById: null, decidedAt: null };
    expect(await read().heldRuns.find('h')).toEqual(held);
    expect(await read().heldRuns.listHeld()).toEqual([held]);
    expect(await read().heldRuns.listHeld('other')).toEqual([]);
    const decide = (decision: 'released' | 'dismissed') =>
      write(({ heldRuns }) => heldRuns.decide('h', decision, asActor(ann), minutes(1)));
    expect([await decide('released'), await decide('dismissed')]).toEqual([true, false]);
    expect(await read().heldRuns.listHeld('plex')).toEqual([]);
    expect(await read().heldRuns.find('h')).toMatchObject({ state: 'released', decidedById: ann });
  });

  it('panels are looked at half a minute after the first of some events, and no other posts are', async () => {
    const at = async (id: string) => (await read().posts.get(id))?.dueAt;
    const { listPanels } = it_.stores.due;
    await write(({ posts }) => posts.put(aPost('other', { dueAt: minutes(60) })));
    expect(await listPanels()).toEqual([]);
    await write(async ({ posts }) => {
      await posts.put(aPost('panel', { topic: 'panel 1', dueAt: minutes(60) }));
      await posts.put(aPost('never', { topic: 'panel 2', dueAt: null }));
      await posts.put(aPost('closed', { topic: 'panel 3', state: 'closed', dueAt: minutes(60) }));
    });
    expect(await listPanels()).toEqual([here]);
    const happens = (when: Date) =>
      write(({ audit }) => audit.append({ action: 'backup.made', actorId: null, facts: {}, at: when }));
    await happens(noon);
    await happens(minutes(0.25));
    expect(await Promise.all(['panel', 'never', 'closed', 'other'].map(at))).toEqual([
      minutes(0.5),
      minutes(0.5),
      minutes(60),
      minutes(60),
    ]);
  });

  it('posts are found by what they are about, the newest first, and looked at when due', async () => {
    const [first, second] = [aPost('a'), aPost('b', { openedAt: minutes(1), dueAt: minutes(5) })];
    await write(({ posts }) => posts.put(first));
    expect(await read().posts.get('a')).toEqual(first);
    await write(({ posts }) => posts.put({ ...first, state: 'closed', content: null, version: 2 }));
    await write(({ posts }) => posts.put(second));
    expect(await read().posts.find('outage plex')).toEqual(second);
    expect(await read().posts.find('outage other')).toBeUndefined();
    expect(await read().posts.list()).toEqual([second]);
    const due = async (at: Date) => (await read().posts.listDue(at)).map(({ id }) => id);
    expect([await due(minutes(-1)), await due(noon), await due(minutes(5))]).toEqual([[], ['a'], ['a', 'b']]);
    await write(({ posts }) => posts.remove('a'));
    await write(({ posts }) => posts.setBack(noon));
    expect([await read().posts.get('a'), await due(noon)]).toEqual([undefined, ['b']]);
  });

  it('the button of an invite is looked at when the invite is used or taken back, and when it runs out', async () => {
    await write(({ invites }) => invites.add(newInvite('i', { usesMax: 2 })));
    const button = aPost('b', { topic: 'claim i', kind: 'channel', sink: '1', dueAt: minutes(60) });
    const isDue = async () => (await read().posts.listDue(minutes(1))).length > 0;
    for (const what of ['takeUse', 'revoke'] as const) {
      await write(({ posts }) => posts.put(button));
      expect(await isDue()).toBe(false);
      await write(({ invites }) =>
        what === 'revoke' ? invites.revoke('i', minutes(1)) : invites.takeUse('i', ann, 'g', minutes(1)),
      );
      expect(await isDue()).toBe(true);
    }
  });

  it('runs of a job are kept, the newest hundred of each, newest first', async () => {
    await write(async ({ jobRuns }) => {
      await jobRuns.add({ ...aJobRun('other', minutes(-9)), job: 'enforce' });
      for (let n = 1; n <= 103; n += 1) await jobRuns.add(aJobRun(`j${n}`, minutes(n)));
      await jobRuns.add({ ...aJobRun('bad', minutes(200)), outcome: 'failed', detail: 'no answer' });
    });
    const runs = await read().jobRuns.list('sync', 200);
    expect(runs.map(({ id }) => id).slice(0, 3)).toEqual(['bad', 'j103', 'j102']);
    expect(runs[0]).toMatchObject({ outcome: 'failed', detail: 'no answer', finishedAt: minutes(200) });
    expect([runs.length, runs.at(-1)?.id]).toEqual([100, 'j5']);
    expect(await read().jobRuns.list('enforce', 9)).toHaveLength(1);
  });

  it('accounts whose comparison failed are listed on their own', async () => {
    expect(await read().accounts.list({ troubled: true })).toEqual([]);
    await write(({ accounts }) => accounts.update('account', { trouble: 'no answer' }));
    expect(await read().accounts.list({ troubled: true })).toMatchObject([{ id: 'account' }]);
  });

  it('the next moment is told for one guild as well', async () => {
    await seed(it_.stores, there);
    await write(({ grants }) => grants.add(newGrant('g1')));
    await it_.stores.transaction(there, ({ grants }) =>
      grants.add(newGrant('g1', { expiresAt: minutes(5) })),
    );
    const { nextMoment } = it_.stores.due;
    expect([await nextMoment(), await nextMoment(here), await nextMoment(nowhere)]).toEqual([
      minutes(5),
      minutes(60),
      undefined,
    ]);
  });

  it('an account that is to be deleted is due at that moment', async () => {
    await write(({ accounts }) => accounts.update('account', { deleteAt: minutes(30) }));
    const { nextMoment, listGuilds } = it_.stores.due;
    expect(await nextMoment()).toEqual(minutes(30));
    expect([await listGuilds(minutes(29)), await listGuilds(minutes(30))]).toEqual([[], [here]]);
    const due = async (now: Date) => (await read().accounts.listDue(now)).map(({ id }) => id);
    expect([await due(minutes(29)), await due(minutes(30))]).toEqual([[], ['account']]);
    const servers = (now: Date) => read().accounts.listDueServers(now);
    expect([await servers(minutes(29)), await servers(minutes(30))]).toEqual([[], ['plex']]);
  });

  it('an account that is due by a decision may lose something, by anything else not', async () => {
    const lossApproved = async () => (await read().accounts.find('account'))?.lossApproved;
    await write(({ accounts }) => accounts.makeDue({ memberIds: [ann] }, noon, 'noticed'));
    expect(await lossApproved()).toBe(false);
    await write(({ accounts }) => accounts.makeDue({ memberIds: [ann] }, noon, 'decided'));
    expect(await lossApproved()).toBe(true);
    // What was noticed later takes nothing back from the decision that is still to be carried out.
    await write(({ accounts }) => accounts.makeDue({ memberIds: [ann] }, noon, 'noticed'));
    expect(await lossApproved()).toBe(true);
  });
}
