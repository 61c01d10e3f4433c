/** What members see of their accounts, and when one is made for them. */

import type { ServerAccountResult } from '../../../app/accounts/server-account.ts';
import type { LinkedAccount, MyAccounts } from '../../../app/queries/overview.ts';
import { memberLinks } from '../../../domain/address.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import { kindName } from './media.ts';
import { outsideText } from './my-access.ts';
import { linkButtons, row } from './my-buttons.ts';
import {
  type Block,
  buttons,
  card,
  code,
  join,
  type Md,
  type ModalField,
  md,
  problem,
  type Sentence,
  say,
  separator,
  type View,
} from './view.ts';

const strong = (text: Sentence): Md => ({ pieces: [{ bold: md`${text}` }] });

/** One line of a list. */
function accountLine({ account, server }: LinkedAccount): Md {
  const state = account.missingSince
    ? md` · ❔ ${say('my.accounts.missing')}`
    : account.disabled
      ? md` · ${say('my.accounts.disabled')}`
      : account.pending
        ? md` · 📨 ${say('my.accounts.invited')}`
        : md``;
  const mail = account.emailMasked ? md` (${account.emailMasked})` : md``;
  return md`**${server.name}** (${kindName(server.kind)}): ${code(account.name)}${mail}${state}`;
}

/** The accounts of a member, in one guild or several, and how to link another. */
export function accountsView(guilds: readonly MyAccounts[]): View {
  if (guilds.length === 0) {
    const redeem = buttons({
      label: say('my.button.code'),
      style: 'primary',
      command: 'redeem',
      op: 'type',
    });
    return card('neutral', say('my.accounts.nothing'), redeem);
  }
  const blocks = guilds.flatMap((guild, index): readonly (Block | Md | Sentence | undefined)[] => [
    ...(index > 0 ? [separator] : []),
    ...(guild.community === null ? [] : [md`**${guild.community}**`]),
    ...accountsOf(guild),
  ]);
  return card('neutral', strong(say('my.accounts.title')), ...blocks);
}

function accountsOf(guild: MyAccounts): readonly (Block | Md | Sentence | undefined)[] {
  if (guild.membership !== 'member') return [outsideText(guild)];
  const { guildId, accounts, open } = guild;
  const links = row(linkButtons(open, { guildId }));
  return [
    accounts.length > 0 ? join(accounts.map(accountLine), '\n') : say('my.accounts.none'),
    ...(links ? [md`-# ${say('my.accounts.link')}`, links] : []),
  ];
}

/** `member`: what they are called in Discord, offered as far as the server takes it. */
export function newAccountFields(member: string): readonly ModalField[] {
  return [
    {
      id: 'name',
      label: say('my.account.name'),
      description: say('my.account.nameHelp'),
      value: member.replaceAll(/[^\p{L}\p{N} \-'._@]/gu, '').slice(0, 32),
      required: true,
      maxLength: 32,
    },
  ];
}

/** An account or a password that was made, for a message that goes on with what comes next. */
export function madeTexts(
  { server, name, password }: Extract<ServerAccountResult, { kind: 'created' }>,
  asked: 'account' | 'password',
): readonly Md[] {
  const { name: place } = server;
  return [
    strong(
      asked === 'account'
        ? say('my.account.ready', { server: place })
        : say('my.account.renewed', { server: place }),
    ),
    join(
      [
        say('my.account.user', { name: code(name) }),
        say('my.account.password', { password: code(password) }),
        ...(memberLinks(server).open === null ? [say('my.account.noAddress', { server: place })] : []),
      ],
      '\n',
    ),
    md`-# ${say('my.account.once', { vendor: kindName(server.kind), command: code('/my access') })}`,
  ];
}

/** Asked before the password that works now stops working. */
export function passwordQuestion({ account, server }: LinkedAccount, guildId: GuildId): View {
  const command = 'my access';
  return card(
    'warning',
    strong(say('my.password.question', { name: code(account.name), server: server.name })),
    say('my.password.means'),
    buttons(
      { label: say('my.password.set'), style: 'primary', command, op: 'renew', args: [account.id], guildId },
      { label: say('my.password.keep'), command, op: 'show', guildId },
    ),
  );
}

/** Why no account was made, and no password set. */
export function notMade(
  result: Exclude<ServerAccountResult, { kind: 'created' }>,
  asked: 'account' | 'password',
): View {
  const nothing = asked === 'account' ? say('my.account.notMade') : say('my.account.noPassword');
  const command = code('/my access');
  switch (result.kind) {
    case 'already':
      return card(
        'neutral',
        say('my.account.already', { server: result.server.name, name: code(result.name) }),
      );
    case 'missing':
      return problem(
        say('my.account.missing.what', { name: code(result.name), server: result.server.name }),
        say('my.account.missing.why'),
        say('my.account.missing.next', { command }),
      );
    case 'gone':
      return problem(
        say('my.account.gone.what', { name: code(result.name), server: result.server.name }),
        say('my.account.gone.why'),
        say('my.account.gone.next', { command }),
      );
    case 'nothing-granted':
      return problem(nothing, say('my.account.nothingGiven'), say('my.account.askStaff'));
    case 'closed':
      return closedView(result);
    case 'elsewhere':
      return problem(
        nothing,
        say('my.account.elsewhere', { name: code(result.name), server: result.server.name }),
        say('my.account.signInWithThat'),
      );
    case 'name-taken':
      return problem(say('my.account.taken'), say('my.account.notMade'), say('my.account.chooseAnother'));
    case 'name-not-allowed':
      return problem(say('my.account.notPossible'), md`${result.message}`, say('my.account.chooseAnother'));
    case 'unfinished':
      return problem(
        say('my.account.unfinished', { name: result.name, server: result.server.name }),
        memberSentence(result.why, result.server.name),
        say('my.account.goesOn'),
      );
    case 'failed':
      return problem(nothing, memberSentence(result.why, result.server.name), say('my.account.later'));
  }
}

function closedView({ server, why, paused }: Extract<ServerAccountResult, { kind: 'closed' }>): View {
  const title = say('my.account.noPasswordOn', { server: server.name });
  if (why === 'disabled') return problem(title, say('my.account.closedThere'), say('my.account.askStaff'));
  if (why === 'not-yet') return problem(title, say('my.account.notOpenYet'), say('my.account.later'));
  return paused
    ? problem(title, say('my.account.pausedThere'))
    : problem(title, say('my.account.overThere'), say('my.account.askStaff'));
}
