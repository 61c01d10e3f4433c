/** The loop that sends what webhooks are owed. */
import { expect, it } from 'vitest';
import { createWebhookRelay } from '../../../src/adapters/webhooks/relay.ts';
import type { GuildId } from '../../../src/domain/ids.ts';
import { FakeClock } from '../../support/clock.ts';
import { MINUTE, noon, SECOND } from '../../support/moments.ts';
import { here, there } from '../../support/people.ts';

interface Due {
  readonly guildId: GuildId;
  readonly webhookId: string;
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** What is due is what the test says, until it was sent. */
function stage() {
  const clock = new FakeClock();
  const due: Due[] = [];
  const begun: string[] = [];
  const outcomes: string[] = [];
  const errors: string[] = [];
  let next: Date | undefined;
  const handlers = new Map<string, () => Promise<string>>();
  const log = {
    info() {},
    warn() {},
    error: (_fields: object, sentence: string) => void errors.push(sentence),
  };
  const relay = createWebhookRelay({
    ...{ clock, log, onTried: (outcome) => void outcomes.push(outcome) },
    sending: {
      listDue: async (_limit, onItsWay) =>
        due.filter(({ webhookId }) => onItsWay.every((one) => one.webhookId !== webhookId)),
      nextMoment: async () => next,
      async sendNext(one) {
        begun.push(one.webhookId);
        const outcome = (await handlers.get(one.webhookId)?.()) ?? 'sent';
        due.splice(due.indexOf(one), 1);
        return outcome;
      },
    },
  });
  const setNext = (at: Date | undefined) => {
    next = at;
  };
  return { clock, due, begun, outcomes, errors, handlers, relay, setNext };
}

it('sends what is due as soon as it is woken, and at the next moment by itself', async () => {
  const { clock, due, begun, outcomes, relay, setNext } = stage();
  relay.start();
  await turns();
  expect(begun).toEqual([]);
  due.push({ guildId: here, webhookId: 'one' });
  relay.wake();
  await turns();
  expect([begun, outcomes]).toEqual([['one'], ['sent']]);
  due.push({ guildId: here, webhookId: 'two' });
  setNext(new Date(noon.getTime() + 30 * SECOND));
  relay.wake();
  await turns();
  due.push({ guildId: there, webhookId: 'three' });
  clock.advance(30 * SECOND);
  await turns();
  expect(begun).toEqual(['one', 'two', 'three']);
  await relay.stop();
});

it('goes on with others while one hangs, and begins nothing twice', async () => {
  const { due, begun, handlers, relay } = stage();
  const hang = Promise.withResolvers<string>();
  handlers.set('hangs', () => hang.promise);
  due.push({ guildId: here, webhookId: 'hangs' }, { guildId: there, webhookId: 'well' });
  relay.start();
  await turns();
  due.push({ guildId: there, webhookId: 'later' });
  relay.wake();
  await turns();
  expect(begun).toEqual(['hangs', 'well', 'later']);
  let isStopped = false;
  const stopping = relay.stop().then(() => {
    isStopped = true;
  });
  await turns();
  expect(isStopped).toBe(false);
  hang.resolve('postponed');
  await stopping;
});

it('says when nothing could be noted, waits, and tries again', async () => {
  const { clock, due, begun, errors, handlers, relay } = stage();
  let tries = 0;
  handlers.set('one', async () => {
    tries += 1;
    if (tries === 1) throw new Error('the database is locked');
    return 'sent';
  });
  due.push({ guildId: here, webhookId: 'one' });
  relay.start();
  await turns();
  expect([begun.length, errors]).toEqual([1, ['what came of a webhook could not be written down']]);
  relay.wake();
  await turns();
  expect(begun).toHaveLength(1);
  clock.advance(MINUTE);
  await turns();
  expect(begun).toHaveLength(2);
  await relay.stop();
});
