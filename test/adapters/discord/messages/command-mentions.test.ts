import { expect, it } from 'vitest';
import { commandIdsOf, tappable } from '../../../../src/adapters/discord/messages/command-mentions.ts';
import { inviteLink } from '../../../../src/adapters/discord/wire/invite-link.ts';

const ids = commandIdsOf(['grant add', 'help', 'settings role-plan', 'lost one'], {
  grant: '1',
  help: '2',
  settings: '3',
});

it.each([
  ['Use `/grant add` or `/help`.', 'Use </grant add:1> or </help:2>.'],
  ['`/settings role-plan`', '</settings role-plan:3>'],
  ['`/grant` alone, `/grant eat`, `/lost one`', '`/grant` alone, `/grant eat`, `/lost one`'],
  ['`/help topic:` and /help', '`/help topic:` and /help'],
])('%s', (text, shown) => {
  expect(tappable(text, ids)).toBe(shown);
});

it('an invite link asks for what Usher needs, and never for Administrator', () => {
  const query = new URL(inviteLink('42')).searchParams;
  expect([query.get('client_id'), query.get('scope')]).toEqual(['42', 'bot applications.commands']);
  // View Channels, Send Messages, Embed Links, Attach Files, Read Message History, Manage Roles.
  const bits = [10, 11, 14, 15, 16, 28].reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
  expect(BigInt(query.get('permissions') ?? 0)).toBe(bits);
});
