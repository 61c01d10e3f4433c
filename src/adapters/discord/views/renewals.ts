/** What a member has that can last longer: renewed by themselves, or asked of staff. */
import type { Renewable } from '../../../app/grants/requests.ts';
import type { SelfRenewal } from '../../../app/grants/self-renewal.ts';
import { isListed } from '../../../domain/grant.ts';
import { storedLength } from '../../../domain/length.ts';
import { onServers } from '../../../domain/place-words.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import { isSeen } from './grant-changes.ts';
import { showsAll } from './requests.ts';
import {
  type Block,
  type Button,
  buttons,
  card,
  type Md,
  md,
  mention,
  problem,
  relative,
  type SelectOption,
  type Sentence,
  say,
  until,
  type View,
} from './view.ts';

/** As many as Discord offers. */
const MOST = 25;

type Standing = Renewable['standing'];

/** `Movies and Shows on Tower`. */
export function whatOf({ libraries, servers }: Pick<Standing, 'libraries' | 'servers'>): readonly Sentence[] {
  const places = servers.map(({ server }) => server);
  const listed = onServers(libraries.filter(isListed), places);
  return listed.length > 0 ? listed : onServers(libraries, places);
}

/** What staff are asked for: what a member cannot renew themselves, unless they want to. */
export const askable = (all: readonly Renewable[]): readonly Renewable[] =>
  all.filter(({ renewal, askedAt }) => renewal === 'ask' && askedAt === null);

export function nothingToRenew(all: readonly Renewable[], mayAsk: boolean): View {
  const [since] = all.flatMap(({ askedAt }) => askedAt ?? []);
  if (since) return card('neutral', say('my.renew.waits', { since: relative(since) }));
  const [early] = all.filter(({ renewal }) => renewal === 'early');
  if (early) return card('neutral', say('my.renew.early', named(early)));
  return mayAsk
    ? problem(say('my.renew.nothing'), say('my.renew.nothingWhy'), showsAll())
    : problem(say('my.renew.not'), say('my.renew.off'), say('my.renew.offNext'));
}

const named = ({ standing }: Renewable) => ({
  what: whatOf(standing),
  until: until(standing.grant.expiresAt),
});

/** What they can renew themselves, a line and a button each; below it, asking staff for the others. */
export function selfView(all: readonly Renewable[], draftId: string, mayAsk: boolean): View {
  const own = all.filter(({ renewal }) => renewal === 'self');
  return card(
    'neutral',
    md`**${say('my.renew.selfTitle')}**`,
    ...own.slice(0, MOST).flatMap(selfBlocks),
    mayAsk
      ? buttons({ label: say('my.renew.ask'), command: 'my renew', op: 'form', args: [draftId] })
      : undefined,
  );
}

function selfBlocks(one: Renewable): readonly (Block | Md | Sentence)[] {
  const { standing, plan } = one;
  const { grant } = standing;
  const length = storedLength(plan?.duration ?? '');
  const left = (plan?.renewals ?? 0) - grant.renewals;
  const role = plan?.renewalRoleId ?? null;
  const line = say('my.renew.self', { ...named(one), left, length });
  const button: Button = {
    label: say('my.renew.selfButton', { length }),
    style: 'success',
    command: 'my renew',
    op: 'self',
    args: [grant.id, String(grant.renewals)],
  };
  const text =
    role === null ? md`${line}` : md`${line}\n-# ${say('my.renew.selfRole', { role: mention.role(role) })}`;
  return [text, buttons(button)];
}

/** Which of several staff are asked for. */
export const severalView = (all: readonly Renewable[], draftId: string): View =>
  card('neutral', md`**${say('my.renew.several')}**`, {
    kind: 'select',
    command: 'my renew',
    op: 'pick',
    args: [draftId],
    placeholder: say('my.renew.choose'),
    options: optionsOf(all),
  });

/** For a select; the one that ends first is chosen. */
export const optionsOf = (all: readonly Renewable[]): readonly SelectOption[] =>
  all.slice(0, MOST).map(({ standing }, index) => ({
    label: say('my.renew.option', { what: whatOf(standing) }),
    value: standing.grant.id,
    chosen: index === 0,
  }));

/** What came of renewing it themselves. */
export function renewedView(result: SelfRenewal): View {
  const not = say('my.renew.notRenewed');
  switch (result.kind) {
    case 'renewed': {
      const { standing } = result;
      const values = { what: whatOf(standing), until: until(standing.grant.expiresAt) };
      return isSeen(standing)
        ? card('good', md`**${say('my.renew.done', values)}**`)
        : card('warning', md`**${say('my.renew.doneSoon', values)}**`);
    }
    case 'not-now':
      return problem(not, say('my.renew.again'), showsAll());
    case 'no':
      return problem(not, result.message);
    case 'lacks-role':
      return card(
        'bad',
        md`**${not}**\n${say('my.renew.lacksRole', { role: mention.role(result.roleId) })} ${say('my.renew.lacksRoleNext')}`,
        buttons({ label: say('my.renew.ask'), command: 'my renew', op: 'form', args: [''] }),
      );
    case 'unsure':
      return problem(not, memberSentence(result.why, 'Discord'));
  }
}
