import { describe, expect, it } from 'vitest';
import { stubApp, typist } from '../support/command-input.ts';
import { STAFF } from '../support/people.ts';

const member = { actor: { id: STAFF, name: 'ada', capabilities: new Set<never>() } };
const auditor = { actor: { id: STAFF, name: 'aron', capabilities: new Set(['auditor'] as const) } };
const app = stubApp({});

describe('/help', () => {
  it.each([
    ['an admin', {}, ['/grant add', '/help', '/redeem', '/server add'], []],
    ['an auditor', auditor, ['/grant list', '/my access'], ['/grant add', '/server add']],
    ['a member', member, ['/help', '/my access', '/redeem'], ['/grant list']],
    ['a member in a DM', { ...member, inDm: true }, ['/redeem'], ['/grant list']],
  ])('of %s names what they can run', async (_name, changes, named, hidden) => {
    const { text } = await typist(app, changes).type('help');
    expect(named.filter((path) => !text.includes(`\`${path}\``))).toEqual([]);
    expect(hidden.filter((path) => text.includes(`\`${path}\``))).toEqual([]);
  });

  it.each([
    ['/Grant Add', '`member` (needed) Who gets access'],
    ['timezone', '`/settings timezone`'],
    ['help', '`topic` A command'],
    ['nothing like it', 'There is nothing called “nothing like it”'],
  ])('on “%s”', async (topic, text) => {
    expect((await typist(app).type('help', { topic })).text).toContain(text);
  });

  it('on what somebody cannot run is as if it were not there', async () => {
    expect((await typist(app, member).type('help', { topic: 'grant add' })).text).toContain('nothing called');
    expect(await typist(app, member).complete('help', 'topic', 'grant')).toEqual([]);
  });

  it('offers topics', async () => {
    expect(await typist(app).complete('help', 'topic', '/grant ex')).toEqual([
      { name: '/grant extend', value: 'grant extend' },
    ]);
  });
});
