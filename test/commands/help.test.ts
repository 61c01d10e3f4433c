import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { TASKS } from '../../src/adapters/discord/views/help.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { STAFF } from '../support/people.ts';

const member = { actor: { id: STAFF, name: 'ada', capabilities: new Set<never>() } };
const auditor = { actor: { id: STAFF, name: 'aron', capabilities: new Set(['auditor'] as const) } };
const app = stubApp({});

describe('/help', () => {
  it.each([
    ['an admin', {}, ['/grant add', '/redeem', '/server add', '/setup'], []],
    ['an auditor', auditor, ['/grant list', '/my access'], ['/grant add', '/server add', 'Integrations']],
    ['a member', member, ['/help', '/my access', '/redeem'], ['/grant list', 'Integrations']],
    ['a member in a DM', { ...member, inDm: true }, ['/redeem'], ['/grant list']],
  ])('of %s names what they can run', async (_name, changes, named, hidden) => {
    const { text } = await typist(app, changes).type('help');
    expect(named.filter((path) => !text.includes(`\`${path}\``))).toEqual([]);
    expect(hidden.filter((words) => text.includes(words))).toEqual([]);
  });

  it.each([
    ['/Grant Add', '`member` (needed): Who gets access'],
    ['timezone', '`/settings timezone`'],
    ['help', '`topic`: A command'],
    ['nothing like it', 'There is nothing called “nothing like it”'],
  ])('on “%s”', async (topic, text) => {
    expect((await typist(app).type('help', { topic })).text).toContain(text);
  });

  it('on what somebody cannot run is as if it were not there', async () => {
    expect((await typist(app, member).type('help', { topic: 'grant add' })).text).toContain('nothing called');
    expect(await typist(app, member).complete('help', 'topic', 'grant')).toEqual([]);
  });

  it('has each command in one task, and says how to open them to others', async () => {
    const listed = Object.values(TASKS).flat();
    expect(new Set(listed).size).toBe(listed.length);
    expect(Object.keys(commands).filter((path) => !listed.some((one) => one === path))).toEqual([]);
    expect((await typist(app).type('help')).text).toContain('Server Settings → Integrations');
  });

  it('explains a task, then a command of it', async () => {
    const task = await (await typist(app).type('help')).select('change');
    expect(task.text).toMatch(/`\/grant extend`(.|\n)*`\/grant bulk`/);
    const command = await task.select('grant extend');
    expect(command.text).toContain('`grant` (needed): ');
    expect((await command.press('All tasks')).text).toContain('Let somebody in');
  });

  it('offers topics', async () => {
    expect(await typist(app).complete('help', 'topic', '/grant ex')).toEqual([
      { name: '/grant extend', value: 'grant extend' },
    ]);
  });
});
