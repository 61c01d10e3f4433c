import { expect, it } from 'vitest';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import { deliveryMessage } from '../../../../src/adapters/discord/outbox/delivery-messages.ts';
import type { Delivery } from '../../../../src/app/ports/outbox.ts';
import type { NoticePart, NoticePlace } from '../../../../src/domain/notice.ts';
import { noon } from '../../../support/moments.ts';
import { ADA, BEN, GUILD } from '../../../support/people.ts';

const ids = createCustomIds(new Uint8Array(32).fill(7));
const place = { ids, applicationId: '1', guildName: 'Home', now: noon, language: 'en' } as const;

it('a notice of a new invitation has the button that accepts it', () => {
  const content = { kind: 'notice', text: 'You are invited to Tower now.', signIn: 'plex' } as const;
  const delivery: Delivery = { id: 'd', guildId: GUILD, kind: 'dm', sink: ADA, content, attempts: 0 };
  const text = JSON.stringify(deliveryMessage(delivery, content, place).body);
  expect(text).toContain('You are invited to Tower now.');
  expect(text).toContain('"label":"Sign in with Plex"');
  const customId = /"custom_id":"([^"]+)"/.exec(text)?.[1] ?? '';
  expect(ids.verify({ customId, applicationId: '1', userId: ADA, guildId: null, now: noon })).toMatchObject({
    kind: 'valid',
    command: 'my access',
    op: 'plex',
    args: ['plex'],
    guildId: GUILD,
  });
  const plain = { kind: 'notice', text: 'Hello' } as const;
  expect(JSON.stringify(deliveryMessage({ ...delivery, content: plain }, plain, place).body)).not.toContain(
    'custom_id',
  );
});

it('what has changed says it in the language of who reads it, with the buttons for what is to be done', () => {
  const on = (server: string, step: NoticePlace['step'], kind: NoticePlace['kind'] = 'plex') => ({
    ...{
      serverId: server,
      server,
      kind,
      step,
      address: 'https://watch.example',
      libraries: ['Movies', 'TV'],
    },
  });
  const said: readonly NoticePart[] = [
    {
      event: 'given',
      places: [on('Tower', 'accept'), on('Attic', 'create', 'jellyfin')],
      until: null,
      lost: [],
    },
    { event: 'ended', places: [on('Den', 'later')], cause: 'expired' },
  ];
  const content = { kind: 'changes', grants: [], parts: [], said } as const;
  const delivery: Delivery = { id: 'd', guildId: GUILD, kind: 'notice', sink: ADA, content, attempts: 0 };
  const text = JSON.stringify(deliveryMessage(delivery, content, { ...place, language: 'de' }).body);
  expect(text).toContain('Nimm die Einladung von Plex an');
  expect(text).toContain('Dein Zugang zu Movies und TV auf Den ist zu Ende: Die Zeit ist abgelaufen.');
  expect(text).toContain('Home · `/my access`');
  const found = [...text.matchAll(/"custom_id":"([^"]+)"/g)].map(([, customId = '']) =>
    ids.verify({ customId, applicationId: '1', userId: ADA, guildId: null, now: noon }),
  );
  expect(found).toMatchObject([
    { kind: 'valid', command: 'my access', op: 'plexBeside', args: ['plex'], guildId: GUILD },
    { kind: 'valid', command: 'my access', op: 'jellyfinBeside', args: ['Attic'] },
    { kind: 'valid', command: 'my accounts', op: 'quickBeside', args: ['Attic'] },
  ]);
});

it('a question whether a sign-in was theirs has a button for yes and one for no, for this member alone', () => {
  const content = { kind: 'notice', text: 'Is that you?', confirms: { signInId: 's' } } as const;
  const delivery: Delivery = { id: 'd', guildId: GUILD, kind: 'dm', sink: ADA, content, attempts: 0 };
  const text = JSON.stringify(deliveryMessage(delivery, content, place).body);
  const found = [...text.matchAll(/"custom_id":"([^"]+)"/g)].map(([, customId = '']) => customId);
  const verified = (userId: string) =>
    found.map((customId) => ids.verify({ customId, applicationId: '1', userId, guildId: null, now: noon }));
  const asked = { kind: 'valid', command: 'my accounts', args: ['s'], guildId: GUILD };
  expect(verified(ADA)).toMatchObject([
    { ...asked, op: 'mine' },
    { ...asked, op: 'other' },
  ]);
  expect(verified(BEN).map(({ kind }) => kind)).toEqual(['not-yours', 'not-yours']);
});
