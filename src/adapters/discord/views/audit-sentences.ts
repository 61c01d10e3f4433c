/** The sentence of each event of the record, for people. A whole sentence for each: nothing is glued together. Pure. */
import type { AuditAction } from '../../../domain/audit-events.ts';
import { lengthOfSeconds, storedLength } from '../../../domain/length.ts';
import type { AuditEvent, AuditFacts } from '../../../domain/model.ts';
import { delimited, delimitedFull } from '../../../domain/name-list.ts';
import { isPseudonym } from '../../../domain/personal-data.ts';
import { programOf } from '../../../domain/programs.ts';
import type { Value } from '../../../words/say.ts';
import { sanitise } from '../wire/sanitise.ts';
import { code, type Md, md, mention, moment, raw, type Sentence, say } from './view.ts';

/** Display names, by the Discord id of the person. */
export type Names = ReadonlyMap<string, string>;

/** What a sentence is made of. */
interface Told {
  readonly facts: AuditFacts;
  readonly by: Value;
  /** Whom it is about: those of several events that say the same. */
  readonly who: Value;
  readonly count: number;
  /** How many libraries. */
  readonly n: number;
  readonly server: string;
  readonly account: string;
  readonly plan: string;
  readonly invite: Md;
  /** Libraries with their server, or what there is of both. */
  readonly what: Sentence | Md;
  /** "until …" or "for good". */
  readonly end: Sentence | Md;
  /** Names, as many as there is room for. */
  readonly some: (list: readonly string[]) => readonly (Md | Sentence)[];
}

/** Longer lists are cut, so that the rest of a line fits. */
const MOST_UNITS = 600;
const MOST_PEOPLE = 10;

/**
 * The sentence of events that differ in nothing but the person, the account and the grant. `units`: how long its lists
 * may be.
 */
export function auditSentence(
  event: AuditEvent,
  people: readonly Md[],
  names: Names,
  units = MOST_UNITS,
): Sentence {
  const { facts, actorId } = event;
  const shown = people.slice(0, MOST_PEOPLE);
  const hidden = people.length - shown.length;
  return SENTENCES[event.action]({
    facts,
    by: actorId === null ? 'Usher' : personIn(names, actorId),
    who:
      hidden > 0
        ? [...shown, say('audit.more', { count: hidden })]
        : shown.length > 0
          ? shown
          : say('audit.somebody'),
    count: Math.max(people.length, 1),
    n: facts.libraries?.length ?? 1,
    server: facts.server ?? '',
    account: facts.account ?? '',
    plan: facts.plan ?? '',
    invite: code(facts.invite ?? ''),
    what: whatOf(facts, units),
    end: endOf(facts),
    some: (list) => listOf(list, { most: units }),
  });
}

/** By their name, or by a mention while none is known. */
export function personIn(names: Names, id: string): Md {
  const program = programOf(id);
  if (program) return md`${say('audit.program', { name: program.name })}`;
  const name = names.get(id);
  if (name !== undefined) return md`${delimited(name)}`;
  return isSnowflake(id) || isPseudonym(id) ? mention.user(id) : md`${id}`;
}

export const isSnowflake = (id: string): boolean => /^\d{15,20}$/.test(id);

const SENTENCES: Readonly<Record<AuditAction, (told: Told) => Sentence>> = {
  'server.added': ({ by, server }) => say('audit.server.added', { by, server }),
  'server.edited': ({ by, server }) => say('audit.server.edited', { by, server }),
  'server.removed': ({ by, server }) => say('audit.server.removed', { by, server }),
  'server.offline': ({ server }) => say('audit.server.offline', { server }),
  'server.online': ({ server }) => say('audit.server.online', { server }),
  'server.sharing_lost': ({ server, facts: { how } }) =>
    say(how === 'up' ? 'audit.server.sharingLostUp' : 'audit.server.sharingLost', { server }),
  'server.sharing_back': ({ server }) => say('audit.server.sharingBack', { server }),
  'server.drilled': ({ by, server }) => say('audit.server.drilled', { by, server }),
  'server.frozen': ({ server }) => say('audit.server.frozen', { server }),
  'server.unfrozen': ({ by, server }) => say('audit.server.unfrozen', { by, server }),
  'library.gone': ({ what, n }) => say('audit.library.gone', { what, n }),
  'library.off': ({ what, n }) => say('audit.library.off', { what, n }),
  'library.renamed': ({ what }) => say('audit.library.renamed', { what }),
  'library.back': ({ what, n }) => say('audit.library.back', { what, n }),
  'plan.created': ({ by, plan, what, facts }) =>
    say('audit.plan.created', { by, plan, what, lasts: lastsOf(facts) }),
  'plan.edited': ({ by, plan }) => say('audit.plan.edited', { by, plan }),
  'plan.deleted': ({ by, plan }) => say('audit.plan.deleted', { by, plan }),
  'invite.created': (told) => invited(told),
  'invite.sent': ({ who, invite }) => say('audit.invite.sent', { who, invite }),
  'invite.dm_closed': ({ who, invite }) => say('audit.invite.closed', { who, invite }),
  'invite.redeemed': ({ who, invite }) => say('audit.invite.redeemed', { who, invite }),
  'invite.revoked': ({ by, invite }) => say('audit.invite.revoked', { by, invite }),
  'grant.created': (told) => created(told),
  'grant.started': ({ who, what, end }) => say('audit.grant.started', { who, what, end }),
  'grant.extended': (told) => otherEnd(told, 'extended'),
  'grant.changed': (told) => changed(told),
  'grant.paused': (told) => otherEnd(told, 'paused'),
  'grant.resumed': (told) => otherEnd(told, 'resumed'),
  'grant.revoked': ({ by, who, what }) => say('audit.grant.revoked', { by, who, what }),
  'grant.ending': ({ who, what, facts }) =>
    hasEnd(facts)
      ? say('audit.grant.ending', { who, what })
      : say('audit.grant.taken', { who, what, n: facts.libraries?.length ?? 1 }),
  'grant.ended': ({ who, what, n }) => say('audit.grant.ended', { who, what, n }),
  'grant.overdue': ({ who, what, n, facts: { how } }) => {
    if (how === 'expired') return say('audit.grant.overdue.expired', { who, what });
    if (how === 'revoked' || how === 'paused') return say(`audit.grant.overdue.${how}`, { who, what, n });
    return say('audit.grant.overdue.other', { who, what, n });
  },
  'request.made': ({ who, what, facts: { how } }) =>
    say(how === 'new' ? 'audit.request.madeNew' : 'audit.request.made', { who, what }),
  'request.approved': ({ by, who, what, facts: { how } }) =>
    say(how === 'new' ? 'audit.request.approvedNew' : 'audit.request.approved', { by, who, what }),
  'request.declined': ({ by, who, what, facts: { how } }) =>
    say(how === 'new' ? 'audit.request.declinedNew' : 'audit.request.declined', { by, who, what }),
  'access.applied': (told) => applied(told),
  'access.accepted': ({ who, what }) => say('audit.access.accepted', { who, what }),
  'access.held': (told) => held(told),
  'access.exceeded': ({ who, server }) => say('audit.access.exceeded', { who, server }),
  'drift.found': (told) => drifted(told),
  'drift.corrected': ({ who, server, facts, some }) => {
    const { added = [], removed = [] } = facts;
    if (removed.length === 0) return say('audit.drift.takenBack', { who, server, added: some(added) });
    if (added.length === 0) return say('audit.drift.givenBack', { who, server, removed: some(removed) });
    return say('audit.drift.putBack', { who, server, added: some(added), removed: some(removed) });
  },
  'member.linked': ({ who, account, server, facts: { how } }) =>
    how === 'back' || how === 'known'
      ? say(`audit.member.${how}`, { who, account, server })
      : say('audit.member.linked', { who, account, server }),
  'member.imported': ({ by, who, account, server, facts: { how } }) =>
    how === 'claimed'
      ? say('audit.member.claimed', { who, account, server })
      : say('audit.member.imported', { by, who, account, server }),
  'member.unlinked': ({ by, who, account, server, what, facts: { how, libraries = [] } }) => {
    if (how === 'undone')
      return libraries.length > 0
        ? say('audit.member.undone', { by, who, account, server, what })
        : say('audit.member.undoneNothing', { by, account, server });
    if (how === 'gone' || how === 'deleted') return say(`audit.member.${how}`, { who, account, server });
    return say('audit.member.unlinked', { by, who, account, server });
  },
  'member.left': ({ who, facts: { how, until } }) => {
    if (how === 'banned') return say('audit.member.banned', { who });
    return until
      ? say('audit.member.left', { who, until: momentIn(until) })
      : say('audit.member.leftNothing', { who });
  },
  'member.returned': ({ who, facts: { how } }) =>
    say(how === 'again' ? 'audit.member.returned' : 'audit.member.returnedNothing', { who }),
  'member.forgotten': ({ who, by, facts: { how } }) =>
    how === 'own' ? say('audit.member.forgottenOwn', { who }) : say('audit.member.forgotten', { by, who }),
  'role.refused': ({ who, facts: { how, role = '' } }) =>
    say(how === 'taken' ? 'audit.role.notTaken' : 'audit.role.notGiven', { who, role: roleIn(role) }),
  'settings.changed': (told) => set(told),
  'api.token_created': ({ by, end, facts: { token = '', how = '' } }) =>
    say('audit.token.created', { by, token, scope: how, end }),
  'api.token_revoked': ({ by, facts: { token = '' } }) => say('audit.token.revoked', { by, token }),
  'webhook.added': ({ by, facts: { webhook = '' } }) => say('audit.webhook.added', { by, webhook }),
  'webhook.removed': ({ by, facts: { webhook = '' } }) => say('audit.webhook.removed', { by, webhook }),
  'webhook.failing': ({ facts: { webhook = '', how } }) =>
    say(how === 'final' ? 'audit.webhook.final' : 'audit.webhook.failing', { webhook }),
  'backup.made': ({ by }) => say('audit.backupMade', { by }),
  'app.restarted': ({ by }) => say('audit.appRestarted', { by }),
};

function set({ by, facts: { channel, role, capability, before, how } }: Told): Sentence {
  if (
    role !== undefined &&
    capability !== undefined &&
    (how === 'allow' || how === 'deny' || how === 'clear')
  )
    return say(`audit.right.${how}`, {
      by,
      role: roleIn(role),
      capability: say(`audit.capability.${capability}`),
    });
  if (channel === undefined) return say('audit.settings.changed', { by });
  const purpose = how === 'requests' || how === 'alerts' ? how : 'audit';
  const chosen = { by, channel: channelIn(channel) };
  return before?.channel
    ? say(`audit.settings.moved.${purpose}`, { ...chosen, was: channelIn(before.channel) })
    : say(`audit.settings.chosen.${purpose}`, chosen);
}

function invited({ by, who, what, facts }: Told): Sentence {
  const lasts = lastsOf(facts);
  // One for nobody in particular.
  if (facts.how === 'open') return say('audit.invite.open', { by, what, lasts, uses: facts.uses ?? 1 });
  return say('audit.invite.created', { by, who, what, lasts });
}

function created({ by, who, count, what, end, invite, facts }: Told): Sentence {
  switch (facts.how) {
    case 'invited':
      return say('audit.grant.invited', { by, who, count, what, end, invite });
    case 'role':
      return say('audit.grant.byRole', { who, what, role: roleIn(facts.role ?? '') });
    case 'had-before':
    case 'adopted':
      return say('audit.grant.found', { who, what, end });
  }
  if (facts.from !== undefined)
    return say('audit.grant.later', { by, who, what, end, start: momentIn(facts.from) });
  return say('audit.grant.created', { by, who, what, end });
}

/** What changes the end of a grant says the end before, where there was one. */
function otherEnd({ by, who, what, end, facts: { before } }: Told, how: 'extended' | 'paused' | 'resumed') {
  if (!before || !hasEnd(before)) return say(`audit.grant.${how}.to`, { by, who, what, end });
  return say(`audit.grant.${how}.from`, { by, who, what, end, was: endOf(before) });
}

function changed({ by, who, what, end, some, facts: { before = {} } }: Told): Sentence {
  const { libraries } = before;
  if (!libraries)
    return hasEnd(before)
      ? say('audit.grant.changed.end', { by, who, what, end, was: endOf(before) })
      : say('audit.grant.changed.to', { by, who, what, end });
  const was = some(libraries);
  return hasEnd(before)
    ? say('audit.grant.changed.all', { by, who, what, end, was, wasEnd: endOf(before) })
    : say('audit.grant.changed.libraries', { by, who, what, was });
}

function applied({ who, count, what, account, server, facts }: Told): Sentence {
  const { how, deleteAt, detail } = facts;
  if (deleteAt !== undefined)
    return say('audit.access.closing', { who, account, server, at: momentIn(deleteAt) });
  if (how === 'not-deleted') return say('audit.access.notDeleted', { who, account, server });
  if (how === 'made') return say('audit.access.made', { who, what, account });
  // The second is how older lines say it.
  if (how === 'invited' || (typeof detail === 'string' && detail.startsWith('invited')))
    return say('audit.access.invited', { who, count, what });
  return say('audit.access.applied', { who, what });
}

function held({ by, server, facts: { how, role = '' } }: Told): Sentence {
  switch (how) {
    case 'role-asked':
      return say('audit.held.roleAsked', { role: roleIn(role) });
    case 'role-released':
      return say('audit.held.roleReleased', { by, role: roleIn(role) });
    case 'role-kept':
      return say('audit.held.roleKept', { by, role: roleIn(role) });
    case 'role-settled':
      return say('audit.held.roleSettled', { role: roleIn(role) });
    case 'clock':
      return say('audit.held.clock');
    case 'clock-confirmed':
      return say('audit.held.clockConfirmed');
    case 'released':
    case 'dismissed':
      return say(`audit.held.${how}`, { by, server });
    case 'settled':
      return say('audit.held.settled', { server });
  }
  return say('audit.held.asked', { server });
}

function drifted({ who, server, facts, some }: Told): Sentence {
  const [added, removed] = [some(facts.added ?? []), some(facts.removed ?? [])];
  switch (facts.how) {
    case 'protected':
      return say('audit.drift.protected', { who, server });
    case 'left':
      return say('audit.drift.left', { who, server, removed });
    case 'asked-anew':
      return say('audit.drift.askedAnew', { who, server });
    case 'invited':
      return say('audit.drift.invited', { who, server, added });
  }
  if (!facts.added?.length && !facts.removed?.length) return say('audit.drift.changed', { who, server });
  if (!facts.removed?.length) return say('audit.drift.given', { who, server, added });
  if (!facts.added?.length) return say('audit.drift.taken', { who, server, removed });
  return say('audit.drift.both', { who, server, added, removed });
}

function whatOf({ server, libraries }: AuditFacts, most: number): Sentence | Md {
  if (libraries === undefined || libraries.length === 0)
    return server === undefined ? md`${say('shared.nothing')}` : md`${delimited(server)}`;
  // Where the line names no server, each of them has its own.
  if (server === undefined)
    return md`${say('audit.list', { list: listOf(libraries, { most, asOne: delimitedFull }) })}`;
  return say('shared.on', { libraries: listOf(libraries, { most }), server: delimited(server) });
}

/** Names that are safe, as many as fit. */
export function listOf(
  names: readonly string[],
  { most = MOST_UNITS, asOne = delimited } = {},
): readonly (Md | Sentence)[] {
  const shown: Md[] = [];
  let units = 0;
  for (const name of names) {
    const safe = asOne(name, sanitise(name, { max: 80 }));
    units += safe.length;
    if (units > most && shown.length > 0) break;
    shown.push(raw(safe));
  }
  const hidden = names.length - shown.length;
  return hidden > 0 ? [...shown, say('audit.more', { count: hidden })] : shown;
}

const hasEnd = ({ until, leftSeconds }: Pick<AuditFacts, 'until' | 'leftSeconds'>): boolean =>
  until !== undefined || leftSeconds !== undefined;

/** "until …", "for good", or what is left of a paused grant. */
function endOf({ until, leftSeconds }: Pick<AuditFacts, 'until' | 'leftSeconds'>): Sentence {
  if (leftSeconds === null) return say('audit.leftForGood');
  if (leftSeconds !== undefined) return say('audit.left', { length: lengthOfSeconds(leftSeconds) });
  if (until === undefined || until === null) return say('shared.forGood');
  return say('shared.until', { end: momentIn(until) });
}

function lastsOf({ duration = '' }: AuditFacts): Sentence {
  return duration === '' ? say('shared.forGood') : say('audit.lasts', { length: storedLength(duration) });
}

/** What older lines hold may be no moment. */
export function momentIn(iso: string): Md {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? md`${iso}` : moment(at);
}

export const channelIn = (id: string): Md => (isSnowflake(id) ? mention.channel(id) : md`${id}`);
export const roleIn = (id: string): Md => (isSnowflake(id) ? mention.role(id) : md`${id}`);
