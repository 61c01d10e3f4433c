/** Whose account a row of an import is, and why it is left where that is not certain. */
import { describe, expect, it } from 'vitest';
import { emailKey } from '../../../src/domain/email-key.ts';
import { type Here, matchRows, type PresentAccount } from '../../../src/domain/imports/match.ts';
import { discordOf, endsAt, type ImportedRow, NO_END, readEnd } from '../../../src/domain/imports/rows.ts';
import { ADA, BEN } from '../../support/people.ts';
import { anAccount, aServer } from '../../support/rows.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const tower = aServer({
  id: 'tower',
  kind: 'plex',
  name: 'Tower',
  identity: 'Machine-1',
  ownerAccountId: '1',
});
const loft = aServer({ id: 'loft', kind: 'plex', name: 'Loft', identity: 'machine-2', ownerAccountId: '1' });
const den = aServer({ id: 'den', kind: 'jellyfin', name: 'Den', identity: 'abc', ownerAccountId: null });
const ID = '74b2f8a0c1d2e3f4a5b6c7d8e9f00112';

const account = (id: string, changes: Partial<PresentAccount> = {}): PresentAccount => {
  const { serverId, name, memberId, formerMemberId, protection, pending } = anAccount();
  const usual = { serverId, name, memberId, formerMemberId, protection, pending };
  return {
    ...{
      ...usual,
      id,
      serverId: 'den',
      externalId: `x-${id}`,
      name: id,
      memberId: null,
      formerMemberId: null,
    },
    ...{ protection: null, seenAccess: 'libraries', emailKey: null },
    ...changes,
  };
};
const row = (changes: Partial<ImportedRow> = {}): ImportedRow => ({
  ...{ at: 'line 2', discordId: ADA, discordName: null, kind: null, serverIdentity: null, serverName: null },
  ...{ accountId: null, account: null, email: null, end: NO_END },
  ...changes,
});
const here = (accounts: readonly PresentAccount[], changes: Partial<Here> = {}): Here => ({
  ...{ servers: [tower, den], accounts, people: [], maxAccounts: 1, zone: 'Europe/Berlin', now: NOW },
  ...changes,
});
const match = (rows: readonly ImportedRow[], where: Here) => matchRows(rows, where);
const only = (one: ImportedRow, where: Here) => match([one], where)[0];
const whyOf = (one: ImportedRow, where: Here) => {
  const verdict = only(one, where);
  return verdict?.kind === 'left' ? verdict.why : verdict?.kind;
};

describe('the account', () => {
  const mia = account('mia', { externalId: ID });
  const plexMia = account('plex-mia', {
    ...{ serverId: 'tower', externalId: '42', name: 'Mia P', emailKey: emailKey('Mia@Example.org') ?? '' },
  });

  it.each([
    ['by its id, however it is written', row({ accountId: ID.toUpperCase() }), 'mia', true],
    ['by its e-mail address', row({ kind: 'plex', email: ' mia@example.ORG' }), 'plex-mia', true],
    ['by its name, in any case', row({ kind: 'jellyfin', account: 'MIA' }), 'mia', true],
    [
      'by the name before the @, which is a guess',
      row({ kind: 'jellyfin', email: 'mia@other.org' }),
      'mia',
      false,
    ],
    [
      'by its name where its id is gone: a guess',
      row({ accountId: 'f'.repeat(32), account: 'mia' }),
      'mia',
      false,
    ],
  ])('is found %s', (_how, one, id, isSure) => {
    expect(only(one, here([mia, plexMia]))).toMatchObject({
      kind: 'found',
      accountIds: [id],
      isSure,
      memberId: ADA,
    });
  });

  it.each([
    ['names nobody', row(), 'nameless'],
    ['is of Emby', row({ kind: 'other', account: 'mia' }), 'other-kind'],
    ['is on a server that is not here', row({ serverIdentity: 'else', account: 'mia' }), 'no-server'],
    ['is gone', row({ kind: 'jellyfin', account: 'noah' }), 'no-account'],
    ['is of another kind', row({ kind: 'plex', account: 'mia' }), 'no-account'],
  ])('is left where it %s', (_how, one, why) => {
    expect(whyOf(one, here([mia, plexMia]))).toBe(why);
  });

  it('is never one of several', () => {
    const attic = aServer({ id: 'attic', kind: 'jellyfin', name: 'Attic' });
    const both = [account('mia'), account('other', { serverId: 'attic', name: 'mia' })];
    const where = here(both, { servers: [den, attic] });
    expect(whyOf(row({ account: 'mia' }), where)).toBe('several-accounts');
    expect(only(row({ account: 'mia', serverName: 'attic' }), where)).toMatchObject({
      accountIds: ['other'],
    });
  });

  it('of a vendor is one on all servers, unless the tool says which', () => {
    const again = { ...plexMia, id: 'in-loft', serverId: 'loft' };
    const where = here([plexMia, again], { servers: [tower, loft] });
    expect(only(row({ account: 'Mia P' }), where)).toMatchObject({ accountIds: ['plex-mia', 'in-loft'] });
    const one = row({ account: 'Mia P', serverIdentity: 'MACHINE-1' });
    expect(only(one, where)).toMatchObject({ accountIds: ['plex-mia'] });
  });

  it('is left where it is protected, somebody else’s, or only invited', () => {
    const named = row({ account: 'mia' });
    expect(whyOf(named, here([account('mia', { protection: 'administrator' })]))).toBe('protected');
    expect(whyOf(named, here([account('mia', { memberId: BEN })]))).toBe('somebody-elses');
    expect(whyOf(named, here([account('mia', { memberId: ADA })]))).toBe('already');
    const invited = account('mia', { serverId: 'tower', externalId: 'email:7' });
    expect(whyOf(named, here([invited]))).toBe('pending');
  });
});

describe('the member', () => {
  const people = [
    { memberId: ADA, names: ['Ada'] },
    { memberId: BEN, names: ['ben'] },
  ];

  it('by name is a guess, and never one of two', () => {
    const one = row({ discordId: null, discordName: 'ada', account: 'mia' });
    expect(only(one, here([account('mia')], { people }))).toMatchObject({ memberId: ADA, isSure: false });
    const two = [...people, { memberId: BEN, names: ['ADA'] }];
    expect(whyOf(one, here([account('mia')], { people: two }))).toBe('no-member');
  });

  it('may be called like their account where the tool knows nobody at Discord', () => {
    const one = row({ discordId: null, account: 'ben' });
    expect(only(one, here([account('ben')], { people }))).toMatchObject({ memberId: BEN, isSure: false });
    const address = row({ discordId: null, account: 'x', email: 'ben@example.org' });
    expect(only(address, here([account('x')], { people }))).toMatchObject({ memberId: BEN, isSure: false });
    expect(whyOf(row({ discordId: null, account: 'mia' }), here([account('mia')], { people }))).toBe(
      'no-member',
    );
  });

  it('has as many accounts as they may have', () => {
    const rows = [row({ account: 'one' }), row({ account: 'two' })];
    const accounts = [account('one'), account('two')];
    expect(match(rows, here(accounts)).map((verdict) => verdict.kind)).toEqual(['found', 'left']);
    expect(match(rows, here(accounts, { maxAccounts: 2 })).map(({ kind }) => kind)).toEqual([
      'found',
      'found',
    ]);
    const has = [...accounts, account('had', { memberId: ADA })];
    expect(whyOf(row({ account: 'one' }), here(has))).toBe('has-another');
  });
});

describe('several rows', () => {
  const day = (text: string) => ({ end: readEnd(text) });

  it('that name two people for one account are both left', () => {
    const rows = [row({ account: 'mia' }), row({ account: 'mia', discordId: BEN })];
    expect(match(rows, here([account('mia')]))).toEqual([
      { kind: 'left', why: 'two-people' },
      { kind: 'left', why: 'two-people' },
    ]);
  });

  it.each([
    ['the later end', ['2026-05-01', '2026-06-01'], ['left', 'found']],
    ['what never ends', ['never', '2026-06-01'], ['found', 'left']],
    ['the first of what is the same', ['2026-06-01', '2026-06-01'], ['found', 'left']],
  ])('that say the same count once: %s', (_which, ends, kinds) => {
    const rows = ends.map((end) => row({ account: 'mia', ...day(end) }));
    expect(match(rows, here([account('mia')])).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('the end', () => {
  const found = (end: string) => only(row({ account: 'mia', end: readEnd(end) }), here([account('mia')]));

  it('is that of the tool, or none', () => {
    expect(found('')).toMatchObject({ until: null, isOver: false });
    expect(found('2026-12-31')).toMatchObject({ until: new Date('2026-12-31T22:59:59Z') });
    expect(found('2026-12-31 18:00:00.123456')).toMatchObject({ until: new Date('2026-12-31T18:00:00Z') });
  });

  it('is none when it is over: nobody loses access by an import', () => {
    expect(found('2026-02-28')).toMatchObject({ kind: 'found', until: null, isOver: true });
    expect(found('2026-03-01')).toMatchObject({ isOver: false });
  });

  it('is not guessed', () => {
    for (const text of ['31/12/26', '2026-13-01', '2026-02-30', 'soon', '2026-12-31T25:00'])
      expect(found(text)).toEqual({ kind: 'left', why: 'unclear-end' });
  });

  it.each([
    ['2026-12-31T18:00Z', '2026-12-31T18:00:00.000Z'],
    ['2026-12-31 18:00', '2026-12-31T18:00:00.000Z'],
    ['2026-12-31T18:00:05+02:00', '2026-12-31T16:00:05.000Z'],
    ['2026-12-31T18:00:05-0330', '2026-12-31T21:30:05.000Z'],
  ])('%s', (text, at) => {
    const end = readEnd(text);
    if (end.kind === 'unclear') throw new Error('unclear');
    expect(endsAt(end, 'Asia/Tokyo')?.toISOString()).toBe(at);
  });
});

it.each([
  ['112233445566778899', '112233445566778899', null],
  ['<@112233445566778899>', '112233445566778899', null],
  ['mia#1234', null, 'mia'],
  ['@mia', null, 'mia'],
  [' ', null, null],
])('%s at Discord', (text, discordId, discordName) => {
  expect(discordOf(text)).toEqual({ discordId, discordName });
});
