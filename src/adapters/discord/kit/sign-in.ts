/** A member's sign-in elsewhere as a reply: the link or the code, the question whether that was they, and the end. */
import type { SignInEnd, SignInPlace, SignInSteps } from '../../../app/accounts/sign-in-end.ts';
import type { LinkingSignIn } from '../../../app/accounts/sign-ins.ts';
import type { App } from '../../../app/app.ts';
import type { RedeemResult } from '../../../app/grants/invites.ts';
import type { GuildId, MemberId } from '../../../domain/ids.ts';
import { asMember } from '../../../domain/ids.ts';
import { kindName } from '../views/media.ts';
import { notRedeemed, steppedView, welcomePage, welcomeText, welcomeView } from '../views/my-access.ts';
import {
  lateLinkView,
  lateView,
  notConnected,
  notStarted,
  questionView,
  signInView,
  stepsView,
} from '../views/sign-ins.ts';
import { code, type Md, say, type View } from '../views/view.ts';
import type { ComponentInput, Input } from './command.ts';

type Uses = Pick<App, 'overview' | 'signIns'>;
type At = Parameters<App['signIns']['start']>[0]['at'];

interface Member {
  readonly guildId: GuildId;
  readonly memberId: MemberId;
}

/**
 * What came of a code or of the button of an invite. The answer is the same for all of them: what it gives, and then
 * the next step; the link to sign in with is there at once.
 */
export async function redeemed(result: RedeemResult, { actor }: Input, app: Uses): Promise<View> {
  if (result.kind !== 'redeemed') return notRedeemed(result);
  const kind = welcomePage(result);
  if (kind === undefined) return welcomeView(result);
  const { guildId } = result;
  const begun = await begin({ guildId, actor }, { kind }, app, welcomeText(result));
  // Whatever keeps the link away, the invite is redeemed, and the button asks for it once more.
  return { ...(begun.kind === 'begun' ? begun.view : welcomeView(result)), guildId };
}

/** Begins one, or shows the one that is open. */
export async function signIn(input: ComponentInput, at: At, app: Uses): Promise<View> {
  const begun = await begin(input, at, app);
  if (begun.kind === 'begun') return begun.view;
  const { guildId } = input;
  return notStarted(begun.why, guildId, 'kind' in at ? { kind: at.kind, server: null } : undefined);
}

type Begun =
  | { readonly kind: 'begun'; readonly view: View }
  | { readonly kind: 'not'; readonly why: Parameters<typeof notStarted>[0] };

async function begin(
  { guildId, actor }: Pick<Input, 'guildId' | 'actor'>,
  at: At,
  app: Uses,
  welcome?: Md,
): Promise<Begun> {
  const memberId = asMember(actor.id);
  const begun = await app.signIns.start({ guildId, memberId, name: actor.name, at });
  const shown = (view: View): Begun => ({ kind: 'begun', view });
  if (begun.kind === 'asked') return shown(questionView(begun.question, begun.place, memberId));
  if (begun.kind === 'linking') return shown(linkingViewOf(begun.value, { guildId, memberId }, app));
  if (begun.kind !== 'started') return { kind: 'not', why: begun };
  const { value } = begun;
  const later = value.asked.then(async (asked) =>
    asked.kind === 'question'
      ? questionView(asked, value.place, memberId)
      : await endView(asked, value.place, { guildId, memberId }, app),
  );
  const late = () => {
    value.leave();
    return lateView(value, guildId);
  };
  return shown({ ...signInView(value, memberId, welcome), later, late });
}

/** The member has said that it was they. */
export function linkingView(value: LinkingSignIn, input: ComponentInput, app: Uses): View {
  const { guildId, actor, progress } = input;
  return linkingViewOf(value, { guildId, memberId: asMember(actor.id), progress }, app);
}

function linkingViewOf(
  { place, hear, finished, leave }: LinkingSignIn,
  { guildId, memberId, progress }: Member & Partial<Pick<Input, 'progress'>>,
  app: Uses,
): View {
  let steps: SignInSteps | undefined;
  hear((now) => {
    steps = now;
    void progress?.(stepsView(now, place));
  });
  const later = finished.then((end) => endView(end, place, { guildId, memberId }, app));
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
  if (end.kind !== 'connected') return notConnected(end, { place, guildId });
  const account = code(end.account);
  const done = place.server
    ? say('my.signIn.connected.server', { account, server: place.server.name })
    : say('my.signIn.connected.vendor', { account, vendor: kindName(place.kind) });
  return steppedView(await overview.myAccess(memberId, guildId), { done: [done] });
}
