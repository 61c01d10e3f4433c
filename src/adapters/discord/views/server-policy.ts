/** The policies of a server in words, and what a change of them does. */

import type { FoundTemplate, PolicyPreview, ServerPolicies } from '../../../app/servers/policy.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server, ServerKind } from '../../../domain/model.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { kindName } from './media.ts';
import { code, join, type Md, md, problem, type Sentence, say, type View } from './view.ts';

const TRAITS = Object.values(MEDIA_KINDS);
const ownAccounts = TRAITS.filter(({ accounts }) => accounts === 'created').map(({ name }) => name);

export function policyText({ server, defaultLibrary, template }: ServerPolicies): Md {
  return join(
    [
      defaultLibrary
        ? say('server.policy.default', { library: defaultLibrary.name })
        : say('server.policy.noDefault'),
      expiryText(server),
      say(`server.policy.drift.${server.driftPolicy}`),
      ...(MEDIA_KINDS[server.kind].accounts === 'created' ? [newAccountsText(server, template)] : []),
      server.requestsUrl === null
        ? say('server.requestsPage.none')
        : say('server.requestsPage.at', { url: code(server.requestsUrl) }),
    ],
    '\n',
  );
}

function expiryText({ kind, expiryAction }: Server): Sentence {
  switch (expiryAction) {
    case 'withdraw':
      return say('server.policy.expiry.withdraw');
    case 'disable':
      return say('server.policy.expiry.disable', { means: MEDIA_KINDS[kind].closedMeans });
    case 'delete':
      return say('server.policy.expiry.delete', { kinds: ownAccounts });
  }
}

/** What new accounts may do beside watching what was granted. */
function newAccountsText({ templateAccountId }: Server, template: ServerPolicies['template']): Sentence {
  if (templateAccountId === null) return say('server.policy.newOnly');
  if (!template) return say('server.policy.newGone');
  const { name: account, protection } = template;
  return protection === null
    ? say('server.policy.newLike', { account })
    : say('server.policy.newProtected', { account, what: say(`server.protected.${protection}`) });
}

/** What was typed is no page that members could open. */
export const notAPage = (): View =>
  problem(
    say('server.requestsPage.notAPage'),
    say('server.requestsPage.unchanged'),
    say('server.requestsPage.like', { example: code('https://requests.example.org') }),
  );

/** Where accounts are a vendor's, none is made that could be like another. */
export const noOwnAccounts = (kind: ServerKind): View =>
  problem(
    say('server.noOwnAccounts.title', { kind: kindName(kind) }),
    say('server.noOwnAccounts.why'),
    say('server.noOwnAccounts.action', { option: code('template'), kinds: ownAccounts }),
  );

/** Why new accounts cannot copy an account. Only admins set policies. */
export const notATemplate = ({ server, why }: Extract<FoundTemplate, { kind: 'refused' }>): View =>
  problem(
    say('server.notATemplate.title', { server: server.name }),
    say('server.notATemplate.why', { why: adminSentence(why) }),
    say('server.notATemplate.action'),
  );

/** Whether a change of policies does something at once, beside what it means from then on. */
export const doesSomething = ({ effect }: PolicyPreview): boolean =>
  effect.accounts + effect.adopted.extra + effect.adopted.missing > 0;

/** What a change of policies does at once. */
export function policyEffectText({ after: { server }, effect, lines }: PolicyPreview): Md {
  const { accounts, adds, removes, adopted } = effect;
  return join(
    [
      ...(accounts > 0
        ? [md`${say('server.policy.effect', { server: server.name, accounts, adds, removes })}`]
        : []),
      ...lines.map((line) => md`• ${line}`),
      ...(adopted.extra > 0 ? [md`${say('server.policy.adoptExtra', { accounts: adopted.extra })}`] : []),
      ...(adopted.missing > 0
        ? [md`${say('server.policy.adoptMissing', { accounts: adopted.missing })}`]
        : []),
    ],
    '\n',
  );
}
