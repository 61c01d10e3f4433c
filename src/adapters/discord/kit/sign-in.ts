/** A member's sign-in elsewhere as a reply: the link or the code, the question whether that was they, and the end. */
import type { SignInEnd, SignInPlace, SignInSteps } from '../../../app/accounts/sign-in-end.ts';
import type { LinkingSignIn } from '../../../app/accounts/sign-ins.ts';
import type { App } from '../../../app/app.ts';
import type { GuildId, MemberId } from '../../../domain/ids.ts';
import { asMember } from '../../../domain/ids.ts';
import { accessView } from '../views/member.ts';
import {
  codeConnectedView,
  lateLinkView,
  lateView,
  notConnected,
  notStarted,
  questionView,
  signInView,
  stepsView,
} from '../views/sign-ins.ts';
import type { View } from '../views/view.ts';
import type { ComponentInput } from './command.ts';

type Uses = Pick<App, 'overview' | 'signIns'>;

interface Member {
  readonly guildId: GuildId;
  readonly memberId: MemberId;
}

/** Begins one, or shows the one that is open. */
export async function signIn(
  input: ComponentInput,
  at: Parameters<App['signIns']['start']>[0]['at'],
  app: Uses,
): Promise<View> {
  const { guildId, actor } = input;
  const memberId = asMember(actor.id);
  const begun = await app.signIns.start({ guildId, memberId, name: actor.name, at });
  if (begun.kind === 'asked') return questionView(begun.question, begun.place, memberId);
  if (begun.kind === 'linking') return linkingView(begun.value, input, app);
  if (begun.kind !== 'started') return notStarted(begun);
  const { value } = begun;
  const later = value.asked.then(async (asked) =>
    asked.kind === 'question'
      ? questionView(asked, value.place, memberId)
      : await endView(asked, value.place, { guildId, memberId }, app),
  );
  const late = () => {
    value.leave();
    return lateView(value);
  };
  return { ...signInView(value, memberId), later, late };
}

/** The member has said that it was they. */
export function linkingView(
  { place, hear, finished, leave }: LinkingSignIn,
  { guildId, actor, progress }: ComponentInput,
  app: Uses,
): View {
  let steps: SignInSteps | undefined;
  hear((now) => {
    steps = now;
    void progress(stepsView(now, place));
  });
  const later = finished.then((end) => endView(end, place, { guildId, memberId: asMember(actor.id) }, app));
  const late = () => {
    leave();
    return lateLinkView(steps, place);
  };
  return { ...stepsView(steps, place), later, late };
}

async function endView(
  end: SignInEnd,
  place: SignInPlace,
  { guildId, memberId }: Member,
  { overview }: Uses,
): Promise<View> {
  if (end.kind !== 'connected') return notConnected(end, place);
  if (place.server) return codeConnectedView(end.account, place.server.name);
  return { ...accessView(await overview.myAccess(memberId, guildId)), tone: 'good' };
}
