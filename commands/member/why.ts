import { defineCommand, text, user } from '../../src/adapters/discord/kit/command.ts';
import { spanOf } from '../../src/adapters/discord/views/grants.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import {
  card,
  code,
  join,
  type Md,
  md,
  mention,
  moment,
  problem,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { WhyAnswer } from '../../src/app/queries/why.ts';
import type { Grant } from '../../src/domain/model.ts';
import type { Next, Why } from '../../src/domain/why.ts';

const GRANTS_SHOWN = 10;

type Uses = Pick<App, 'autocomplete' | 'why'>;

export default defineCommand({
  description: 'Why a member has a library or not, and what happens next',
  capability: 'auditor',
  options: {
    member: user('Which member', { required: true }),
    library: text('Which library', { required: true, autocomplete: true }),
  },
  async run({ guildId, options }, { autocomplete, why }: Uses) {
    const [typed] = await autocomplete.pickLibraries(guildId, [options.library]);
    if (typed?.picked.kind !== 'one')
      return pickProblem('library', options.library, typed?.picked ?? { kind: 'none' });
    const answer = await why(guildId, options.member.id, typed.picked.item.id);
    if (!answer) return problem(md`That library is no longer here`);
    return card('neutral', chain(answer, options.member.id));
  },
  complete: {
    library: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeLibraries(guildId, typed),
  },
});

function chain(answer: WhyAnswer, memberId: string): Md {
  const { grants, server, library } = answer;
  const named = grants.slice(0, GRANTS_SHOWN).map(grantLine);
  return join(
    [
      md`**${server.name} · ${library.name}** for ${mention.user(memberId)}`,
      md`**1. Grants that name it**`,
      ...(named.length > 0 ? named : [md`• none`]),
      md`**2. What they add up to:** ${WANTED[answer.wanted]}`,
      md`**3. What ${server.name} shows:** ${SHOWN[answer.shown]}${answer.readAt ? md`, read ${moment(answer.readAt)}` : md``}`,
      md`**4. Next:** ${nextText(answer.next, server.name)}`,
    ],
    '\n',
  );
}

function grantLine(grant: Grant): Md {
  return md`• #${grant.number} · ${grant.state} · ${spanOf(grant)}`;
}

const WANTED: Readonly<Record<Why['wanted'], string>> = {
  'by-grant': 'given by an active grant',
  'as-default': 'given as the default library, because nothing else is left there',
  no: 'not given',
};

const SHOWN: Readonly<Record<Why['shown'], string>> = {
  yes: 'they have it',
  no: 'they do not have it',
  invited: 'they are invited, and have not accepted yet',
  'no-account': 'they have no account linked there',
  'never-read': 'nothing was read yet',
};

function nextText(next: Next, server: string): Md {
  switch (next.kind) {
    case 'nothing':
      return md`nothing is due.`;
    case 'compare':
      return next.trouble === null
        ? md`compared and put right ${moment(next.at)}.`
        : md`tried again ${moment(next.at)}. The last time failed: ${next.trouble}`;
    case 'starts':
      return md`grant #${next.grant.number} starts ${moment(next.at)}.`;
    case 'ends':
      return md`grant #${next.grant.number} ends ${moment(next.at)}.`;
    case 'account':
      return md`they have to connect an account: ${code('/my access')}.`;
    case 'accept':
      return md`they have to accept the invitation.`;
    case 'drift':
      return md`somebody changed it on ${server} itself; the policy there is **${next.policy}** (${code('/server policy')}).`;
    case 'gone':
      return md`${server} has not listed the library since ${moment(next.at)}; it is given again when it is back.`;
    case 'protected':
      return md`nothing: the account is the owner's or an administrator's, and is never changed.`;
  }
}
