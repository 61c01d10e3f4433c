/** What every implementation of Outbox must do. */

import { beforeEach, expect, it } from 'vitest';
import type { Delivery, DeliveryContent, DeliveryKind } from '../../src/app/ports/outbox.ts';
import { type GuildId, toGuildId } from '../../src/domain/ids.ts';
import type { NoticePart, NoticePlace } from '../../src/domain/notice.ts';
import type { OpenStores } from '../support/databases.ts';
import { noon } from '../support/moments.ts';
import { ann, here, staff, there } from '../support/people.ts';
import { minutes } from './guild.ts';

export function outboxContract(open: () => Promise<OpenStores>): void {
  let it_: OpenStores;
  beforeEach(async () => {
    it_ = await open();
  });

  const notice = (text: string): DeliveryContent => ({ kind: 'notice', text });
  const owe = (guildId: GuildId, kind: DeliveryKind, sink: string, ...ids: readonly string[]) =>
    it_.stores.transaction(guildId, async ({ deliveries }) => {
      for (const id of ids) await deliveries.owe({ id, kind, sink, content: notice(`text ${id}`) }, noon);
    });
  const due = async (now = noon, limit = 50) => (await it_.outbox.listDue(now, limit)).map(({ id }) => id);
  const head = async (id: string, now = noon): Promise<Delivery> => {
    const found = (await it_.outbox.listDue(now, 50)).find((delivery) => delivery.id === id);
    if (found === undefined) throw new Error(`${id} is not due`);
    return found;
  };

  const sent = (id: string, messageId: string, now: Date, guildId = here) =>
    it_.stores.transaction(guildId, ({ deliveries }) => deliveries.markSent([id], messageId, now));

  it('offers the head of each sink, in order, and nothing that is not owed', async () => {
    expect(await it_.outbox.nextMoment()).toBeUndefined();
    await owe(here, 'channel', 'c1', '1', '2', '3');
    await owe(here, 'channel', 'c2', '4');
    await owe(here, 'dm', ann, '5', '6');
    await owe(here, 'channel', ann, '7');
    expect((await due()).toSorted()).toEqual(['1', '4', '5', '7']);
    expect((await due(noon, 1)).toSorted()).toEqual([expect.stringMatching(/[147]/), '5']);
    expect(await head('1')).toEqual({
      id: '1',
      guildId: here,
      kind: 'channel',
      sink: 'c1',
      content: notice('text 1'),
      attempts: 0,
    });
    await sent('1', 'm1', noon);
    await sent('4', 'm4', noon);
    expect((await due()).toSorted()).toEqual(['2', '5', '7']);
  });

  it('lists what waits behind a head, in order, and notes several as sent together', async () => {
    await owe(here, 'audit', 'c1', '1', '2', '3', '4');
    await owe(here, 'alert', 'c1', '5');
    await owe(there, 'audit', 'c3', '6');
    await owe(here, 'audit', 'c2', '7');
    const behind = async (limit: number) =>
      (await it_.outbox.listBehind(await head('1'), limit)).map(({ id }) => id);
    expect([await behind(9), await behind(2)]).toEqual([
      ['2', '3', '4'],
      ['2', '3'],
    ]);
    const first = await head('1');
    expect(await it_.outbox.listBehind(first, 1)).toEqual([{ ...first, id: '2', content: notice('text 2') }]);
    const together = (ids: readonly string[]) =>
      it_.stores.transaction(here, ({ deliveries }) => deliveries.markSent(ids, 'm1', noon));
    expect([await together(['1', '2', '3']), await together(['1', '2', '3'])]).toEqual([true, false]);
    expect((await due()).toSorted()).toEqual(['4', '5', '6', '7']);
    expect(await it_.outbox.listBehind(await head('4'), 9)).toEqual([]);
    const rows = await it_.db.reader.delivery.findMany({ where: { messageId: 'm1' } });
    expect(rows.map(({ content, state }) => [content, state])).toEqual(Array(3).fill(['', 'sent']));
  });

  it('waits with the whole sink while its head waits, and with no other', async () => {
    await owe(here, 'channel', 'c1', '1', '2');
    await owe(here, 'channel', 'c2', '3');
    await it_.outbox.postpone(await head('1'), minutes(5), 'rate limited');
    expect([await due(), await due(minutes(4))]).toEqual([['3'], ['3']]);
    await sent('3', 'm', noon);
    expect(await it_.outbox.nextMoment()).toEqual(minutes(5));
    expect(await due(minutes(5))).toEqual(['1']);
    expect((await head('1', minutes(5))).attempts).toBe(1);
  });

  it('goes on with the next one when the head is parked', async () => {
    await owe(here, 'dm', ann, '1', '2');
    const first = await head('1');
    const park = () =>
      it_.stores.transaction(here, ({ deliveries }) => deliveries.park('1', '50007: DMs closed', minutes(1)));
    expect([await park(), await park()]).toEqual([true, false]);
    expect(await due()).toEqual(['2']);
    // It is settled already, so a late answer changes nothing.
    expect(await sent('1', 'm', noon)).toBe(false);
    await it_.outbox.postpone(first, noon, 'x');
    expect(await due()).toEqual(['2']);
    expect(await it_.db.reader.delivery.findMany({ where: { id: '1' } })).toMatchObject([
      { state: 'parked', trouble: '50007: DMs closed', messageId: null, attempts: 1 },
    ]);
  });

  it('keeps a refused head waiting with its sink, and moves all of it in order', async () => {
    await owe(here, 'channel', 'c1', '1', '2');
    await owe(here, 'channel', 'c2', '3');
    const refuse = (at: Date) =>
      it_.stores.transaction(here, ({ deliveries }) =>
        deliveries.refuse('1', { trouble: '50013', dueAt: minutes(60) }, at),
      );
    expect([await refuse(noon), await refuse(minutes(1))]).toEqual([true, false]);
    const refused = () => it_.stores.of(here).deliveries.listRefused();
    expect(await refused()).toEqual([{ channelId: 'c1', since: noon, trouble: '50013', waiting: 2 }]);
    expect(await it_.stores.of(there).deliveries.listRefused()).toEqual([]);
    expect(await due(minutes(2))).toEqual(['3']);
    await it_.stores.transaction(here, ({ deliveries }) => deliveries.retryRefused(minutes(2)));
    expect((await due(minutes(2))).toSorted()).toEqual(['1', '3']);
    await it_.stores.transaction(here, async ({ deliveries }) => {
      await deliveries.move({ from: 'c1', to: 'c2' }, 'audit', minutes(3));
      await deliveries.move({ from: 'c1', to: 'c2' }, 'channel', minutes(3));
      await deliveries.owe({ id: '4', kind: 'channel', sink: 'c2', content: notice('last') }, noon);
    });
    expect(await refused()).toEqual([]);
    for (const id of ['3', '1', '2', '4']) {
      expect(await due(minutes(3))).toEqual([id]);
      await sent(id, 'm', minutes(3));
    }
  });

  it('does not keep what was said once it was said', async () => {
    await owe(here, 'dm', ann, '1');
    await sent('1', 'message', minutes(1));
    expect(await it_.db.reader.delivery.findMany()).toMatchObject([
      { state: 'sent', messageId: 'message', sentAt: minutes(1), content: '', sequence: 1 },
    ]);
  });

  it('keeps counting in a sink, also after everything was sent', async () => {
    await owe(here, 'dm', ann, '1');
    await sent('1', 'm', noon);
    await owe(here, 'dm', ann, '2', '3');
    const rows = await it_.db.reader.delivery.findMany({ orderBy: { sequence: 'asc' } });
    expect(rows.map(({ id, sequence }) => [id, sequence])).toEqual([
      ['1', 1],
      ['2', 2],
      ['3', 3],
    ]);
  });

  it('offers a person one message at a time, also when two guilds owe one', async () => {
    await owe(here, 'dm', ann, '1');
    await owe(there, 'dm', ann, '2');
    expect(await due()).toEqual(['1']);
    await sent('1', 'm', noon);
    expect(await due()).toEqual(['2']);
  });

  it('offers what another guild owes as well, however much of one waits or is on its way', async () => {
    const people = Array.from({ length: 40 }, (_each, n) => `p${n}`);
    await it_.stores.transaction(here, async ({ deliveries }) => {
      for (const id of people) await deliveries.owe({ id, kind: 'dm', sink: id, content: notice(id) }, noon);
    });
    await owe(there, 'dm', 'b1', 'b1');
    await owe(there, 'dm', 'b2', 'b2');
    const first = await it_.outbox.listDue(minutes(1), 16);
    const of = (guildId: GuildId, list: readonly Delivery[]) => list.filter((one) => one.guildId === guildId);
    expect([of(here, first).length, of(there, first).length]).toEqual([4, 2]);
    // One that is on its way is not offered again, nor more of a guild that has its share.
    const [, theirs] = of(there, first);
    const onItsWay = [...of(here, first), ...(theirs ? [theirs] : [])];
    const next = await it_.outbox.listDue(minutes(1), 16, onItsWay);
    expect(next.map(({ sink }) => sink)).toEqual([of(there, first)[0]?.sink]);
  });

  it('gives each guild its turn before any has another, from one call to the next', async () => {
    const guilds = Array.from({ length: 9 }, (_each, n) => toGuildId(`30000000000000000${n}`));
    for (const guildId of guilds) await owe(guildId, 'alert', `c${guildId}`, `${guildId} 1`, `${guildId} 2`);
    const turns: GuildId[] = [];
    while (turns.length < 18) {
      const due = await it_.outbox.listDue(noon, 4);
      expect(due.length).toBeGreaterThan(0);
      for (const { id, guildId } of due) {
        turns.push(guildId);
        await sent(id, 'm', noon, guildId);
      }
    }
    expect(turns.slice(0, 9).toSorted()).toEqual(guilds);
    expect(turns.slice(9, 14)).toEqual(turns.slice(0, 5));
  });

  it('keeps the kinds apart: what one has to wait for holds up no other to the same place', async () => {
    const kinds: DeliveryKind[] = ['audit', 'alert', 'channel', 'dm', 'notice', 'role'];
    for (const kind of kinds) await owe(here, kind, ann, kind, `${kind} 2`);
    for (const kind of kinds) await it_.outbox.postpone(await head(kind), minutes(5), 'rate limited');
    expect(await due()).toEqual([]);
    for (const kind of kinds) {
      await sent(kind, 'm', noon);
      expect(await due()).toEqual([`${kind} 2`]);
      await sent(`${kind} 2`, 'm', noon);
    }
  });

  const place: NoticePlace = {
    ...{ serverId: 's', server: 'Tower', kind: 'plex', address: null, libraries: ['Movies'], step: 'watch' },
  };
  const parts: readonly NoticePart[] = [
    { event: 'given', places: [place], until: noon, lost: [] },
    { event: 'changed', places: [], until: null, lost: [place] },
    { event: 'coming', places: [place], from: noon, until: null },
    { event: 'paused', places: [place], leftSeconds: 60, isClosed: true },
    { event: 'ended', places: [place], cause: 'removed' },
    { event: 'deletion', server: 'Den', account: 'ann', at: noon },
    { event: 'account-gone', server: 'Den', account: 'ann', at: null },
  ];
  const changes: DeliveryContent = {
    kind: 'changes',
    grants: [
      { grantId: 'g', before: null },
      {
        grantId: 'h',
        before: {
          ...{ state: 'paused', startsAt: noon, expiresAt: null, remainingSeconds: 9, libraryIds: ['l'] },
        },
      },
    ],
    parts,
  };

  it('owes one to each of many, later, in the order of each; and what they say can change until it is sent', async () => {
    await owe(here, 'notice', ann, '1');
    await it_.stores.transaction(here, async ({ deliveries }) => {
      const later = (id: string, sink: string) => ({ id, sink, content: notice(id), dueAt: minutes(1) });
      await deliveries.oweEach('notice', [later('2', ann), later('3', 'bob')], noon);
      await deliveries.owe({ id: '4', kind: 'notice', sink: 'bob', content: notice('4') }, noon);
      expect((await deliveries.listOwed('notice', [ann, 'bob'])).map(({ id }) => id)).toEqual([
        '1',
        '2',
        '3',
        '4',
      ]);
      expect(await deliveries.listOwed('dm', [ann])).toEqual([]);
      expect(await deliveries.rewrite('3', changes)).toBe(true);
    });
    expect(await due()).toEqual(['1']);
    await sent('1', 'm', noon);
    expect(await due()).toEqual([]);
    expect((await due(minutes(1))).toSorted()).toEqual(['2', '3']);
    const [found] = await it_.stores.of(here).deliveries.listOwed('notice', ['bob']);
    expect(found).toEqual({ id: '3', sink: 'bob', content: changes });
    await it_.stores.transaction(here, async ({ deliveries }) => {
      expect(await deliveries.rewrite('1', changes)).toBe(false);
    });
  });

  it('keeps the kinds of content apart and whole', async () => {
    const contents: DeliveryContent[] = [
      { kind: 'notice', text: 'x', signIn: 'plex' },
      { kind: 'notice', text: 'x', confirms: { signInId: 's' } },
      notice('n'),
      { kind: 'alert', text: 'a', retry: 'tower' },
      { kind: 'alert', text: 'a' },
      { kind: 'role', roleId: 'r' },
      { kind: 'claim', inviteId: 'i', memberId: ann },
      changes,
      { ...changes, said: parts },
      {
        kind: 'invite',
        codeCipher: 'sealed',
        gives: ['Plex · Movies'],
        duration: '30 days',
        validUntil: noon.toISOString(),
        inviteId: 'i',
        createdById: staff,
      },
    ];
    await it_.stores.transaction(here, async ({ deliveries }) => {
      for (const [n, content] of contents.entries()) {
        await deliveries.owe({ id: `d${n}`, kind: 'dm', sink: `u${n}`, content }, noon);
      }
    });
    expect((await it_.outbox.listDue(noon, 50)).map(({ content }) => content)).toEqual(contents);
  });
}
