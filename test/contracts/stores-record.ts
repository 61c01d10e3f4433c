/** What the store of the record must do: whatever is read of it is as it was written, and says whether it is. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { GuildStores } from '../../src/app/ports/stores.ts';
import type { SignedHead } from '../../src/domain/record.ts';
import type { OpenStores } from '../support/databases.ts';
import { noon } from '../support/moments.ts';
import { ann, bob, here, staff, there } from '../support/people.ts';
import { minutes, seed } from './guild.ts';
import { expectChain } from './stores.ts';

export function recordStoreContract(open: () => Promise<OpenStores>): void {
  let it_: OpenStores;
  const write = <T>(work: (stores: GuildStores) => Promise<T>) => it_.stores.transaction(here, work);
  const read = () => it_.stores.of(here).record;
  const aHead = (number: number, changes: Partial<SignedHead> = {}): SignedHead => ({
    ...{ number, hash: `hash-${number}`, keyId: 'key', signature: 'signature', at: minutes(number) },
    ...changes,
  });

  beforeEach(async () => {
    it_ = await open();
    await seed(it_.stores, here);
    await seed(it_.stores, there);
    await write(async ({ audit }) => {
      const facts = { libraries: ['Ünder "quotes"', 'B\n\t🎬'], reason: "it's", until: null };
      for (const [index, targetId] of [ann, bob, null].entries())
        await audit.append({ action: 'grant.created', actorId: staff, targetId, facts, at: minutes(index) });
      await audit.append({ action: 'grant.ended', actorId: null, targetId: ann, facts: {}, at: minutes(3) });
    });
    await it_.stores.transaction(there, ({ audit }) =>
      audit.append({ action: 'server.added', actorId: staff, facts: {}, at: noon }),
    );
  });

  describe('the record', () => {
    it('is read in its order and says that it is as it was written', async () => {
      const first = await read().read({ after: 0, limit: 3 });
      expect(first.map(({ number, isAsWritten }) => [number, isAsWritten])).toEqual([
        [1, true],
        [2, true],
        [3, true],
      ]);
      expect(first[0]).toMatchObject({ actorId: staff, targetId: ann, at: minutes(0).toISOString() });
      const [last, ...none] = await read().read({ after: 3, limit: 3 });
      expect(none).toEqual([]);
      expect(await read().head()).toEqual({ number: 4, hash: last?.hash });
      expect(await read().read({ after: 4, limit: 3 })).toEqual([]);
    });

    it.each([
      { actorId: 'nobody' },
      { facts: '{}' },
      { action: 'grant.ended' },
      { at: minutes(9) },
      { hash: 'x' },
    ])('says that an event is not: %o', async (data) => {
      await it_.db.transaction(here, (queries) =>
        queries.auditEvent.updateMany({ where: { guildId: here, number: 2 }, data }),
      );
      const events = await read().read({ after: 0, limit: 9 });
      expect(events.map(({ isAsWritten }) => isAsWritten)).toEqual([true, false, true, true]);
    });

    it('is read within the transaction that writes it', async () => {
      const [found, head] = await write(async ({ audit, record }) => {
        await audit.append({ action: 'grant.ended', actorId: null, facts: {}, at: noon });
        return [await record.read({ after: 4, limit: 9 }), await record.head()] as const;
      });
      expect(found).toMatchObject([{ number: 5, isAsWritten: true, hash: head.hash }]);
    });

    it('is listed by who had a part in it, and by kind', async () => {
      const list = async (...asked: Parameters<ReturnType<typeof read>['list']>) =>
        (await read().list(...asked)).map(({ number }) => number);
      expect(await list({}, { limit: 9 })).toEqual([4, 3, 2, 1]);
      expect(await list({}, { from: 3, limit: 2 })).toEqual([3, 2]);
      expect(await list({ after: 2 }, { limit: 9 })).toEqual([4, 3]);
      expect(await list({ personId: ann }, { limit: 9 })).toEqual([4, 1]);
      expect(await list({ personId: staff }, { limit: 9 })).toEqual([3, 2, 1]);
      expect(await list({ actions: ['grant.ended', 'server.added'] }, { limit: 9 })).toEqual([4]);
      expect(await read().listNewer({ personId: ann }, { after: 1, limit: 9 })).toEqual([4]);
      expect(await read().listNewer({}, { after: 1, limit: 2 })).toEqual([2, 3]);
      expect(await read().find(9)).toBeUndefined();
      expect(await read().find(2)).toMatchObject({ number: 2, targetId: bob });
    });

    it('is found by time', async () => {
      const lastBefore = (at: Date) => read().findLastBefore(at);
      expect(await Promise.all([noon, minutes(1), minutes(2.5), minutes(9)].map(lastBefore))).toEqual([
        0, 1, 3, 4,
      ]);
    });

    it('knows where Discord has a line, unless somebody of it was forgotten', async () => {
      await it_.db.transaction(here, (queries) =>
        queries.auditEvent.updateMany({ where: { number: 2 }, data: { salt: '' } }),
      );
      await write(({ record }) => record.noteShown([1, 2], 'channel', 'message'));
      expect(await read().findLine(1)).toEqual({ kind: 'sent', channelId: 'channel', messageId: 'message' });
      expect(await read().findLine(2)).toEqual({ kind: 'unknown' });
    });

    it('knows which line is owed', async () => {
      await write(({ settings }) => settings.update({ auditChannelId: 'channel' }));
      await write(({ audit }) => audit.append({ action: 'grant.ended', actorId: null, facts: {}, at: noon }));
      const line = { kind: 'waiting', channelId: 'channel', since: expect.any(Date) };
      expect(await read().findLine(5)).toEqual(line);
      expect(await read().findLine(4)).toEqual({ kind: 'unknown' });
    });

    it('that an older version began is chained anew, as long as nobody was told a head', async () => {
      const asBefore = () =>
        it_.db.transaction(here, (queries) =>
          queries.auditEvent.updateMany({
            where: { guildId: here, number: { lt: 3 } },
            data: { salt: '', factsHash: '', hash: 'old' },
          }),
        );
      await asBefore();
      const next = async () => {
        await write(({ record }) => record.chainNext(2));
        return await read().isToBeChained();
      };
      expect(await read().isToBeChained()).toBe(true);
      expect(await next()).toBe(true);
      // Killed here, nothing is lost: it goes on where it was. What happens meanwhile follows what there was.
      await write(({ audit }) => audit.append({ action: 'grant.ended', actorId: null, facts: {}, at: noon }));
      expect([await next(), await next()]).toEqual([true, false]);
      await expectChain(it_, here, 5);
      expect((await read().read({ after: 0, limit: 9 })).every(({ isAsWritten }) => isAsWritten)).toBe(true);
      await write(({ record }) => record.addHead(aHead(5)));
      await asBefore();
      expect([await read().isToBeChained(), await next()]).toEqual([false, false]);
      const asWritten = (await read().read({ after: 0, limit: 9 })).map(({ isAsWritten }) => isAsWritten);
      expect(asWritten).toEqual([false, false, true, true, true]);
    });
  });

  it('heads are kept as they were told first, each hash of a number by itself', async () => {
    const [first, other] = [aHead(4), aHead(4, { hash: 'other', at: minutes(9) })];
    await write(async ({ record }) => {
      await record.addHead(aHead(2));
      await record.addHead(first);
      await record.addHead({ ...first, signature: 'later', at: minutes(8) });
      await record.addHead(other);
    });
    expect(await read().listHeads()).toEqual([aHead(2), first, other]);
    expect(await read().findLastHead()).toEqual(other);
    expect(await it_.stores.of(there).record.findLastHead()).toBeUndefined();
  });

  it('guilds are due a day after they began, and a day after they were checked', async () => {
    const due = (at: Date) => it_.stores.due.listRecordChecks(at);
    await it_.db.transaction(here, (queries) =>
      queries.guild.updateMany({ data: { createdAt: minutes(5) } }),
    );
    expect([await due(noon), await due(minutes(5))]).toEqual([[], [here, there]]);
    await write(({ record }) => record.noteChecked(minutes(7)));
    expect([await due(minutes(6)), await due(minutes(7))]).toEqual([[there], [here, there]]);
  });
}
