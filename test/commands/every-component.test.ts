/**
 * Every button, select and form of every command, from the registry: forged, carried elsewhere, pressed by somebody
 * else, too late, by somebody who may no longer, twice, and naming what is gone or another guild's.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { createDispatcher } from '../../src/adapters/discord/interactions/dispatcher.ts';
import type { Command } from '../../src/adapters/discord/kit/command.ts';
import { createCustomIds, type Signable } from '../../src/adapters/discord/messages/custom-id.ts';
import { card, md } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { Capability } from '../../src/domain/model.ts';
import { notingApi, SECRET, TestLog } from '../adapters/discord/setup.ts';
import { World } from '../app/world.ts';
import { FakeClock } from '../support/clock.ts';
import { DAY, HOUR, MINUTE } from '../support/moments.ts';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../support/people.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EVERYTHING: readonly Capability[] = ['admin', 'moderator', 'auditor'];
const APPLICATION = '1';
/** The acknowledgement, and what is shown first. */
const ANSWERED = 2;
const ids = createCustomIds(SECRET);

const ALL = Object.entries(commands).flatMap(([path, command]) =>
  Object.entries(command.components ?? {}).map(([op, component]) => ({
    path,
    op,
    answers: component.answers,
    needs: component.capability ?? command.capability,
  })),
);

/** Every field of every form: a handler takes those that it knows. */
const FIELDS = [
  ...new Set(
    globSync(['commands/**/*.ts', 'src/adapters/discord/{kit,views}/**/*.ts'], { cwd: ROOT }).flatMap(
      (file) =>
        [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bid: '(\w+)'/g)].map(([, id = '']) => id),
    ),
  ),
];

interface Press {
  readonly customId: string;
  readonly guildId?: string;
  readonly userId?: string;
  /** Chosen in a select, and typed into every field. */
  readonly value?: string;
  readonly as?: 'component' | 'modal';
}

interface Doors {
  readonly registry: Readonly<Record<string, Command<App>>>;
  readonly app: App;
  readonly clock: FakeClock;
  readonly capabilities?: readonly Capability[];
}

/** What people press arrives here as it does from Discord; `said` is all that they are told. */
function open({ registry, app, clock, capabilities = EVERYTHING }: Doors) {
  const said: string[] = [];
  const log = new TestLog();
  const dispatcher = createDispatcher<App>({
    commands: registry,
    app,
    api: notingApi(said),
    ids,
    capabilitiesOf: async () => new Set(capabilities),
    isApplicationOwner: async () => capabilities.length > 0,
    belongs: async () => 'yes',
    notePeople: async () => {},
    storage: { look: async () => undefined },
    commandIds: () => new Map(),
    isDatabaseLocked: () => false,
    clock,
    log,
  });
  let sent = 600_000_000_000_000_000n;
  const nextId = (): string => {
    sent += 1n;
    return String(sent);
  };
  return {
    said,
    log,
    /** Resolves when it was answered. With the same `id`, Discord delivers the same press once more. */
    async press(
      { customId, guildId = GUILD, userId = STAFF, value = 'x', as = 'component' }: Press,
      id = nextId(),
    ) {
      const data =
        as === 'component'
          ? { component_type: 3, custom_id: customId, values: [value] }
          : {
              custom_id: customId,
              components: FIELDS.map((field) => ({
                type: 18,
                component: { type: 4, custom_id: field, value },
              })),
            };
      const before = said.length;
      dispatcher.receive({
        id,
        application_id: APPLICATION,
        token: 'token',
        type: as === 'component' ? 3 : 5,
        guild_id: guildId,
        channel_id: '700000000000000001',
        member: { user: { id: userId, username: 'olga' }, roles: [], permissions: '0' },
        message: { id: '800000000000000001' },
        data,
      });
      // What waits for somebody, such as a sign-in, is over after some minutes of the clock.
      while (dispatcher.inFlight > 0) {
        await new Promise((resolve) => setImmediate(resolve));
        if (said.length >= before + ANSWERED) clock.advance(MINUTE);
      }
    },
  };
}

const sign = (what: Pick<Signable, 'command' | 'op'> & Partial<Signable>, now: Date): string =>
  ids.sign({
    args: [],
    applicationId: APPLICATION,
    guildId: GUILD,
    inDm: false,
    audience: { userId: STAFF },
    expiresAt: new Date(now.getTime() + DAY),
    ...what,
  });

/** The registry with one component that only counts. */
function counted(path: string, op: string) {
  const runs: unknown[] = [];
  const command = commands[path];
  const component = command?.components?.[op];
  if (!command || !component) throw new Error(`no ${op} of /${path}`);
  const run = async (input: unknown) => {
    runs.push(input);
    return card('good', md`ran`);
  };
  const components = { [op]: { ...component, run } };
  return { runs, registry: { [path]: { ...command, components } } as Readonly<Record<string, Command<App>>> };
}

const noApp = {} as App;

it('there are many', () => {
  expect(ALL.length).toBeGreaterThan(60);
  expect(FIELDS.length).toBeGreaterThan(5);
});

describe.each(ALL)('/$path $op', ({ path, op, needs }) => {
  it('runs for whoever it was made for, in its guild, once', async () => {
    const clock = new FakeClock();
    const { runs, registry } = counted(path, op);
    const doors = open({ registry, app: noApp, clock });
    const customId = sign({ command: path, op }, clock.now());
    await doors.press({ customId }, '600000000000000099');
    await doors.press({ customId }, '600000000000000099');
    expect(runs).toHaveLength(1);
  });

  it('runs for nobody else, nowhere else, not changed and not too late', async () => {
    const clock = new FakeClock();
    const { runs, registry } = counted(path, op);
    const doors = open({ registry, app: noApp, clock });
    const customId = sign({ command: path, op, args: ['a'] }, clock.now());
    await doors.press({ customId, userId: ADA });
    await doors.press({ customId, guildId: OTHER_GUILD });
    await doors.press({ customId: customId.replace('~a~', '~b~') });
    await doors.press({ customId: `${customId.slice(0, -1)}${customId.endsWith('A') ? 'B' : 'A'}` });
    clock.advance(DAY + HOUR);
    await doors.press({ customId });
    expect(runs).toEqual([]);
    expect(doors.said).toHaveLength(5);
  });

  it.skipIf(needs === 'member')('does not run for somebody who may no longer', async () => {
    const clock = new FakeClock();
    const { runs, registry } = counted(path, op);
    const doors = open({ registry, app: noApp, clock, capabilities: [] });
    await doors.press({ customId: sign({ command: path, op }, clock.now()) });
    expect(runs).toEqual([]);
  });
});

describe('what a component names', () => {
  let world: World;
  /** Of everything that the other guild has, and of nothing at all. */
  let named: readonly string[];
  let theirs: string;

  beforeAll(async () => {
    world = await World.open();
    const { app } = world;
    const who = { guildId: OTHER_GUILD, actorId: STAFF };
    const tower = await world.add(world.build('plex', 'Tower', ['Movies', 'Shows']), OTHER_GUILD);
    const den = await world.add(world.build('jellyfin', 'Den', ['Films']), OTHER_GUILD);
    await world.newAccount(ADA, den, OTHER_GUILD);
    const { grant } = await world.grant(ADA, [den.id('Films')], { guildId: OTHER_GUILD, ms: DAY });
    const none = { roleId: null, duration: null } as const;
    const movies = [tower.id('Movies')] as const;
    const made = await app.plans.create({
      ...who,
      ...none,
      name: 'Gold',
      libraryIds: movies,
      expiryAction: null,
    });
    if (made.kind !== 'done') throw new Error('no plan');
    const validUntil = new Date(world.clock.now().getTime() + DAY);
    const { invite } = await world.invite({
      ...{ ...who, ...none, libraryIds: movies, memberId: ADA, uses: 1, validUntil, note: null },
    });
    const [account] = await world.stores.of(OTHER_GUILD).accounts.list({});
    named = [
      ...[tower.server.id, den.id('Films'), grant.id, String(grant.number)],
      ...[made.details.plan.id, invite.id, account?.id ?? '', ADA, 'ffffffffffffffff', '-1', ''],
    ];
    theirs = await world.rowsOf(OTHER_GUILD);
  });
  afterAll(() => world.close());

  it.each(ALL)(
    '/$path $op: gone, or of another guild, is answered in words and changes nothing',
    async (one) => {
      const { path, op, answers } = one;
      const { app, clock } = world;
      const doors = open({ registry: commands, app, clock });
      let count = 0;
      for (const id of named) {
        for (const args of [[], [id, id], [id, '0', id]]) {
          const customId = sign({ command: path, op, args }, clock.now());
          await doors.press({ customId, value: id });
          // Nobody submits what opens a form.
          if (answers !== 'modal') await doors.press({ customId, value: id, as: 'modal' });
          count += 1;
        }
      }
      expect(doors.said.length).toBeGreaterThanOrEqual(count);
      expect(doors.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
      expect(await world.rowsOf(OTHER_GUILD)).toBe(theirs);
    },
  );
});
