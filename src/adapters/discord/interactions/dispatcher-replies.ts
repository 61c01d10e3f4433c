/** Messages of the dispatcher itself: what happened, why, and one thing to do (discord.md 2.2). All are private. */
import { randomInt } from 'node:crypto';
import type { Capability } from '../../../domain/model.ts';
import { card, code, md, problem, type View } from '../views/view.ts';
import type { Named } from '../wire/guilds.ts';

const CALLED: Readonly<Record<Capability, string>> = {
  admin: 'admin',
  moderator: 'moderator',
  auditor: 'auditor',
};

const CALLED_HERE: Readonly<Record<Named, string>> = { user: 'person', channel: 'channel', role: 'role' };

export const replies = {
  lacks: (capability: Capability): View =>
    problem(
      md`You may not do that`,
      md`It needs the capability **${CALLED[capability]}**, which none of your roles gives you here.`,
      md`An admin can give it to one of your roles with ${code('/settings role')}.`,
    ),
  ownerOnly: (): View =>
    problem(
      md`Only whoever runs Usher can do that`,
      md`It concerns every community on this machine.`,
      md`Ask them: they own the application in Discord, or are in the team that owns it.`,
    ),
  notOfHere: (what: Named): View =>
    problem(
      md`That ${CALLED_HERE[what]} is not of this server`,
      md`Nothing was changed.`,
      md`Choose one that is.`,
    ),
  discordSilent: (): View =>
    problem(
      md`Discord cannot be asked just now`,
      md`Whether that may be done, Discord has to say first. Nothing was changed.`,
      md`Try again in a minute.`,
    ),
  notYours: (): View =>
    problem(
      md`This button is not for you`,
      md`Only the person it was made for can use it.`,
      md`Run the command yourself to get your own.`,
    ),
  tooOld: (): View =>
    problem(md`This button is too old`, md`Things may have changed since.`, md`Run the command again.`),
  gone: (): View =>
    problem(
      md`That is not there any more`,
      md`Usher has been updated since.`,
      md`Reload Discord (Ctrl+R, or close and open the app) and run the command again.`,
    ),
  /** Plain: what does not depend on anything can always be shown. */
  unread: (): string =>
    '**Usher does not understand this**\nNothing was done. Reload Discord (Ctrl+R, or close and open the app) and try again.',
  guildOnly: (): View =>
    problem(md`That does not work in a direct message`, undefined, md`Run the command in your server.`),
  restarting: (): View =>
    card('warning', md`**Usher is restarting**\nNothing was done. Try again in a moment.`),
  tooSlowForForm: (): View =>
    problem(
      md`The form could not be opened in time`,
      md`Discord gives a bot three seconds for it, and Usher was busy.`,
      md`Try again.`,
    ),
  tooLong: (): View =>
    card(
      'warning',
      md`**This takes longer than Discord lets an answer be changed.** It goes on; run the command again in a while to see how it stands.`,
    ),
  full: (why: string): View => problem(md`Nothing was done`, md`${why}`),
  locked: (): View =>
    card(
      'warning',
      md`**The database is busy: another program has locked it.** What you asked for waits, and is done as soon as it is free.`,
    ),
  lockedForLong: (): View =>
    problem(
      md`The database is busy`,
      md`Another program has had it locked for long, so this could not be written down.`,
      md`Try again in a minute.`,
    ),
  failed: (reference: string): View =>
    problem(
      md`That did not work`,
      md`Something in Usher went wrong.`,
      md`Try again in a minute. If it happens again, give whoever runs Usher this reference: ${code(reference)}`,
    ),
  notKept: (reference: string): View =>
    problem(
      md`That did not work`,
      md`Usher cannot write to its database right now, so nothing was saved.`,
      md`Whoever runs Usher finds the reason in its log, under this reference: ${code(reference)}`,
    ),
  /** Stands above what is shown while the database takes no writes. */
  nothingIsKept: md`⚠️ **Usher cannot write to its database right now.** What is below may be old, nothing new is saved, and access that ends stays open until that is put right. Whoever runs Usher finds the reason in its log.`,
};

const REFERENCE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** `ERR-7F3K`: short enough to read out. The log line of the same failure has it too. */
export function newReference(): string {
  const letters = Array.from({ length: 4 }, () => REFERENCE_ALPHABET[randomInt(REFERENCE_ALPHABET.length)]);
  return `ERR-${letters.join('')}`;
}
