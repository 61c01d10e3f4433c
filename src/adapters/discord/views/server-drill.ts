/** A drill in words: where to sign in for it, how far it is, and what it has shown. All of it is for admins. */
import type { Trouble } from '../../../app/ports/media-server.ts';
import type { DrillEnd, DrillStart } from '../../../app/servers/drill/drill.ts';
import type { ThrowAwayRefusal } from '../../../app/servers/drill/throw-away.ts';
import type { Finding } from '../../../domain/drill/beliefs.ts';
import { DRILL_STEPS, type DrillStep } from '../../../domain/drill/facts.ts';
import { findingsOf, NOT_TRIED, type PlayedStep } from '../../../domain/drill/report.ts';
import type { Server } from '../../../domain/model.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { signInName } from './media.ts';
import { ownSignInOnly } from './sign-ins.ts';
import {
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  moment,
  problem,
  type Sentence,
  say,
  type Text,
  type View,
} from './view.ts';

/** What a server says may be long, and a card has room for so much. */
const SAW_LENGTH = 160;

export function drillBegun({ server, signIn }: Extract<DrillStart, { kind: 'begun' }>): View {
  if (!signIn)
    return card('neutral', say('server.drill.title', { server: server.name }), say('server.drill.makes'));
  return card(
    'neutral',
    say('server.drill.signInTitle', { server: server.name }),
    say('server.drill.signIn'),
    ownSignInOnly,
    say('server.drill.until', { until: moment(signIn.expiresAt) }),
    buttons({ label: say('server.drill.signInAt', { where: signInName(server.kind) }), url: signIn.link }),
  );
}

export function drillProgress(server: Server, done: readonly PlayedStep[], now: DrillStep): View {
  const ended = new Set(done.map(({ step }) => step));
  const lines = DRILL_STEPS.map((step) => {
    const sign = ended.has(step) ? '✅' : step === now ? '⏳' : '▫️';
    return md`${sign} ${say(`server.drill.step.${step}`)}`;
  });
  return card('neutral', say('server.drill.title', { server: server.name }), join(lines, '\n'));
}

export function drillEnded(on: Server, end: DrillEnd): View {
  const server = on.name;
  switch (end.kind) {
    case 'expired':
      return problem(
        say('server.drill.expired.title'),
        say('server.drill.expired.why', { server }),
        say('server.drill.expired.action'),
      );
    case 'refused':
      return problem(
        say('server.drill.refused.title'),
        say('server.drill.refused.why', { why: refusal(end.why), server }),
        say('server.drill.refused.action'),
      );
    case 'failed':
      return drillNotBegun(on, end.why);
    case 'played':
      return playedView(end);
  }
}

function refusal(why: ThrowAwayRefusal): Sentence {
  if (why === 'member' || why === 'has-access') return say(`server.drill.refused.${why}`);
  return say('server.drill.refused.protected', { what: say(`server.protected.${why}`) });
}

function playedView({ server: on, library, report, file }: Extract<DrillEnd, { kind: 'played' }>): View {
  const of = (result: Finding['result']) => findingsOf(report, result);
  const [held, differs, unseen] = [of('held'), of('differs'), of('unseen')];
  const isWhole = unseen.length === 0 && report.leftBehind === null;
  const server = on.name;
  const counts = { held: held.length, differs: differs.length, unseen: unseen.length };
  const view = card(
    differs.length > 0 ? 'bad' : isWhole ? 'good' : 'warning',
    say('server.drill.played', { server, library: library.name, ...counts }),
    report.stopped === null ? undefined : say('server.drill.stopped', { why: shortened(report.stopped) }),
    lines('🔴', differs),
    differs.length > 0 ? say('server.drill.frozen', { server, show: code('/server show') }) : undefined,
    lines('▫️', unseen),
    lines('✅', held),
    report.leftBehind === null
      ? say('server.drill.clean')
      : say('server.drill.left', { why: shortened(report.leftBehind) }),
    say('server.drill.file', { notTried: NOT_TRIED }),
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

const shortened = (text: Text): Text =>
  typeof text === 'string' && text.length > SAW_LENGTH ? `${text.slice(0, SAW_LENGTH - 1)}…` : text;

export const drillLate = ({ name: server }: Server): View =>
  card('warning', say('server.drill.late', { server, event: code('server.drilled') }));

export const drillBusy = ({ name: server }: Server, why: Text | null): View =>
  problem(
    say('server.drill.busy.title', { server }),
    why === null ? say('server.drill.busy.other') : say('server.drill.busy.left', { why }),
    say('server.drill.busy.action'),
  );

export const drillNotBegun = ({ name: server }: Server, why: Trouble): View =>
  problem(
    say('server.drill.failed.title', { server }),
    say('server.drill.failed.why', { why: adminSentence(why) }),
    say('server.drill.failed.action'),
  );
