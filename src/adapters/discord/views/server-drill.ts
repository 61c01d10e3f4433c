/** A drill in words: where to sign in for it, how far it is, and what it has shown. All of it is for admins. */
import type { Trouble } from '../../../app/ports/media-server.ts';
import type { DrillEnd, DrillStart } from '../../../app/servers/drill/drill.ts';
import type { ThrowAwayRefusal } from '../../../app/servers/drill/throw-away.ts';
import type { Finding } from '../../../domain/drill/beliefs.ts';
import { DRILL_STEPS, type DrillStep } from '../../../domain/drill/facts.ts';
import { findingsOf, NOT_TRIED, type PlayedStep } from '../../../domain/drill/report.ts';
import type { Server } from '../../../domain/model.ts';
import { PROTECTIONS } from '../../../domain/protection.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { signInName } from './media.ts';
import { ownSignInOnly } from './sign-ins.ts';
import { buttons, card, code, join, type Md, md, moment, problem, type View } from './view.ts';

const STEPS: Readonly<Record<DrillStep, string>> = {
  look: 'look at what is there',
  give: 'give the library',
  accept: 'accept it, and look as the account does',
  change: 'change it, and see what is kept',
  withdraw: 'withdraw it, and look as the account does',
  'clean-up': 'clean up',
};
/** What a server says may be long, and a card has room for so much. */
const SAW_LENGTH = 160;

export function drillBegun({ server, signIn }: Extract<DrillStart, { kind: 'begun' }>): View {
  if (!signIn)
    return card(
      'neutral',
      md`**Drill on ${server.name}**`,
      md`⏳ Usher makes a throw-away account, plays with it, and deletes it at the end.`,
    );
  const name = signInName(server.kind);
  return card(
    'neutral',
    md`**Drill on ${server.name}: sign in with a throw-away account**`,
    md`Open the page **in a private window** and sign in with an account that is nobody's here, has nothing on this server, and is not its owner's. It gets the library you picked for a minute or two, and then nothing. Usher forgets its sign-in at the end.`,
    ownSignInOnly,
    md`The page is good until ${moment(signIn.expiresAt)}.`,
    buttons({ label: `Sign in at ${name}`, url: signIn.link }),
  );
}

export function drillProgress(server: Server, done: readonly PlayedStep[], now: DrillStep): View {
  const ended = new Set(done.map(({ step }) => step));
  const lines = DRILL_STEPS.map((step) => {
    const sign = ended.has(step) ? '✅' : step === now ? '⏳' : '▫️';
    return md`${sign} ${STEPS[step]}`;
  });
  return card('neutral', md`**Drill on ${server.name}**`, join(lines, '\n'));
}

export function drillEnded(server: Server, end: DrillEnd): View {
  switch (end.kind) {
    case 'expired':
      return problem(
        md`The sign-in ran out`,
        md`Nobody signed in in time. Nothing was done on ${server.name}.`,
        md`Run the command again.`,
      );
    case 'refused':
      return problem(
        md`This account cannot be played with`,
        md`${refusal(end.why)} Nothing was done on ${server.name}, and its sign-in is forgotten.`,
        md`Run the command again, and sign in with another account.`,
      );
    case 'failed':
      return drillNotBegun(server, end.why);
    case 'played':
      return playedView(end);
  }
}

function refusal(why: ThrowAwayRefusal): string {
  if (why === 'member') return 'It is connected to a member here.';
  if (why === 'has-access') return 'It has something on this server already, or is invited to it.';
  return `It is ${PROTECTIONS[why].is}.`;
}

function playedView({ server, library, report, file }: Extract<DrillEnd, { kind: 'played' }>): View {
  const of = (result: Finding['result']) => findingsOf(report, result);
  const [held, differs, unseen] = [of('held'), of('differs'), of('unseen')];
  const isWhole = unseen.length === 0 && report.leftBehind === null;
  const view = card(
    differs.length > 0 ? 'bad' : isWhole ? 'good' : 'warning',
    md`**Drill on ${server.name} · ${library.name}: ${held.length} held, ${differs.length} did not, ${unseen.length} could not be looked at**`,
    report.stopped === null ? undefined : md`⚠️ It was not played to its end. ${shortened(report.stopped)}`,
    lines('🔴', differs),
    differs.length > 0
      ? md`**${server.name} is frozen**: nothing is given there until an admin has looked, and lifts it with the button of ${code('/server show')}. Please attach the file to a report.`
      : undefined,
    lines('▫️', unseen),
    lines('✅', held),
    report.leftBehind === null
      ? md`Nothing is left of it on the server.`
      : md`🔴 **The throw-away account could not be taken away yet**, and may still have access. ${shortened(report.leftBehind)} Usher keeps trying.`,
    md`-# ${NOT_TRIED} The file names no person, library, server or address, and has no secret in it.`,
  );
  return { ...view, files: [{ name: 'usher-drill.json', content: file }] };
}

function lines(sign: string, findings: readonly Finding[]): Md | undefined {
  if (findings.length === 0) return undefined;
  return join(
    findings.map(({ says, saw }) => md`${sign} ${says}${saw === null ? '' : md` **${shortened(saw)}**`}`),
    '\n',
  );
}

const shortened = (text: string): string =>
  text.length > SAW_LENGTH ? `${text.slice(0, SAW_LENGTH - 1)}…` : text;

export const drillLate = (server: Server): View =>
  card(
    'warning',
    md`**The drill on ${server.name} goes on.** Discord lets this answer be changed no more: what it shows stands in the record (${code('server.drilled')}). Run it again for the file.`,
  );

export const drillBusy = (server: Server, trouble: string | null): View =>
  problem(
    md`A drill on ${server.name} is not over`,
    trouble === null
      ? md`Another one is played there right now.`
      : md`What the last one left there could not be taken away yet: ${trouble} Usher keeps trying.`,
    md`Run the command again in a while.`,
  );

export const drillNotBegun = (server: Server, why: Trouble): View =>
  problem(
    md`The drill on ${server.name} could not be played`,
    md`${adminSentence(why)} Nothing was done there.`,
    md`Put it right and run the command again.`,
  );
