/** Short answers that many commands give. */
import { card, code, type Md, md, mention, problem, type View } from './view.ts';

export const cancelled = (): View => card('neutral', md`Cancelled. Nothing was changed.`);

/** Why a draft is not there any more. */
export const EXPIRED = md`It was answered or cancelled, it expired, or newer ones took its place.`;

/** A button of a question that was answered, cancelled, left for too long, or of which there were too many. */
export const questionClosed = (why: Md = EXPIRED): View =>
  problem(md`This question is no longer open`, why, md`Run the command again.`);

export const noLongerHere = (what: 'server' | 'library' | 'plan' | 'member'): View =>
  problem(md`That ${what} is no longer here`);

export const noServersYet = (): View =>
  card('neutral', md`**No media server yet.** An admin adds one with ${code('/server add')}.`);

export const isBot = (userId: string, why: Md): View =>
  problem(md`${mention.user(userId)} is a bot`, why, md`Choose a person.`);
