/** What older versions have sealed is bound to its row, once, on every database. */
import { expect, it } from 'vitest';
import { resealRows } from '../../src/adapters/prisma/reseal.ts';
import { checkKey, createSecrets } from '../../src/adapters/secrets.ts';
import type { Log } from '../../src/app/ports/log.ts';
import type { OpenStores } from '../support/databases.ts';
import { noon } from '../support/moments.ts';
import { olderText } from '../support/older-texts.ts';
import { here, there } from '../support/people.ts';

const KEY = Buffer.alloc(32, 5);
/** More than are taken at once. */
const MANY = 501;

export function resealContract(open: () => Promise<OpenStores>): void {
  it('binds whatever is sealed to its row, goes on after a kill, and is done once', async () => {
    const { db, stores } = await open();
    const old = (plain: string, column: string, guildId: string = here) =>
      olderText(KEY, plain, { guildId, column });
    const row = (id: string, guildId: string = here) => ({ id, guildId });
    const due = { dueAt: noon, createdAt: noon };
    await db.transaction('x', async (queries) => {
      await queries.installation.create({
        data: { key: 'secrets.check', value: old('usher', 'Installation.secrets.check', '') },
      });
      for (const id of [here, there]) {
        await queries.guild.create({ data: { id } });
        await queries.member.create({ data: { guildId: id, userId: '7' } });
        const server = { ...row('tower', id), kind: 'plex', name: 'Tower', nameKey: 'tower', url: 'u' };
        const tokenCipher = old(`token of ${id}`, 'Server.token', id);
        await queries.server.create({ data: { ...server, identity: 'i', tokenLast4: 'last', tokenCipher } });
      }
      await queries.account.createMany({
        data: Array.from({ length: MANY }, (_, number) => ({
          ...{ ...row(`a${number}`), serverId: 'tower', externalId: `${number}`, name: 'ada' },
          secretCipher: old(`password ${number}`, 'Account.secret'),
        })),
      });
      // Somebody has put the password of another guild here.
      const secretCipher = old('of another', 'Account.secret', there);
      await queries.account.update({
        where: { guildId_id: { guildId: here, id: 'a3' } },
        data: { secretCipher },
      });
      await queries.signIn.create({
        data: {
          ...{ ...row('s'), memberId: '7', kind: 'plex', expiresAt: noon },
          ...{ pinCipher: old('pin', 'SignIn.pin'), tokenCipher: old('member', 'SignIn.token') },
        },
      });
      await queries.drill.create({
        data: { ...row('d'), ...due, serverId: 'tower', secretCipher: old('drill', 'Drill.secret') },
      });
      const delivery = { ...row('m'), ...due, sequence: 1, kind: 'dm', sink: '7' };
      const content = JSON.stringify({
        kind: 'invite',
        codeCipher: old('code', 'Delivery.code'),
        gives: ['v1.'],
      });
      await queries.delivery.create({ data: { ...delivery, content } });
      for (const [id, kept] of [
        ['token', { kind: 'plex', tokenCipher: old('signed in', 'Draft.token') }],
        ['offer', { sealed: old('{"offer":1}', 'Draft.addresses') }],
        ['open', { libraries: ['v1.nothing sealed'] }],
      ] as const)
        await queries.draft.create({
          data: { ...row(id), userId: '7', content: JSON.stringify(kept), expiresAt: noon },
        });
    });

    const said: string[] = [];
    const log: Log = {
      info: () => {},
      warn: () => {},
      error: (fields, sentence) => void said.push(`${sentence} ${JSON.stringify(fields)}`),
    };
    let resealed = 0;
    const start = (killedAfter = Number.POSITIVE_INFINITY) =>
      checkKey(KEY, stores.installation, (reseal) =>
        resealRows(
          db,
          (text, place) => {
            resealed += 1;
            if (resealed > killedAfter) throw new Error('killed');
            return reseal(text, place);
          },
          log,
        ),
      );
    await expect(start(504)).rejects.toThrow('killed');
    resealed = 0;
    await start();
    // What the transaction of the kill had changed was taken back, and what was done before was not done again.
    expect(resealed).toBeLessThan(MANY);
    resealed = 0;
    said.splice(0);
    await start();
    expect([resealed, said]).toEqual([0, []]);

    const secrets = createSecrets(KEY);
    const opens = (sealed: string | null | undefined, column: string, id: string, guildId: string = here) =>
      secrets.open(sealed ?? '', { guildId, column, row: id });
    for (const id of [here, there])
      expect(opens(await stores.of(id).servers.getTokenCipher('tower'), 'Server.token', 'tower', id)).toBe(
        `token of ${id}`,
      );
    const { accounts, signIns, drills } = stores.of(here);
    const password = async (from: string, as = from) =>
      opens(await accounts.getSecretCipher(from), 'Account.secret', as);
    expect(await password('a0')).toBe('password 0');
    expect(await password('a500')).toBe('password 500');
    expect(await password('a0', 'a1')).toBeUndefined();
    expect(await password('a3')).toBeUndefined();
    expect(opens(await signIns.getPinCipher('s'), 'SignIn.pin', 's')).toBe('pin');
    expect(opens(await signIns.getTokenCipher('s'), 'SignIn.token', 's')).toBe('member');
    expect(opens(await drills.getSecretCipher('d'), 'Drill.secret', 'd')).toBe('drill');
    const kept = async (table: 'delivery' | 'draft', id: string): Promise<Record<string, string>> => {
      const where = { guildId_id: { guildId: here, id } };
      const found =
        table === 'draft'
          ? await db.reader.draft.findUnique({ where })
          : await db.reader.delivery.findUnique({ where });
      return JSON.parse(found?.content ?? '');
    };
    const message = await kept('delivery', 'm');
    expect(opens(message.codeCipher, 'Delivery.code', 'm')).toBe('code');
    expect(message).toMatchObject({ kind: 'invite', gives: ['v1.'] });
    expect(opens((await kept('draft', 'token')).tokenCipher, 'Draft.token', 'token')).toBe('signed in');
    expect(opens((await kept('draft', 'offer')).sealed, 'Draft.addresses', 'offer')).toBe('{"offer":1}');
    expect(await kept('draft', 'open')).toEqual({ libraries: ['v1.nothing sealed'] });
  });
}
