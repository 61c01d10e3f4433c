/** What stands in channels: alerts as they begin and end, and each sentence of the record. */
import { alertCard } from '../../src/adapters/discord/views/alerts.ts';
import { auditMessage } from '../../src/adapters/discord/views/audit-line.ts';
import { sealText, verifiedCard } from '../../src/adapters/discord/views/record.ts';
import { markdownOf } from '../../src/adapters/discord/wire/speech.ts';
import { AUDIT_EVENTS, type AuditAction } from '../../src/domain/audit-events.ts';
import { toActorId, toMemberId } from '../../src/domain/ids.ts';
import type { AuditEvent, AuditFacts, Server } from '../../src/domain/model.ts';
import type { ChainBreak } from '../../src/domain/record.ts';
import { lines, type Markup, type Sentence, say, timeOf } from '../../src/words/say.ts';
import { takeDown } from '../app/world.ts';
import { DAY, MINUTE } from '../support/moments.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { anEvent } from '../support/rows.ts';
import type { House } from './houses.ts';
import { LANGUAGE } from './language.ts';
import type { Frame } from './scenes.ts';

export async function channelFrames(house: House): Promise<readonly Frame[]> {
  const servers = await house.world.stores.of(GUILD).servers.list();
  const server = servers.find(({ id }) => id === house.typed.server);
  if (!server) return [];
  return [
    ...(await recordFrames(house, server)),
    ...sealFrames(house),
    ...alertFrames(house, server),
    ...(await outageFrames(house, server)),
  ];
}

const posted = ({ name: house, world }: House, command: string, what: string) =>
  ({ house, command, what: `[${what}]`, who: 'Usher', isPosted: true, at: world.clock.now() }) as const;

// ------------------------------------------------------------------------------------------- the record

/** Its seal, and what is said when it is not whole. */
function sealFrames(house: House): readonly Frame[] {
  const hash = '3fab0c9d'.repeat(8);
  const head = { number: 1042, hash, keyId: '1a2b3c4d', signature: '9c7e5512'.repeat(8) };
  const breaks: readonly ChainBreak[] = [
    { kind: 'changed', number: 17 },
    { kind: 'unchained', number: 18 },
    { kind: 'removed', number: 40, to: 52 },
    { kind: 'rewritten', number: 1042 },
    { kind: 'emptied', number: 77 },
    { kind: 'unsigned', number: 1042 },
    { kind: 'cut', number: 1040, to: 1042 },
  ];
  const found = { breaks, head, since: '2024-03-01T12:00:00.000Z', events: 1_030, emptied: 4 };
  const verified = { ...found, told: 30, lastTold: house.world.clock.now(), otherKey: 2 };
  return [
    {
      ...posted(house, 'audit verify', 'the seal, in the audit channel'),
      content: markdownOf(sealText(head), LANGUAGE),
    },
    {
      ...posted(house, 'audit verify', 'broken'),
      isPosted: false,
      view: verifiedCard({ ...verified, count: 9, signed: undefined }),
    },
    {
      ...posted(house, 'audit verify', 'whole, after years'),
      isPosted: false,
      view: verifiedCard({
        ...verified,
        breaks: [],
        count: 0,
        signed: { ...head, at: house.world.clock.now() },
      }),
    },
  ];
}

/** What the sentences of an action differ by. Actions that are not here have one, of what all of them hold. */
const VARIANTS: Readonly<Partial<Record<AuditAction, readonly AuditFacts[]>>> = {
  'server.sharing_lost': [{}, { how: 'up' }],
  'library.renamed': [{ libraries: ['Movies'] }],
  'invite.created': [{}, { how: 'open', uses: 5 }],
  'grant.created': [{}, { reason: 'birthday' }, { from: 'later' }, { how: 'invited' }, { how: 'adopted' }],
  'grant.extended': [{ before: { until: null } }, {}],
  'grant.changed': [
    { before: { libraries: ['Movies'] } },
    { before: { until: null } },
    { before: { libraries: ['Movies'], until: null } },
    {},
  ],
  'grant.paused': [{ leftSeconds: 1_040_000, before: { until: null } }],
  'grant.resumed': [{ before: { leftSeconds: 1_040_000 } }],
  'grant.ended': [{ detail: [say('audit.proof.gone', { server: 'Tower' })] }],
  'grant.overdue': ['expired', 'revoked', 'paused', 'dropped'].map((how) => ({
    how,
    detail: ['The server answers with an error (500).', say('audit.note.tries')],
  })),
  'access.applied': [{}, { how: 'made' }, { how: 'invited' }, { deleteAt: 'later' }, { how: 'not-deleted' }],
  'access.held': ['asked', 'released', 'dismissed', 'settled', 'clock', 'clock-confirmed'].map((how) => ({
    how,
  })),
  'drift.found': [
    { added: ['Anime'] },
    { removed: ['Movies'], detail: say('audit.drift.next.enforce') },
    { added: ['Anime'], removed: ['Movies'] },
    {},
    ...['protected', 'left', 'asked-anew', 'invited'].map((how) => ({
      how,
      added: ['Anime'],
      removed: ['Movies'],
    })),
  ],
  'drift.corrected': [
    { added: ['Anime'] },
    { removed: ['Movies'] },
    { added: ['Anime'], removed: ['Movies'] },
  ],
  'member.linked': [{}, { how: 'back' }, { how: 'known' }],
  'member.unlinked': [{}, { how: 'deleted', detail: say('audit.note.aWeekAfter') }],
  'role.refused': [{}, { how: 'taken' }],
  'settings.changed': [
    { detail: say('audit.setting.accounts', { max: 2, before: 1 }) },
    { channel: '400000000000000001', how: 'alerts' },
    { channel: '400000000000000001', how: 'audit', before: { channel: '400000000000000002' } },
    ...['allow', 'deny', 'clear'].map((how) => ({
      how,
      role: '500000000000000001',
      capability: 'moderator' as const,
    })),
  ],
};

const nounOf = (action: AuditAction): string => action.split('.')[0] ?? '';
/** Events of these are about nobody. */
const NOBODYS = new Set(['server', 'library', 'plan', 'settings']);

/** Each sentence once, a message for each noun; and three hundred ends at once. */
async function recordFrames(house: House, { id, name: server }: Server): Promise<readonly Frame[]> {
  const { world, people, typed } = house;
  const all = await world.stores.of(GUILD).libraries.list();
  const libraries = all
    .filter(({ serverId }) => serverId === id)
    .slice(0, 2)
    .map(({ name }) => name);
  const later = new Date(world.clock.now().getTime() + 30 * DAY).toISOString();
  const account = people.get(typed.member) ?? 'mia';
  const given = { server, libraries, until: later, duration: '30d', account, plan: typed.plan ?? 'Gold' };
  const actions = Object.keys(AUDIT_EVENTS) as readonly AuditAction[];
  const events = actions.flatMap((action) =>
    (VARIANTS[action] ?? [{}]).map((facts) => {
      const noun = nounOf(action);
      const more = {
        ...(noun !== 'settings' && given),
        ...((noun === 'invite' || facts.how === 'invited') && { invite: 'MR7F' }),
        ...(noun === 'role' && { role: '500000000000000001' }),
        ...facts,
        ...(facts.from !== undefined && { from: later }),
        ...(facts.deleteAt !== undefined && { deleteAt: later }),
      };
      return anEvent({
        ...{ action, facts: more, targetId: NOBODYS.has(noun) ? null : typed.member },
        actorId: toActorId(STAFF),
      });
    }),
  );
  const numbered = events.map((event, index) => ({ ...event, number: index + 1 }));
  const byNoun = Map.groupBy(numbered, ({ action }) => nounOf(action));
  const diary = [...byNoun].flatMap(([noun, some]) =>
    messagesOf(some, people).map((content) => ({ noun, content })),
  );
  const known = [...people.keys()].filter((id) => id !== STAFF).map(toMemberId);
  const ends = messagesOf(
    Array.from({ length: 300 }, (_, index) =>
      anEvent({
        ...{
          number: 1_000 + index,
          action: 'grant.ended',
          actorId: null,
          targetId: known[index % known.length] ?? typed.member,
        },
        facts: { server, libraries, grant: index + 1, detail: say('audit.proof.gone', { server }) },
      }),
    ),
    people,
  );
  return [
    ...diary.map(({ noun, content }) => ({ ...posted(house, 'audit channel', noun), content })),
    ...ends.slice(0, 1).map((content) => ({
      ...posted(house, 'audit channel', `300 ends, the first of ${ends.length} messages`),
      content,
    })),
  ];
}

/** As the relay joins them. */
function messagesOf(events: readonly AuditEvent[], names: ReadonlyMap<string, string>): readonly string[] {
  if (events.length === 0) return [];
  const { content, told } = auditMessage(events, { language: 'en', names });
  return [content, ...messagesOf(events.slice(told), names)];
}

// ------------------------------------------------------------------------------------------- alerts

type Alert = Parameters<typeof alertCard>[0];

/** Something that has happened, and that has no end. */
const TOLD: Partial<Alert> = {};

/** Those that begin with something that a house cannot be made to do in a moment. */
function alertFrames(house: House, { name: server }: Server): readonly Frame[] {
  const who = say('alert.words', { words: house.people.get(house.typed.member) ?? 'Mia' });
  const at = timeOf(house.world.clock.now());
  const why = 'Missing Access (50001).';
  const channel = say('alert.words', { words: '#usher-audit' });
  const role = say('alert.words', { words: '@Moderators' });
  const [held, retry, clock] = [{ heldRun: 'held' }, { retry: 'server' }, { clock: true }] as const;
  const alerts: Readonly<Record<string, readonly [Partial<Alert>, ...(Sentence | Markup)[]]>> = {
    'would be taken': [
      held,
      say('alert.held.would', { server, lost: 12, managed: 40 }),
      say('alert.held.release.would'),
      say('alert.held.dismiss'),
    ],
    'were lost': [
      held,
      say('alert.held.lost', { server, lost: 12, managed: 40 }),
      say('alert.held.release.givenInvited'),
      say('alert.held.dismiss'),
    ],
    'was dismissed': [
      { state: 'over' },
      say('alert.held.would', { server, lost: 12, managed: 40 }),
      say('alert.held.dismissed', { who, at }),
    ],
    'is stuck': [
      retry,
      say('alert.stuck.open', { server, count: 2, who: [who, who] }),
      say('alert.words', { words: 'The server answers with an error (500).' }),
      say('alert.keepsTrying'),
    ],
    'needs a person': [
      retry,
      say('alert.stuck.refused', { server, count: 1, who: [who] }),
      say('alert.needsPerson'),
    ],
    'is as granted': [{ state: 'over' }, say('alert.stuck.over', { server, to: at })],
    frozen: [
      {},
      say('alert.frozen.open', { server, why: 'It showed everything to somebody.' }),
      say('alert.frozen.look.exceeded'),
      say('alert.frozen.next'),
    ],
    clock: [clock, say('alert.clock.open'), say('alert.clock.next')],
    'who begins': [
      { begins: house.typed.member },
      say('my.tellThem', { member: who, text: say('my.toBeDone') }),
    ],
    'clock is right': [{ state: 'over' }, say('alert.clock.right', { at })],
    role: [{}, say('alert.role.give', { role, who, why }), say('alert.role.giveNext')],
    channel: [{}, say('alert.channel.audit', { channel, why }), say('alert.channel.next')],
    'channel again': [{ state: 'over' }, say('alert.channel.over', { channel, at })],
    'gone account': [
      TOLD,
      say('alert.accountGone', { server, account: 'mia', who, count: 1, grants: ['#9'] }),
    ],
    'guessed codes': [TOLD, say('alert.codesGuessed', { who })],
    'open again': [TOLD, say('alert.reopened', { who, libraries: ['Movies'], server })],
  };
  return Object.entries(alerts).map(([what, [more, ...text]]) => ({
    ...posted(house, 'alerts', what),
    view: alertCard({
      kind: 'alert',
      ...(more !== TOLD && { state: 'open' }),
      ...more,
      text: lines(...text),
    }),
  }));
}

/** The server of the house stops to answer while access ends, comes back, and all that waited is done. */
async function outageFrames(house: House, server: Server): Promise<readonly Frame[]> {
  const { world, fakes } = house;
  const frames: Frame[] = [];
  const look = async (what: string) => {
    const post = await world.stores.of(GUILD).posts.find(`outage ${server.id}`);
    if (post?.content?.kind === 'alert')
      frames.push({ ...posted(house, 'alerts', `outage: ${what}`), view: alertCard(post.content) });
  };
  const fake = fakes[0];
  if (!fake) return [];
  takeDown(fake);
  for (let times = 0; times < 2; times += 1) await world.app.syncServers(GUILD);
  for (let minute = 0; minute < 5; minute += 1) await world.pass(MINUTE);
  await look('it begins');
  // Long enough for what most have here to be over.
  for (let day = 0; day < 4; day += 1) await world.pass(10 * DAY);
  await look('ends wait');
  fake.heal();
  await world.pass(MINUTE);
  await look('it is over');
  return frames;
}
