import { beforeEach, expect, it } from 'vitest';
import {
  createDeliveryEnds,
  type DeliveryEnds,
} from '../../../../src/adapters/discord/outbox/delivery-ends.ts';
import type { RelayOutbox } from '../../../../src/adapters/discord/outbox/outbox-relay.ts';
import type { Delivery } from '../../../../src/app/ports/outbox.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';

const delivery: Delivery = {
  id: 'one',
  guildId: toGuildId('g'),
  kind: 'dm',
  sink: '1',
  content: { kind: 'notice', text: 'Hello' },
  attempts: 0,
};

let letTimePass: () => void;
let ends: DeliveryEnds;
let outbox: RelayOutbox;
let written: string[];
let tried: string[];
let steadyMs: number;

beforeEach(() => {
  [written, tried, steadyMs] = [[], [], 0];
  const clock = {
    steadyMs: () => steadyMs,
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        letTimePass = resolve;
        signal.addEventListener('abort', () => resolve());
      }),
  };
  ends = createDeliveryEnds(clock, (kind, end) => tried.push(`${kind} ${end}`));
  outbox = ends.noting(
    {
      listDue: async () => [delivery],
      listBehind: async () => [],
      nextMoment: async () => undefined,
      postpone: async () => {},
    },
    {
      sent: async ([{ id }], messageId) => void written.push(`${id} sent as ${messageId}`),
      findPost: async () => undefined,
      refused: async () => {},
      prepare: async (one) => ({ delivery: one, locale: null }),
      parked: async ({ id }, trouble, closed) => void written.push(`${id} parked: ${trouble} ${closed}`),
    },
  );
});

it('an end is heard of after it was written down', async () => {
  const sent = ends.wait('one', 10);
  await outbox.markSent([delivery], 'm');
  expect(written).toEqual(['one sent as m']);
  expect(await sent).toBe('sent');

  const parked = ends.wait('one', 10);
  await outbox.park(delivery, 'closed', true);
  expect(written).toEqual(['one sent as m', 'one parked: closed true']);
  expect(await parked).toBe('closed');
});

it('one that takes too long is not waited for, and its end later is nobody’s', async () => {
  const fate = ends.wait('one', 10);
  letTimePass();
  expect(await fate).toBeUndefined();
  await outbox.markSent([delivery], 'm');
  expect(written).toHaveLength(1);
});

it('the end of another delivery is no answer', async () => {
  const fate = ends.wait('other', 10);
  await outbox.markSent([delivery], 'm');
  letTimePass();
  expect(await fate).toBeUndefined();
});

it('the rest is the outbox as it was', async () => {
  expect(await outbox.listDue(new Date(0), 1)).toEqual([delivery]);
});

it('a channel is heard of by whatever fares first there', async () => {
  const refused = ends.wait('dm 1', 10);
  await outbox.refuse(delivery, { trouble: 'Missing Access', dueAt: new Date(0), ownerId: undefined });
  expect(await refused).toBe('refused');
  const sent = ends.wait('dm 1', 10);
  await outbox.markSent([delivery], 'm');
  expect(await sent).toBe('sent');
});

it('of several in one message each is heard of', async () => {
  const fates = ['one', 'two'].map((id) => ends.wait(id, 10));
  await outbox.markSent([delivery, { ...delivery, id: 'two' }], 'm');
  expect(await Promise.all(fates)).toEqual(['sent', 'sent']);
});

it('every try is told, and it is known how long ago the last one was', async () => {
  steadyMs = 5_000;
  expect(ends.sinceEndMs()).toBe(5_000);
  await outbox.postpone(delivery, new Date(0), 'later');
  expect(ends.sinceEndMs()).toBe(0);
  steadyMs = 6_000;
  await outbox.park(delivery, 'closed', true);
  await outbox.refuse(delivery, { trouble: 'Missing Access', dueAt: new Date(0), ownerId: undefined });
  await outbox.markSent([delivery], 'm');
  steadyMs = 7_000;
  expect(ends.sinceEndMs()).toBe(1_000);
  expect(tried).toEqual(['dm postponed', 'dm closed', 'dm refused', 'dm sent']);
});
