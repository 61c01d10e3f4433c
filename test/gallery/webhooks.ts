/** Webhooks in every state there is, where there is anything at all. */
import { say } from '../../src/words/say.ts';
import { DAY, HOUR, MINUTE } from '../support/moments.ts';
import { GUILD } from '../support/people.ts';
import { aWebhook } from '../support/rows.ts';
import type { House } from './houses.ts';

/** Their ids, which a select is answered with. */
export const WEBHOOKS = ['on', 'failing', 'off'] as const;

export async function furnishWebhooks({ typed, world }: House): Promise<void> {
  world.webhooks.send = async (_guildId, { url }) =>
    url.includes('sheet')
      ? { kind: 'taken', status: 204 }
      : { ...{ kind: 'not-taken', status: 500, retryAfterMs: undefined, isFinal: false }, why: WHY };
  if (typed.server === undefined) return;
  const now = world.clock.now();
  const at = (ms: number) => new Date(now.getTime() + ms);
  const sealed = (id: string, host: string) => ({
    urlCipher: world.deps.secrets.seal(`https://${host}.test/`, {
      guildId: GUILD,
      column: 'Webhook.url',
      row: id,
    }),
    secretCipher: world.deps.secrets.seal(world.deps.webhooks.newSecret(), {
      ...{ guildId: GUILD, column: 'Webhook.secret', row: id },
    }),
  });
  await world.stores.transaction(GUILD, async (tx) => {
    const { number } = await tx.record.head();
    const common = { createdAt: at(-40 * DAY), dueAt: now };
    await tx.webhooks.add(
      aWebhook('on', {
        ...{
          ...common,
          ...sealed('on', 'sheet'),
          name: 'sheet.example.org/…9c41',
          events: ['invite.*'],
          status: 204,
        },
        ...{ answeredAt: at(-12 * MINUTE), sentNumber: number, formerUntil: at(20 * HOUR) },
      }),
    );
    await tx.webhooks.add(
      aWebhook('failing', {
        ...{
          ...common,
          ...sealed('failing', 'tickets'),
          name: 'tickets.example.org:8443/…hook',
          status: 500,
          attempts: 4,
        },
        ...{ events: ['grant.*', 'request.*', 'server.offline', 'server.online'], trouble: WHY },
        ...{ answeredAt: at(-2 * MINUTE), failingSince: at(-25 * MINUTE), dueAt: at(3 * MINUTE) },
      }),
    );
    await tx.webhooks.add(
      aWebhook('off', {
        ...{ ...common, ...sealed('off', 'off'), name: 'off.example.org', dueAt: null, attempts: 90 },
        ...{ failingSince: at(-9 * DAY), trouble: say('webhook.why.slow') },
      }),
    );
  });
}

const WHY = say('webhook.why.status', { status: 500 });
