/** Why a member has a library or not: what gives it, what the server shows, and what happens next. */

import type { WhyAnswer } from '../../../app/queries/why.ts';
import type { Grant } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import type { Next } from '../../../domain/why.ts';
import { sourceText } from './grant-changes.ts';
import {
  type Block,
  card,
  code,
  join,
  type Md,
  md,
  person,
  relative,
  type Sentence,
  say,
  type View,
} from './view.ts';

const GRANTS_SHOWN = 5;
/** Discord's select. */
const OPTIONS = 25;

export function whyText(answer: WhyAnswer, memberId: string, name: string | undefined): Md {
  const { grants, server, library } = answer;
  const member = person(memberId, name);
  return join(
    [
      md`**${say('member.why.head', { library: library.name, server: server.name, member })}**`,
      md`${givenText(answer)}`,
      ...(grants.length > 0 ? [md`${say('member.why.grants', { grants: grantItems(grants) })}`] : []),
      md`${showsText(answer)}`,
      md`➡️ ${nextText(answer.next, server.name)}`,
      ...(answer.rehearsal === null
        ? []
        : [md`-# ${say('member.why.compared', { line: answer.rehearsal })}`]),
    ],
    '\n',
  );
}

function givenText({ wanted, grants }: WhyAnswer): Sentence {
  if (wanted === 'as-default') return say('member.why.asDefault');
  if (wanted === 'no') return say('member.why.notGiven');
  const active = grants.filter(({ state }) => state === 'active');
  return say('member.why.given', { numbers: active.map(({ number }) => `#${number}`) });
}

function grantItems(grants: readonly Grant[]): readonly Sentence[] {
  const shown = grants.slice(0, GRANTS_SHOWN).map((grant) => {
    const values = { number: grant.number, state: say(`member.why.state.${grant.state}`) };
    return grant.source === 'role'
      ? say('member.why.grantByRole', { ...values, source: sourceText(grant) })
      : say('member.why.grant', values);
  });
  const more = grants.length - shown.length;
  return [...shown, ...(more > 0 ? [say('shared.others', { count: more })] : [])];
}

function showsText({ shown, server, readAt }: WhyAnswer): Sentence {
  const on = delimited(server.name);
  if (shown === 'never-read') return say('member.why.shows.never-read', { server: on });
  if (shown === 'no-account') return say('member.why.shows.no-account', { server: on });
  const at = readAt ? relative(readAt) : say('member.why.never');
  switch (shown) {
    case 'yes':
      return say('member.why.shows.yes', { server: on, at });
    case 'no':
      return say('member.why.shows.no', { server: on, at });
    case 'invited':
      return say('member.why.shows.invited', { server: on, at });
    case 'missing':
      return say('member.why.shows.missing', { server: on, at });
  }
}

function nextText(next: Next, server: string): Sentence {
  switch (next.kind) {
    case 'nothing':
      return say('member.why.next.nothing');
    case 'compare': {
      const at = relative(next.at);
      if (next.trouble === null) return say('member.why.next.compare', { at });
      return next.refused
        ? say('member.why.next.refused', { at, why: next.trouble })
        : say('member.why.next.again', { at, why: next.trouble });
    }
    case 'starts':
      return say('member.why.next.starts', { number: next.grant.number, at: relative(next.at) });
    case 'ends':
      return say('member.why.next.ends', { number: next.grant.number, at: relative(next.at) });
    case 'look-again':
      return say('member.why.next.lookAgain');
    case 'account':
      return say('member.why.next.account', { command: code('/my access') });
    case 'accept':
      return say('member.why.next.accept');
    case 'drift':
      return say('member.why.next.drift', {
        server,
        policy: code(next.policy),
        command: code('/server policy'),
      });
    case 'elsewhere':
      return say('member.why.next.elsewhere');
    case 'gone':
      return say('member.why.next.gone', { server, at: relative(next.at) });
    case 'closed':
      return next.how === 'off'
        ? say('member.why.next.off', { server })
        : say('member.why.next.unready', { server });
    case 'protected':
      return say(`member.why.next.protected.${next.by}`);
  }
}

/** Which library it is about, asked on the card of a member. `first`: those that they are given. */
export function whyChoice(
  libraries: readonly { readonly id: string; readonly name: string }[],
  first: readonly string[],
  { memberId, name }: { readonly memberId: string; readonly name: string | undefined },
): View {
  const isFirst = ({ id }: { readonly id: string }) => first.includes(id);
  const all = [...libraries.filter(isFirst), ...libraries.filter((library) => !isFirst(library))];
  const title = md`**${say('member.why.title', { member: person(memberId, name) })}**`;
  if (all.length === 0)
    return card('neutral', title, say('member.libraries.none', { command: code('/server add') }));
  const select: Block = {
    kind: 'select',
    command: 'member why',
    op: 'choose',
    args: [memberId],
    placeholder: say('member.why.choose'),
    options: all.slice(0, OPTIONS).map((library) => ({ label: library.name, value: library.id })),
  };
  const more =
    all.length > OPTIONS ? md`-# ${say('member.why.more', { command: code('/member why') })}` : undefined;
  return card('neutral', title, select, more);
}
