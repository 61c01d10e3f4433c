import { describe, expect, it } from 'vitest';
import { auditLine, auditMarker } from '../../../../src/adapters/discord/views/audit-line.ts';
import { toActorId, toMemberId } from '../../../../src/domain/ids.ts';
import type { AuditEvent } from '../../../../src/domain/model.ts';
import { anEvent } from '../../../support/rows.ts';

const ADA = '333333333333333333';
const BOB = '444444444444444444';
const UNTIL = '2026-12-31T18:00:00.000Z';
const X = Date.parse(UNTIL) / 1000;

const event = (changes: Partial<AuditEvent>) =>
  anEvent({ number: 1042, actorId: toActorId(ADA), targetId: toMemberId(BOB), ...changes });

describe('an audit line', () => {
  it.each<[string, Partial<AuditEvent>, string]>([
    [
      'of the contract',
      { facts: { server: 'Tower', libraries: ['Movies', 'TV'], until: UNTIL, reason: 'donated' } },
      `🟢 #1042 grant.created · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · Tower · Movies, TV · until <t:${X}:f> (<t:${X}:R>) · reason "donated"`,
    ],
    [
      'of Usher itself',
      { action: 'grant.ended', actorId: null, facts: { grant: 12, detail: 'Tower: read, no access' } },
      `🔴 #1042 grant.ended · <@${BOB}> (${BOB}) by Usher · grant #12 · Tower: read, no access`,
    ],
    [
      'about nobody',
      { action: 'server.offline', actorId: null, targetId: null, facts: { server: 'Tower' } },
      '🔴 #1042 server.offline · by Usher · Tower',
    ],
    [
      'of a grant for good',
      { facts: { until: null } },
      `🟢 #1042 grant.created · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · for good`,
    ],
    [
      'of a change that names no end',
      { action: 'grant.changed', facts: { libraries: ['Movies'], reason: 'undone' } },
      `🔵 #1042 grant.changed · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · Movies · reason "undone"`,
    ],
    [
      'of a grant whose clock stands still',
      { action: 'grant.paused', facts: { leftSeconds: 1_040_000, before: { until: UNTIL } } },
      `🟡 #1042 grant.paused · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · 12 days 53 minutes left, once it is resumed · before: until <t:${X}:f> (<t:${X}:R>)`,
    ],
    [
      'of a paused grant without an end',
      { action: 'grant.changed', facts: { leftSeconds: null, before: { libraries: ['TV'] } } },
      `🔵 #1042 grant.changed · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · for good, once it is resumed · before: TV`,
    ],
    [
      'of an invite',
      { action: 'invite.created', facts: { redeemUntil: UNTIL, detail: '1 use' } },
      `🔵 #1042 invite.created · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · can be redeemed until <t:${X}:f> (<t:${X}:R>) · 1 use`,
    ],
    [
      'of a setting',
      { action: 'settings.changed', targetId: null, facts: { channel: BOB, role: ADA } },
      `🔵 #1042 settings.changed · by <@${ADA}> (${ADA}) · <#${BOB}> · <@&${ADA}>`,
    ],
    [
      'with commas and dots in names',
      { facts: { server: 'Attic, up', libraries: ['Movies', 'Movies, 4K', 'TV · Kids'], until: null } },
      `🟢 #1042 grant.created · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · “Attic, up” · Movies, “Movies, 4K”, “TV · Kids” · for good`,
    ],
    [
      'with commas in names of several servers',
      { facts: { libraries: ['Tower · Movies', 'Den · Movies, 4K'], until: null } },
      `🟢 #1042 grant.created · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · Tower · Movies, “Den · Movies, 4K” · for good`,
    ],
    [
      'with hostile names',
      { facts: { libraries: ['@everyone', '[x](https://evil.example)'], reason: 'a" \n# b', until: null } },
      `🟢 #1042 grant.created · <@${BOB}> (${BOB}) by <@${ADA}> (${ADA}) · @\u200beveryone, \\[x\\](https\\://evil.example) · for good · reason "a' # b"`,
    ],
  ])('%s', (_what, changes, line) => {
    expect(auditLine(event(changes))).toBe(line);
  });

  it('keeps the end and the reason when there are very many libraries', () => {
    const libraries = Array.from({ length: 300 }, (_, at) => `Library number ${at}`);
    const line = auditLine(
      event({ facts: { libraries, until: UNTIL, reason: 'r'.repeat(3_000), detail: 'd'.repeat(3_000) } }),
    );
    expect(line.length).toBeLessThanOrEqual(2_000);
    expect(line).toMatch(/and \d+ more · until <t:/);
  });

  it('starts with what it can be found by', () => {
    expect(auditLine(event({})).startsWith(auditMarker(event({})))).toBe(true);
  });
});
