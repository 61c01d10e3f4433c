import { expect, it } from 'vitest';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import { deliveryMessage } from '../../../../src/adapters/discord/outbox/delivery-messages.ts';
import { chartsOf } from '../../../../src/adapters/discord/views/digest.ts';
import type { Delivery, DigestContent } from '../../../../src/app/ports/outbox.ts';
import { lines, say } from '../../../../src/words/say.ts';
import { noon } from '../../../support/moments.ts';
import { GUILD } from '../../../support/people.ts';

const ids = createCustomIds(new Uint8Array(32).fill(7));
const place = { ids, applicationId: '1', guildName: 'Home', now: noon, language: 'en' } as const;
const running = Array.from({ length: 30 }, (_, index) => ({
  day: `2026-11-${String(index + 1).padStart(2, '0')}`,
  count: 100_000 + index,
}));
const content: DigestContent = {
  kind: 'digest',
  text: lines(say('digest.ends', { count: 0 })),
  about: [],
  running,
  ends: running.slice(0, 14),
  servers: [
    { name: 'Tower', days: [{ day: '2026-11-30', looked: 24, away: 12 }] },
    { name: 'Attic', days: [{ day: '2026-11-30', looked: 0, away: 0 }] },
  ],
};
const delivery: Delivery = { id: 'd', guildId: GUILD, kind: 'alert', sink: '1', content, attempts: 0 };

it('has its pictures as attachments, each with its numbers as text', () => {
  const pictures = [1, 2, 3].map((byte) => new Uint8Array([byte]));
  const { body, files } = deliveryMessage(delivery, content, place, { pictures });
  expect(files?.map(({ name }) => name)).toEqual(['running.png', 'ends.png', 'servers.png']);
  const text = JSON.stringify(body);
  for (const part of [
    'attachment://running.png',
    '1 Nov: 100,000',
    'Tower: answered 50% of the hours it was looked at',
    'Attic: not known',
  ])
    expect(text).toContain(part);
  expect(text).not.toContain('could not be drawn');
});

it('goes without pictures where they could not be drawn, and says so', () => {
  const { body, files } = deliveryMessage(delivery, content, place);
  expect(files).toEqual([]);
  expect(JSON.stringify(body)).toContain('The pictures could not be drawn this time.');
  expect(JSON.stringify(body)).toContain('Nothing ends within 7 days.');
});

it('is in the language of the channel, also in its pictures', () => {
  const [first] = chartsOf(content, 'de');
  expect(first?.chart).toMatchObject({ title: 'Freigaben, letzte 30 Tage', points: { length: 30 } });
  expect(first?.description).toContain('1. Nov.: 100.000');
});
