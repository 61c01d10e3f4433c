/** What members see of their access, and the buttons to connect their accounts (handled by `/my access`). */

import type { RedeemResult } from '../../../app/grants/invites.ts';
import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import type { LinkedAccount, MyAccess } from '../../../app/queries/overview.ts';
import { memberAddress } from '../../../domain/address.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server, ServerKind } from '../../../domain/model.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import { accountLine } from './accounts.ts';
import { grantText, grantTexts, keptText } from './grants.ts';
import { kindName } from './media.ts';
import {
  type Block,
  type Button,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  problem,
  type SHARED_HANDLERS,
  separator,
  type View,
} from './view.ts';

const BUTTONS_A_ROW = 5;

/** What is linked to a member in one guild, and the servers there are. */
interface MyAccounts {
  readonly guildId: GuildId;
  readonly accounts: readonly LinkedAccount[];
  readonly servers: readonly Server[];
}

/** The answer is the same whether a code was typed, or a button in a DM or in a channel was pressed. */
export function redeemedView(result: RedeemResult): View {
  if (result.kind === 'too-many-tries')
    return problem(
      md`Too many tries`,
      md`Five codes in ten minutes is the limit.`,
      md`Wait ten minutes, then try again.`,
    );
  if (result.kind === 'no-such-code')
    return problem(
      md`This code cannot be redeemed`,
      md`It is mistyped, expired, used up, withdrawn, or meant for somebody else.`,
      md`Check it, or ask the staff for a new one.`,
    );
  if (result.kind === 'no-code')
    return problem(
      md`There is no code in that`,
      md`A code is four groups of four letters and digits, like ${code('ABCD-EFGH-JKMN-PQRS')}. This did not count as a try.`,
      md`Paste the code, or the whole message with it.`,
    );
  if (result.kind === 'several-codes')
    return problem(
      md`There is more than one code in that`,
      md`Nothing was redeemed, and this did not count as a try.`,
      md`Paste one code at a time.`,
    );
  if (result.kind === 'not-now')
    return problem(
      md`No code can be redeemed just now`,
      md`${memberSentence(result.why, 'Discord')} Nothing was changed.`,
      md`Try again in a minute.`,
    );
  if (result.kind === 'clock-held')
    return problem(
      md`No code can be redeemed just now`,
      md`The clock of the machine is not right, so nobody could say how long it lasts. Nothing was changed, and this did not count as a try.`,
      md`Try again later, or ask the staff.`,
    );
  const { standing, again, guildId } = result;
  const title = again
    ? md`**You redeemed this invite before.** This is how it stands:`
    : md`**Welcome!** Your invite is redeemed.`;
  const connect = connectButtons([standing], guildId);
  const invitedOnly = standing.servers.every(({ application }) => application.kind !== 'no-account');
  const step = invitedOnly
    ? md`**One more step:** sign in, and Usher accepts the invitation for you.`
    : md`**One more step:** connect an account, so that Usher can let you in.`;
  const next = connect.length > 0 ? step : undefined;
  return {
    ...card('good', title, grantText(standing, 'member'), addresses(standing.servers), next, ...connect),
    guildId,
  };
}

/** All that a member has, in one guild or several, and what they can connect. */
export function accessView(all: readonly MyAccess[]): View {
  const guilds = all.filter(({ standings, left }) => standings.length + left.length > 0);
  if (guilds.length === 0)
    return card('neutral', md`**You have no access here yet.** Got an invite code? Type ${code('/redeem')}.`);
  const blocks = guilds.flatMap(({ guildId, standings, left, passwordsFor }, index) => [
    ...(index > 0 ? [separator] : []),
    ...(standings.length > 0 ? [grantTexts(standings, 'member')] : []),
    ...(left.length > 0 ? [md`Without a grant you have: ${keptText(left)}`] : []),
    addresses([...standings.flatMap(({ servers }) => servers), ...left]),
    ...connectButtons(standings, guildId),
    ...passwordButtons(passwordsFor, guildId),
  ]);
  return card('neutral', md`**Your access**`, ...blocks);
}

/** The accounts of a member, in one guild or several, and how to link another. */
export function accountsView(guilds: readonly MyAccounts[]): View {
  if (guilds.length === 0)
    return card(
      'neutral',
      md`**You have no accounts here yet.** Got an invite code? Type ${code('/redeem')}.`,
    );
  const blocks = guilds.flatMap(({ guildId, accounts, servers }, index) => [
    ...(index > 0 ? [separator] : []),
    accounts.length > 0 ? join(accounts.map(accountLine), '\n') : md`No account is linked yet.`,
    ...linkButtons(servers, accounts, guildId),
  ]);
  return card('neutral', md`**Your accounts**`, ...blocks);
}

/** Buttons for the servers on which a grant waits for an account, or for an invitation that a sign-in accepts. */
export function connectButtons(standings: readonly GrantStanding[], guildId: GuildId): readonly Block[] {
  const waiting = new Map<string, Server>();
  for (const { servers } of standings) {
    for (const { server, application } of servers) {
      const invited = application.kind === 'invited' && signsInBy(server) === 'page';
      if (application.kind === 'no-account' || invited) waiting.set(server.id, server);
    }
  }
  const list = [...waiting.values()];
  return rows([
    ...pageButtons(list, guildId).map((button) => ({ ...button, style: 'primary' }) as const),
    ...list.flatMap((server) => [
      ...(MEDIA_KINDS[server.kind].accounts === 'created' ? [createButton(server, guildId)] : []),
      ...codeButtons(server, guildId),
    ]),
  ]);
}

/**
 * Buttons by which a member proves another account: one sign-in for all servers of a vendor, or a code for each
 * without one.
 */
function linkButtons(
  servers: readonly Server[],
  accounts: readonly { readonly server: Server }[],
  guildId: GuildId,
): readonly Block[] {
  const linked = new Set(accounts.map(({ server }) => server.id));
  const open = servers.filter(({ id }) => !linked.has(id));
  return rows([...pageButtons(open, guildId), ...open.flatMap((server) => codeButtons(server, guildId))]);
}

const signsInBy = ({ kind }: Server) => MEDIA_KINDS[kind].signIn?.by;

/** One sign-in serves every server of a kind: the account is the same everywhere. */
function pageButtons(servers: readonly Server[], guildId: GuildId): readonly Button[] {
  const kinds = new Set(servers.filter((server) => signsInBy(server) === 'page').map(({ kind }) => kind));
  return [...kinds].map((kind) => signInButton(kind, guildId));
}

/** Accepts what somebody is invited to, and links their account where it is not. */
export const signInButton = (kind: ServerKind, guildId: GuildId) => ({
  label: `Sign in with ${kindName(kind)}`,
  // Buttons that were sent bear the names of the first two kinds, and go on working.
  ...to('plex', guildId, kind),
});

const createButton = (server: Server, guildId: GuildId): Button => ({
  label: `Create account: ${server.name}`,
  style: 'primary',
  ...to('jellyfin', guildId, server.id),
});

const codeButtons = (server: Server, guildId: GuildId): readonly Button[] =>
  signsInBy(server) === 'code'
    ? [
        {
          label: `I have an account: ${server.name}`,
          op: 'quick',
          args: [server.id],
          command: 'my accounts',
          guildId,
        },
      ]
    : [];

/** A button of `/my access`. */
function to<Op extends (typeof SHARED_HANDLERS)['my access'][number]>(
  op: Op,
  guildId: GuildId,
  ...args: readonly string[]
) {
  return { command: 'my access', op, args, guildId } as const;
}

function passwordButtons(accounts: readonly LinkedAccount[], guildId: GuildId): readonly Block[] {
  return rows(
    accounts.map(({ account, server }) => ({
      label: `New password: ${server.name}`,
      ...to('password', guildId, account.id),
    })),
  );
}

function rows(all: readonly Button[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < all.length; start += BUTTONS_A_ROW) {
    blocks.push(buttons(...all.slice(start, start + BUTTONS_A_ROW)));
  }
  return blocks;
}

/** The addresses at which the member can watch, one line per server. */
function addresses(places: readonly { readonly server: Server }[]): Md | undefined {
  const servers = new Map(places.map(({ server }) => [server.id, server] as const));
  const lines = [...servers.values()].map((server) => {
    const address = memberAddress(server);
    return md`**${server.name}** (${kindName(server.kind)}): ${address ? code(address) : 'ask the staff for the address'}`;
  });
  return lines.length > 0 ? join(lines, '\n') : undefined;
}
