import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createCustomIds,
  type Presented,
  type Signable,
} from '../../../../src/adapters/discord/messages/custom-id.ts';
import { NO_GUILD, toGuildId } from '../../../../src/domain/ids.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const GUILD = toGuildId('111111111111111111');
const OTHER_GUILD = toGuildId('222222222222222222');
const ADA = '333333333333333333';
const BOB = '444444444444444444';
const APP = '555555555555555555';

const ids = createCustomIds(new Uint8Array(32).fill(1));

const signable: Signable = {
  command: 'grant extend',
  op: 'undo',
  args: ['clx123', '30'],
  applicationId: APP,
  guildId: GUILD,
  inDm: false,
  audience: { userId: ADA },
  expiresAt: new Date(NOW.getTime() + 3_600_000),
};

const by = (customId: string, changes: Partial<Presented> = {}) =>
  ids.verify({ customId, applicationId: APP, guildId: GUILD, userId: ADA, now: NOW, ...changes });

describe('a custom id', () => {
  it('comes back as it was signed', () => {
    const customId = ids.sign(signable);
    expect(customId).toMatch(/^1~grant\.extend~undo~clx123,30~/);
    expect(by(customId)).toEqual({
      kind: 'valid',
      command: 'grant extend',
      op: 'undo',
      args: ['clx123', '30'],
      guildId: GUILD,
    });
  });

  it.each<[string, Partial<Signable>, Partial<Presented>, string]>([
    ['another user', {}, { userId: BOB }, 'not-yours'],
    ['another guild', {}, { guildId: OTHER_GUILD }, 'not-yours'],
    ['a DM', {}, { guildId: null }, 'not-yours'],
    ['another application', {}, { applicationId: BOB }, 'not-yours'],
    ['later than it lasts', {}, { now: new Date(NOW.getTime() + 3_700_000) }, 'too-old'],
    ['another user, for everybody', { audience: 'everybody' }, { userId: BOB }, 'valid'],
    ['another guild, for everybody', { audience: 'everybody' }, { guildId: OTHER_GUILD }, 'not-yours'],
    ['the DM it was sent to', { inDm: true }, { guildId: null }, 'valid'],
    ['a guild, though made for a DM', { inDm: true }, { guildId: OTHER_GUILD }, 'not-yours'],
    ['a DM without a guild', { inDm: true, guildId: NO_GUILD }, { guildId: null }, 'valid'],
    ['a guild, though made for a DM without one', { inDm: true, guildId: NO_GUILD }, {}, 'not-yours'],
  ])('presented by or in %s', (_what, signed, presented, kind) => {
    expect(by(ids.sign({ ...signable, ...signed }), presented).kind).toBe(kind);
  });

  it('carries its guild into a DM', () => {
    expect(by(ids.sign({ ...signable, inDm: true }), { guildId: null })).toMatchObject({
      kind: 'valid',
      guildId: GUILD,
    });
  });

  it('of another key is forged', () => {
    const others = createCustomIds(new Uint8Array(32).fill(2));
    expect(by(others.sign(signable)).kind).toBe('not-yours');
  });

  it('that would not fit is a bug', () => {
    expect(() => ids.sign({ ...signable, args: ['x'.repeat(60)] })).toThrow(RangeError);
  });

  it('fits with two ids of 25 characters for a command of two words', () => {
    expect(
      ids.sign({ ...signable, command: 'grant add', op: 'page', args: ['x'.repeat(36), '25'] }).length,
    ).toBeLessThanOrEqual(100);
  });
});

const arg = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => text.isWellFormed());
const anything = fc.record({
  command: fc.constantFrom('help', 'grant add', 'server sub deep'),
  op: fc.constantFrom('a', 'open', 'x~y'),
  args: fc.array(fc.oneof(arg, fc.constantFrom('', '%', ',', '~', '%2c', '\n')), { maxLength: 3 }),
});

/** Some generated ids are longer than 100 characters. Those are refused and not cut. */
const signed = (what: { command: string; op: string; args: string[] }) => {
  try {
    return ids.sign({ ...signable, ...what });
  } catch {
    return undefined;
  }
};

describe('any custom id', () => {
  it('comes back as it was signed, within 100 characters', () => {
    fc.assert(
      fc.property(anything, (what) => {
        const customId = signed(what);
        if (customId === undefined) return;
        expect(customId.length).toBeLessThanOrEqual(100);
        expect(by(customId)).toEqual({ kind: 'valid', ...what, guildId: GUILD });
      }),
    );
  });

  it('with one character changed is not valid', () => {
    fc.assert(
      fc.property(anything, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (what, at, char) => {
        const customId = signed(what);
        if (customId === undefined) return;
        const index = at % customId.length;
        const changed = customId.slice(0, index) + char + customId.slice(index + 1);
        if (changed !== customId) expect(by(changed).kind).not.toBe('valid');
      }),
    );
  });

  it('that is not ours is refused without a fuss', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(by(text)).toEqual({ kind: 'not-yours' });
      }),
    );
  });

  it('says the same of two intents only when they are the same', () => {
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        const [first, second] = [signed(one), signed(other)];
        if (first && second && first === second) expect(one).toEqual(other);
      }),
    );
  });
});
