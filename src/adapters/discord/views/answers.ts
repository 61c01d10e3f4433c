/** Short answers that many commands give. */
import { card, code, type Md, mention, problem, type Sentence, say, type View } from './view.ts';

export const cancelled = (): View => card('neutral', say('answers.cancelled'));

/** A button of a question that was answered, cancelled, left for too long, or of which there were too many. */
export const questionClosed = (why: Md | Sentence = say('answers.closed.why')): View =>
  problem(say('answers.closed.what'), why, say('answers.closed.next'));

export const noLongerHere = (what: 'server' | 'library' | 'plan' | 'member'): View =>
  problem(say(`answers.gone.${what}`));

export const noServers = (): Sentence => say('answers.noServers', { command: code('/server add') });

export const noServersYet = (): View => card('neutral', noServers());

export const isBot = (userId: string, why: Md | Sentence): View =>
  problem(say('answers.bot.what', { member: mention.user(userId) }), why, say('answers.bot.next'));
