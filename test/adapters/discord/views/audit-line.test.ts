import { describe, expect, it } from 'vitest';
import {
  auditMessage,
  bareAuditMessage,
  type Telling,
  toldIn,
} from '../../../../src/adapters/discord/views/audit-line.ts';
import { AUDIT_EVENTS, type AuditAction } from '../../../../src/domain/audit-events.ts';
import { toActorId, toMemberId } from '../../../../src/domain/ids.ts';
import type { AuditEvent } from '../../../../src/domain/model.ts';
import { LANGUAGES } from '../../../../src/words/languages.ts';
import { say } from '../../../../src/words/say.ts';
import { readEntries } from '../../../support/audit-entries.ts';
import { anEvent } from '../../../support/rows.ts';

const OLGA = '333333333333333333';
const MIA = '444444444444444444';
const UNTIL = '2026-12-31T18:00:00.000Z';
const MOMENT = `<t:${Date.parse(UNTIL) / 1000}:f> (<t:${Date.parse(UNTIL) / 1000}:R>)`;
const GIVEN = { server: 'Tower', libraries: ['Movies', 'TV'], until: UNTIL };

const names = new Map([
  [OLGA, 'Olga'],
  [MIA, 'Mia'],
]);
const english: Telling = { language: 'en', names };
const german: Telling = { language: 'de', names };

const event = (changes: Partial<AuditEvent>) =>
  anEvent({ number: 1042, actorId: toActorId(OLGA), targetId: toMemberId(MIA), ...changes });
const one = (changes: Partial<AuditEvent>, telling = english) =>
  auditMessage([event(changes)], telling).content;
const [sentence, small] = [
  (changes: Partial<AuditEvent>, telling?: Telling) => one(changes, telling).split('\n')[0],
  (changes: Partial<AuditEvent>) => one(changes).split('\n')[1],
];

/** So many people whose grants end at once. */
const ends = (count: number, facts: AuditEvent['facts'] = { server: 'Tower', libraries: ['Movies'] }) =>
  Array.from({ length: count }, (_, at) =>
    anEvent({
      number: at + 1,
      action: 'grant.ended',
      actorId: null,
      targetId: toMemberId(String(500_000_000_000_000_000n + BigInt(at))),
      facts: { ...facts, grant: at + 1, detail: say('audit.proof.gone', { server: 'Tower' }) },
    }),
  );

describe('an event of the record', () => {
  it('is a sentence for people, and below it small print for programs', () => {
    expect(one({ facts: { ...GIVEN, grant: 17, reason: 'birthday' } })).toBe(
      `🟢 Olga gave Mia Movies and TV on Tower until ${MOMENT} · "birthday"\n` +
        `-# #1042 grant.created · <@${MIA}> ${MIA} · by <@${OLGA}> ${OLGA} · grant #17`,
    );
  });

  it('is in the language of the guild; the small print is not', () => {
    expect(one({ facts: { ...GIVEN, grant: 17, reason: 'birthday' } }, german)).toBe(
      `🟢 Olga hat Mia Movies und TV auf Tower gegeben, bis ${MOMENT} · "birthday"\n` +
        `-# #1042 grant.created · <@${MIA}> ${MIA} · by <@${OLGA}> ${OLGA} · grant #17`,
    );
  });

  it.each<[string, Partial<AuditEvent>, string]>([
    ['for good', { facts: { ...GIVEN, until: null } }, '🟢 Olga gave Mia Movies and TV on Tower for good'],
    [
      'from later on',
      { facts: { ...GIVEN, from: UNTIL } },
      `🟢 Olga gave Mia Movies and TV on Tower from ${MOMENT}, until ${MOMENT}`,
    ],
    [
      'with its proof',
      {
        action: 'grant.ended',
        actorId: null,
        facts: {
          server: 'Tower',
          libraries: ['Movies'],
          detail: [say('audit.proof.gone', { server: 'Tower' })],
        },
      },
      '🔴 Movies on Tower has ended for Mia · Tower shows it gone',
    ],
    [
      'of an account that is closed',
      { action: 'access.applied', facts: { server: 'Tower', account: 'mia', how: 'not-deleted' } },
      '🔴 The account mia of Mia on Tower is closed and stays there',
    ],
    [
      'with what a server says, and what Usher does',
      {
        action: 'grant.overdue',
        facts: { ...GIVEN, how: 'expired', detail: ['It is off.', say('audit.note.tries')] },
      },
      '🔴 The time of Mia with Movies and TV on Tower is over, and it is still open · It is off · Usher keeps trying',
    ],
    [
      'as an older line says it',
      {
        action: 'grant.ended',
        actorId: null,
        facts: { server: 'Tower', libraries: ['Movies'], detail: 'Tower: read back, access gone' },
      },
      '🔴 Movies on Tower has ended for Mia · Tower: read back, access gone',
    ],
    [
      'about nobody',
      { action: 'server.offline', actorId: null, targetId: null, facts: { server: 'Tower' } },
      '🔴 Tower does not answer',
    ],
    [
      'with the end before and after',
      { action: 'grant.extended', facts: { ...GIVEN, before: { until: null } } },
      `🟢 Olga extended Movies and TV on Tower for Mia until ${MOMENT}, before for good`,
    ],
    [
      'with the libraries before and after',
      { action: 'grant.changed', facts: { ...GIVEN, before: { libraries: ['Movies'] } } },
      '🔵 Olga changed what Mia can watch: Movies and TV on Tower, before Movies',
    ],
    [
      'with what is left',
      {
        action: 'grant.paused',
        facts: { server: 'Tower', leftSeconds: 1_040_000, before: { until: UNTIL } },
      },
      `🟡 Olga paused Tower for Mia: 12 days and 53 minutes left for when it goes on, before until ${MOMENT}`,
    ],
    [
      'of a setting',
      {
        action: 'settings.changed',
        targetId: null,
        facts: { channel: MIA, how: 'audit', before: { channel: OLGA } },
      },
      `🔵 Olga moved the audit channel to <#${MIA}>, before <#${OLGA}>`,
    ],
    [
      'with commas and dots in names',
      { facts: { server: 'Attic, up', libraries: ['Movies', 'Movies, 4K', 'TV · Kids'], until: null } },
      '🟢 Olga gave Mia Movies, “Movies, 4K” and “TV · Kids” on “Attic, up” for good',
    ],
    [
      'with names of several servers',
      { facts: { libraries: ['Tower · Movies', 'Den · Movies, 4K'], until: null } },
      '🟢 Olga gave Mia Tower · Movies and “Den · Movies, 4K” for good',
    ],
    [
      'with hostile names',
      {
        facts: {
          libraries: ['@everyone', '[x](https://evil.example)'],
          reason: 'a" \n-# #1 b.c',
          until: null,
        },
      },
      '🟢 Olga gave Mia @\u200beveryone and \\[x\\](https\\://evil.example) for good · "a\' -# #1 b.c"',
    ],
    [
      'by somebody whose name is not known',
      { actorId: toActorId('777777777777777777'), facts: { ...GIVEN, until: null } },
      '🟢 <@777777777777777777> gave Mia Movies and TV on Tower for good',
    ],
  ])('%s', (_what, changes, said) => {
    expect(sentence(changes)).toBe(said);
  });

  it('names in its small print what programs look for', () => {
    expect(small({ action: 'invite.redeemed', facts: { grant: 3, invite: 'MR7F' } })).toBe(
      `-# #1042 invite.redeemed · <@${MIA}> ${MIA} · by <@${OLGA}> ${OLGA} · grant #3 · invite MR7F`,
    );
    expect(small({ action: 'server.offline', actorId: null, targetId: null })).toBe(
      '-# #1042 server.offline',
    );
  });

  const actions = Object.keys(AUDIT_EVENTS) as readonly AuditAction[];
  it.each(LANGUAGES)('has a whole sentence in %s for every action, whatever is known of it', (language) => {
    for (const action of actions)
      for (const facts of [{}, { ...GIVEN, account: 'mia', plan: 'Family', invite: 'MR7F', grant: 1 }])
        for (const targetId of [toMemberId(MIA), null]) {
          const { content } = auditMessage([event({ action, facts, targetId })], { language, names });
          const [entry] = readEntries([{ content }]);
          expect(entry?.action).toBe(action);
          expect(entry?.sentence).not.toMatch(/[{}]|undefined|audit\./);
        }
  });

  it('keeps its small print when there are very many libraries and long texts', () => {
    const libraries = Array.from({ length: 300 }, (_, at) => `Library number ${at}`);
    const long = {
      libraries,
      until: UNTIL,
      reason: 'r'.repeat(3_000),
      detail: ['d', 'e'].map((x) => x.repeat(3_000)),
    };
    const content = one({ facts: { ...long, grant: 17 } });
    expect(content.length).toBeLessThanOrEqual(2_000);
    expect(content).toMatch(/ and \d+ more until <t:/);
    expect(content).toMatch(/\n-# #1042 grant\.created · .* · grant #17$/);
  });
});

describe('several events', () => {
  it('are one message, each with its number, and people to whom the same happened share a sentence', () => {
    const given = event({ number: 1, facts: GIVEN });
    const { content, told } = auditMessage(
      [given, ...ends(3).map((end) => ({ ...end, number: end.number + 1 }))],
      english,
    );
    expect(told).toBe(4);
    expect(content.split('\n').map((line) => line.slice(0, 24))).toEqual(
      [
        '🟢 Olga gave Mia Movies a',
        '-# #1 grant.created · <@',
        '🔴 Movies on Tower has en',
        '-# #2 grant.ended · <@50',
        '-# #3 grant.ended · <@50',
        '-# #4 grant.ended · <@50',
      ].map((line) => line.slice(0, 24)),
    );
  });

  it('share no sentence where something differs, or where it is about nobody', () => {
    const offline = {
      action: 'server.offline',
      actorId: null,
      targetId: null,
      facts: { server: 'Tower' },
    } as const;
    const { content } = auditMessage(
      [...ends(1), ...ends(1, { server: 'Den' }), event(offline), event(offline)],
      english,
    );
    expect(content.split('\n').filter((line) => !line.startsWith('-#'))).toHaveLength(4);
  });

  it('are as many as fit, whole', () => {
    const events = ends(1_000);
    const { content, told } = auditMessage(events, english);
    expect(content.length).toBeLessThanOrEqual(2_000);
    expect(told).toBeGreaterThan(15);
    expect(readEntries([{ content }]).map(({ number }) => number)).toEqual(
      events.slice(0, told).map(({ number }) => number),
    );
    expect(content).toMatch(
      /^🔴 Movies on Tower has ended for (<@\d+>, ){9}<@\d+> and \d+ more · Tower shows it gone\n/,
    );
  });

  it('are recognised in a message, whatever was joined then, and in lines as they were written before', () => {
    const [first, second, third] = ends(3);
    if (!first || !second || !third) throw new Error('three');
    const { content } = auditMessage([first, second], english);
    expect(toldIn(content, [first, second, third])).toEqual([first, second]);
    expect(toldIn('🔴 #3 grant.ended · <@1> (1) by Usher · Movies', [first, third])).toEqual([third]);
    expect(toldIn(bareAuditMessage(third, english), [first, third])).toEqual([third]);
    expect(toldIn('text #1 grant.ended', [first])).toEqual([]);
    expect(toldIn('-# #10 grant.ended', [first])).toEqual([]);
  });
});
