/** Messages of the dispatcher itself: what happened, why, and one thing to do (discord.md 2.2). All are private. */
import { randomInt } from 'node:crypto';
import type { Capability } from '../../../domain/model.ts';
import { type Language, translate } from '../../../words/catalogue.ts';
import { card, code, md, problem, say, type Text, type View } from '../views/view.ts';
import type { Named } from '../wire/guilds.ts';

type Told =
  | 'ownerOnly'
  | 'discordSilent'
  | 'notYours'
  | 'tooOld'
  | 'gone'
  | 'tooSlowForForm'
  | 'lockedForLong';

/** What, why, and what to do, without a value in it. */
const told = (what: Told) => (): View =>
  problem(say(`dispatcher.${what}.what`), say(`dispatcher.${what}.why`), say(`dispatcher.${what}.next`));

/** What goes on, or will soon. */
const passing = (what: 'restarting' | 'tooLong' | 'locked' | 'silent') => (): View =>
  card('warning', md`**${say(`dispatcher.${what}.what`)}**\n${say(`dispatcher.${what}.next`)}`);

export const replies = {
  lacks: (capability: Capability): View =>
    problem(
      say('dispatcher.lacks.what'),
      say('dispatcher.lacks.why', { capability: md`**${say(`dispatcher.capability.${capability}`)}**` }),
      say('dispatcher.lacks.next', { command: code('/settings role') }),
    ),
  ownerOnly: told('ownerOnly'),
  notOfHere: (what: Named): View =>
    problem(
      say('dispatcher.notOfHere.what', { what }),
      say('dispatcher.notOfHere.why'),
      say('dispatcher.notOfHere.next'),
    ),
  discordSilent: told('discordSilent'),
  notYours: told('notYours'),
  tooOld: told('tooOld'),
  gone: told('gone'),
  /** Plain: what does not depend on anything can always be shown. */
  unread: (language: Language): string =>
    `**${translate(language, 'dispatcher.unread.what')}**\n${translate(language, 'dispatcher.unread.next')}`,
  guildOnly: (): View =>
    problem(say('dispatcher.guildOnly.what'), undefined, say('dispatcher.guildOnly.next')),
  restarting: passing('restarting'),
  tooSlowForForm: told('tooSlowForForm'),
  tooLong: passing('tooLong'),
  full: (why: Text): View => problem(say('dispatcher.full'), md`${why}`),
  locked: passing('locked'),
  silent: passing('silent'),
  lockedForLong: told('lockedForLong'),
  failed: (reference: string): View =>
    problem(
      say('dispatcher.failed.what'),
      say('dispatcher.failed.why'),
      say('dispatcher.failed.next', { reference: code(reference) }),
    ),
  notKept: (reference: string): View =>
    problem(
      say('dispatcher.notKept.what'),
      say('dispatcher.notKept.why'),
      say('dispatcher.notKept.next', { reference: code(reference) }),
    ),
  /** Stands above what is shown while the database takes no writes. */
  nothingIsKept: md`⚠️ **${say('dispatcher.nothingIsKept.what')}**\n${say('dispatcher.nothingIsKept.next')}`,
};

const REFERENCE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** `ERR-7F3K`: short enough to read out. The log line of the same failure has it too. */
export function newReference(): string {
  const letters = Array.from({ length: 4 }, () => REFERENCE_ALPHABET[randomInt(REFERENCE_ALPHABET.length)]);
  return `ERR-${letters.join('')}`;
}
