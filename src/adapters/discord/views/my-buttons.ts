/**
 * What a member does next, as buttons: the first step stands out, and below it is where they watch. Most of them change
 * the message they sit on. Below what is shown once (a password) or waits (a sign-in), they answer in one of their own.
 */
import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import type { LinkedAccount } from '../../../app/queries/overview.ts';
import { memberLinks } from '../../../domain/address.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server, ServerKind } from '../../../domain/model.ts';
import { kindName } from './media.ts';
import { type Block, type Button, buttons, type LinkButton, say } from './view.ts';

/** `beside`: they leave the message they sit on as it is. */
interface Where {
  readonly guildId: GuildId;
  readonly beside?: boolean;
}

/** As many as people look through. */
const MOST = 20;

const signsInBy = ({ kind }: Pick<Server, 'kind'>) => MEDIA_KINDS[kind].signIn?.by;

/** Servers on which something waits for an account, or for an invitation that a sign-in accepts. */
export function waitingFor(standings: readonly GrantStanding[]): readonly Server[] {
  const waiting = new Map<string, Server>();
  for (const { server, application } of standings.flatMap(({ servers }) => servers)) {
    const invited = application.kind === 'invited' && signsInBy(server) === 'page';
    if (application.kind === 'no-account' || invited) waiting.set(server.id, server);
  }
  return [...waiting.values()];
}

/** The kind to sign in with on a page, when that is what comes next. */
export const nextPage = (standings: readonly GrantStanding[]): ServerKind | undefined =>
  waitingFor(standings).find((server) => signsInBy(server) === 'page')?.kind;

/** One after the other: sign in, make an account, show that one is theirs already. */
export function stepButtons(waiting: readonly Server[], where: Where): readonly Button[] {
  const steps = [
    ...pageButtons(waiting, where),
    ...waiting
      .filter(({ kind }) => MEDIA_KINDS[kind].accounts === 'created')
      .map((server) => createButton(server, where)),
  ].map((button, index): Button => (index === 0 ? { ...button, style: 'primary' } : button));
  return [...steps, ...waiting.flatMap((server) => codeButtons(server, where))];
}

/** One sign-in for all servers of a vendor, or a code for each server without one. */
export const linkButtons = (open: readonly Server[], where: Where): readonly Button[] => [
  ...pageButtons(open, where),
  ...open.flatMap((server) => codeButtons(server, where)),
];

/** One sign-in serves every server of a kind: the account is the same everywhere. */
function pageButtons(servers: readonly Server[], where: Where): readonly Button[] {
  const kinds = new Set(servers.filter((server) => signsInBy(server) === 'page').map(({ kind }) => kind));
  return [...kinds].map((kind) => signInButton(kind, where));
}

/** Accepts what somebody is invited to, and links their account where it is not. */
export const signInButton = (kind: ServerKind, { guildId, beside }: Where): Button => ({
  label: say('my.button.signIn', { vendor: kindName(kind) }),
  // Buttons that were sent bear the names of the first two kinds, and go on working.
  command: 'my access',
  op: beside ? 'plexBeside' : 'plex',
  args: [kind],
  guildId,
});

const createButton = ({ id, name }: Server, { guildId, beside }: Where): Button => ({
  label: say('my.button.create', { server: name }),
  command: 'my access',
  op: beside ? 'jellyfinBeside' : 'jellyfin',
  args: [id],
  guildId,
});

const codeButtons = (server: Server, { guildId, beside }: Where): readonly Button[] => {
  if (signsInBy(server) !== 'code') return [];
  const label = say('my.button.have', { server: server.name });
  const op = beside ? 'quickBeside' : 'quick';
  return [{ label, command: 'my accounts', op, args: [server.id], guildId }];
};

/** The same sign-in once more. */
export function againButton(
  { kind, server }: { readonly kind: ServerKind; readonly server: Server | null },
  guildId: GuildId,
): Button {
  const label = say('my.button.again');
  return server
    ? { label, command: 'my accounts', op: 'quick', args: [server.id], guildId }
    : { label, command: 'my access', op: 'plex', args: [kind], guildId };
}

/** How it stands, in the message the button sits on. */
export const accessButton = (guildId: GuildId): Button => ({
  label: say('my.button.access'),
  command: 'my access',
  op: 'show',
  guildId,
});

/** More time with what ends: by themselves, or asked of staff. It answers beside the message it sits on. */
export const renewButton = (guildId: GuildId): Button => ({
  label: say('my.button.renew'),
  command: 'my renew',
  op: 'open',
  guildId,
});

export const passwordButtons = (accounts: readonly LinkedAccount[], guildId: GuildId): readonly Button[] =>
  accounts.map(({ account, server }) => ({
    label: say('my.button.password', { server: server.name }),
    command: 'my access',
    op: 'password',
    args: [account.id],
    guildId,
  }));

/** Where somebody watches and asks for media: one for each address. */
export function placeLinks(servers: readonly Server[]): readonly LinkButton[] {
  const [opens, asks] = [new Map<string, LinkButton>(), new Map<string, readonly Server[]>()];
  for (const server of servers) {
    const { open, ask } = memberLinks(server);
    const vendors = open !== null && open === MEDIA_KINDS[server.kind].watchedAt;
    const place = vendors ? kindName(server.kind) : server.name;
    if (open !== null && !opens.has(open))
      opens.set(open, { label: say('my.button.open', { place }), url: open });
    if (ask !== null) asks.set(ask, [...(asks.get(ask) ?? []), server]);
  }
  const many = asks.size > 1;
  return [
    ...opens.values(),
    ...[...asks].map(([url, [server]]) => ({
      label: many && server ? say('my.button.askOn', { server: server.name }) : say('my.button.ask'),
      url,
    })),
  ];
}

/** Undefined when there are none. */
export const row = (all: readonly (Button | LinkButton)[]): Block | undefined =>
  all.length > 0 ? buttons(...all.slice(0, MOST)) : undefined;
