/** The record as staff look at it, check it and take it away. */
import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inParts } from '../../src/adapters/discord/kit/file-parts.ts';
import type { View } from '../../src/adapters/discord/views/view.ts';
import { World } from '../app/world.ts';
import { textOf, typist } from '../support/command-input.ts';
import { MINUTE } from '../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../support/people.ts';

let world: World;
beforeAll(async () => {
  world = await World.open();
  await world.app.people.note(GUILD, [
    { userId: ADA, name: 'Ada' },
    { userId: BEN, name: 'Ben' },
  ]);
  for (let index = 1; index <= 20; index += 1) {
    world.clock.advance(MINUTE);
    const facts = {
      grant: index,
      server: 'Tower',
      libraries: ['Movies', 'Shows'],
      until: null,
      reason: 'gift',
    };
    const targetId = index % 2 === 0 ? ADA : BEN;
    const at = world.clock.now();
    await world.stores.transaction(GUILD, ({ audit }) =>
      audit.append({ action: 'grant.created', actorId: STAFF, targetId, facts, at }),
    );
  }
});
afterAll(() => world.close());

const numbers = ({ text }: { readonly text: string }) =>
  [...text.matchAll(/#(\d+)$/gm)].map(([, n]) => Number(n));

describe('/audit list', () => {
  it('goes to older events and back, and to any number', async () => {
    const first = await typist(world.app).type('audit list');
    expect(numbers(first)).toEqual([20, 19, 18, 17, 16, 15]);
    expect(first.text).toContain('gave Ada Movies and Shows on Tower');
    const second = await first.press('▶');
    expect(numbers(second)).toEqual([14, 13, 12, 11, 10, 9]);
    expect(second.labels).toContain('#14–9');
    expect(numbers(await second.press('◀'))).toEqual(numbers(first));
    const jumped = await (await second.press('#14–9')).submit({ page: '#3' });
    expect(numbers(jumped)).toEqual([3, 2, 1]);
    expect(jumped.labels).not.toContain('▶');
    expect(numbers(await jumped.press('◀'))).toEqual([9, 8, 7, 6, 5, 4]);
  });

  it('keeps what it is filtered by on every page', async () => {
    const ada = { id: ADA, name: 'Ada', bot: false, inGuild: true };
    const first = await typist(world.app).type('audit list', { member: ada, action: 'grant', since: '15m' });
    expect(numbers(first)).toEqual([20, 18, 16, 14, 12, 10]);
    const second = await first.press('▶');
    expect(numbers(second)).toEqual([8, 6]);
    expect(second.text).toContain('or about them');
    const plans = await second.selectIn('Show only …', 'plan');
    expect(plans.text).toContain('nothing like that');
  });

  it('opens one with all that is known of it', async () => {
    const opened = await (await typist(world.app).type('audit list')).selectIn('Open one', '18');
    for (const part of [
      'Libraries: Movies, Shows',
      'Reason: gift',
      '#18 grant.created',
      'message is not known',
    ])
      expect(opened.text).toContain(part);
  });

  it('says what it does not understand, and offers what there is', async () => {
    const wrong = await typist(world.app).type('audit list', { action: 'grant.creatd' });
    expect(wrong.text).toContain('no event called grant.creatd');
    const future = await typist(world.app).type('audit list', { since: '2099-01-01' });
    expect(future.text).toContain('still to come');
    const offered = await typist(world.app).complete('audit list', 'action', 'grant.e');
    expect(offered.map(({ value }) => value)).toEqual(['grant.extended', 'grant.ending', 'grant.ended']);
    expect(await typist(world.app).complete('audit list', 'action', '')).toHaveLength(25);
  });
});

it('/audit verify says that it is whole, and where it is not', async () => {
  expect((await typist(world.app).type('audit verify')).text).toMatch(
    /is whole: 20 events[\s\S]*seal #20 · `[0-9a-f]{64}`/,
  );
  await world.tamper((queries) =>
    queries.auditEvent.updateMany({ where: { number: 4 }, data: { actorId: BEN } }),
  );
  const broken = await typist(world.app).type('audit verify');
  expect(broken.tone).toBe('bad');
  expect(broken.text).toContain('#4 is not as it was written');
  expect(broken.text).not.toContain('seal #');
});

describe('/audit export', () => {
  it('is one file where it is small, and says what is in it', async () => {
    const answer = await typist(world.app).type('audit export', { format: 'json', since: '5m' });
    const [file] = answer.view.kind === 'view' ? (answer.view.files ?? []) : [];
    expect(file?.name).toBe('record.jsonl');
    expect(String(file?.content).trimEnd().split('\n')).toHaveLength(7);
    expect(answer.text).toContain('6 events of the record, #15 to #20');
  });

  it('says that there is nothing, and attaches nothing then', async () => {
    world.clock.advance(MINUTE);
    const answer = await typist(world.app).type('audit export', { format: 'csv', since: '30s' });
    expect(answer.view.kind === 'view' && answer.view.files).toBeUndefined();
    expect(answer.text).toContain('nothing since then');
  });

  it('is sent in parts where it is large, the first in the answer and the others below it', async () => {
    const shown: View[] = [];
    const huge = {
      ...world.app,
      recordExport: {
        async *file() {
          for (let piece = 0; piece < 20; piece += 1) yield `${randomBytes(600_000).toString('base64')}\n`;
          return { events: 20, first: 1, last: 20, breaks: 1 };
        },
      },
    };
    const steps: string[] = [];
    const person = typist(huge, {
      progress: async () => void steps.push('progress'),
      also: async (view) => {
        steps.push('also');
        shown.push(view);
      },
    });
    const answer = await person.type('audit export', { format: 'csv' });
    expect(answer.text).toMatch(/in 2 files[\s\S]*breaks in one place/);
    const [first] = answer.view.kind === 'view' ? (answer.view.files ?? []) : [];
    expect([first?.name, shown[0]?.files?.[0]?.name]).toEqual(['record-1.csv.gz', 'record-2.csv.gz']);
    // Discord takes the first message for the answer, so that there has to be one.
    expect(steps).toEqual(['progress', 'also']);
    expect(shown.map(textOf)).toEqual([expect.stringContaining('Part 2')]);
  });
});

describe('parts of a file', () => {
  async function* pieces(count: number, size: number): AsyncGenerator<string, number> {
    for (let piece = 0; piece < count; piece += 1) yield `${randomBytes(size / 2).toString('hex')}\n`;
    return count;
  }
  async function packed(count: number, size: number, most: number) {
    const made: string[] = [];
    const spied = (async function* () {
      for await (const piece of pieces(count, size)) {
        made.push(piece);
        yield piece;
      }
      return count;
    })();
    const files = [];
    const parts = inParts(spied, { name: 'record', ending: 'csv', most });
    for (let next = await parts.next(); !next.done; next = await parts.next()) files.push(next.value);
    return { files, text: made.join('') };
  }

  it.each([
    [1, 100, 1_000, ['record.csv']],
    [9, 100, 1_000, ['record.csv']],
    [10, 100, 1_000, ['record-1.csv.gz']],
    [60, 200, 3_000, ['record-1.csv.gz', 'record-2.csv.gz', 'record-3.csv.gz']],
  ])(
    '%i pieces of %i are below %i each, and together they are all of it',
    async (count, size, most, names) => {
      const { files, text } = await packed(count, size, most);
      expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
      for (const { content } of files) expect(content.length).toBeLessThanOrEqual(most);
      const joined = Buffer.concat(files.map(({ content }) => Buffer.from(content)));
      const isPacked = names[0] !== 'record.csv';
      expect(isPacked ? gunzipSync(joined).toString() : joined.toString()).toBe(text);
    },
  );
});
