/** Tokens of the API in words. */
import type { MadeToken } from '../../../app/guild/api-tokens.ts';
import type { ApiToken } from '../../../domain/programs.ts';
import {
  card,
  code,
  join,
  type Md,
  md,
  mention,
  moment,
  problem,
  relative,
  say,
  until,
  type View,
} from './view.ts';

/** `isServed`: whoever runs Usher has switched the API on. */
export function madeTokenView(made: MadeToken, isServed: boolean): View {
  switch (made.kind) {
    case 'made': {
      const { token, secret } = made;
      return card(
        isServed ? 'good' : 'warning',
        md`**${say('api.token.made', { name: token.name })}**\n${code(secret)}`,
        md`${say('api.token.once')}\n${say(`api.token.may.${token.scope}`)}\n${say('api.token.lasts', { end: until(token.expiresAt) })}`,
        isServed ? say('api.token.how', { docs: code('/docs') }) : say('api.token.off'),
      );
    }
    case 'name-taken':
      return problem(
        say('api.token.none'),
        say('api.token.taken', { name: made.name }),
        say('api.token.takenDo'),
      );
    case 'no-name':
      return problem(say('api.token.none'), say('api.token.noName'));
    case 'too-many':
      return problem(
        say('api.token.none'),
        say('api.token.full', { most: made.most }),
        say('api.token.fullDo'),
      );
  }
}

export function tokenRow({ name, scope, lastUsedAt, expiresAt }: ApiToken): Md {
  const used =
    lastUsedAt === null ? say('api.list.unused') : say('api.list.used', { at: relative(lastUsedAt) });
  return expiresAt === null
    ? md`${say('api.list.row', { name, scope, used })}`
    : md`${say('api.list.rowEnds', { name, scope, used, end: relative(expiresAt) })}`;
}

export const tokenChoice = ({ id, name, scope, last4 }: ApiToken) => ({
  label: say('api.list.choice', { name }),
  value: id,
  description: say('api.list.ends', { scope, last4 }),
});

export const TOKEN_HEAD = ['name', 'scope', 'last four', 'made by', 'made', 'last use', 'expires'];

export const tokenCells = (token: ApiToken): readonly string[] => [
  ...[token.name, token.scope, token.last4, token.createdById, token.createdAt.toISOString()],
  ...[token.lastUsedAt?.toISOString() ?? '', token.expiresAt?.toISOString() ?? ''],
];

/** All of a token that may be shown. */
export function tokenText(token: ApiToken): Md {
  const { name, scope, last4, createdById, createdAt, lastUsedAt, expiresAt } = token;
  return join(
    [
      md`**${name}**`,
      say(`api.token.may.${scope}`),
      say('api.show.made', { who: mention.user(createdById), at: moment(createdAt), last4: code(last4) }),
      lastUsedAt === null ? say('api.show.unused') : say('api.show.used', { at: relative(lastUsedAt) }),
      say('api.token.lasts', { end: until(expiresAt) }),
    ],
    '\n',
  );
}

/** What revoking a token means. */
export const revokeText = (token: ApiToken): readonly Md[] => [
  md`**${say('api.revoke.ask', { name: token.name })}**`,
  tokenText(token),
  md`${say('api.revoke.means')}`,
];

export const revokedTokenView = ({ name }: ApiToken): View =>
  card('good', say('api.revoke.done', { name }), say('api.revoke.stays'));

export const noSuchToken = (typed: string): View =>
  problem(say('api.revoke.none', { typed }), say('api.revoke.noneDo'));

export const tokenGone = (): View => problem(say('api.revoke.gone'));
