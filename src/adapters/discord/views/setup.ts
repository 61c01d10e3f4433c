/** The checklist of /setup: a line with a button for each thing, and the small steps that it opens. */
import type { SetUpChannel, SetupState } from '../../../app/guild/setup.ts';
import { SERVER_KINDS } from '../../../domain/server-kind.ts';
import { kindName } from './media.ts';
import {
  type Block,
  type Button,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  mention,
  relative,
  type Sentence,
  say,
  separator,
  type View,
} from './view.ts';

const setup = 'setup';
/** Back to it without having done anything. */
export const setupBack: Button = { label: say('setup.back'), command: setup, op: 'show' };
/** Leads to the checklist from wherever something of it was done. */
export const setupButton: Button = { label: say('setup.open'), command: setup, op: 'show' };

/** Whoever is chosen is invited in the form that it opens: a tap less than a button that opens it without them. */
const inviteePick: Block = {
  kind: 'pick',
  what: 'user',
  command: setup,
  op: 'invitee',
  placeholder: say('setup.inviteSomebody'),
};

/** What comes after a first server. */
export const nextSteps: readonly Block[] = [
  inviteePick,
  buttons({ label: say('setup.createPlan'), command: setup, op: 'plan' }, setupButton),
];

interface Row {
  readonly name: Sentence;
  readonly state: Md;
  /** `trouble`: it is chosen, and does not work. `action`: nothing that is ever done. `better`: not needed. */
  readonly is: keyof typeof MARKS;
  /** What is below it in place of the button, while it is what comes next. */
  readonly instead?: Block;
  /** None where nothing can be done about it in Discord. */
  readonly button?: Button;
  /** Not one of those that have to be done. */
  readonly isBeside?: boolean;
}

const MARKS = { done: '✅', open: '⬜', trouble: '⚠️', action: '📨', better: '💡' } as const;

/** `said`: what has just been done, above the list. */
export function setupView(state: SetupState, said?: Md | Sentence): View {
  const rows = rowsOf(state);
  const counted = rows.filter(({ is, isBeside }) => is !== 'action' && !isBeside);
  const done = counted.filter(({ is }) => is === 'done').length;
  const isAllDone = done === counted.length;
  const isFirst = state.servers.length === 0;
  return card(
    isAllDone ? 'good' : 'neutral',
    md`**${say('setup.title')}** · ${say('setup.done', { done, all: counted.length })}`,
    said && md`${said}`,
    ...(isAllDone ? [say('setup.allDone')] : isFirst ? [say('setup.first')] : []),
    ...rows.flatMap(blocksOf),
    md`-# ${say('setup.integrations')}`,
  );
}

function blocksOf({ name, state, is, button, instead }: Row): readonly Block[] {
  const text = md`${MARKS[is]} **${name}**\n${state}`;
  if (instead) return [{ kind: 'text', text }, instead];
  return button ? [{ kind: 'row', text, button }] : [{ kind: 'text', text }];
}

/** Of the first server the kind is chosen at once, which saves a tap. */
const kindButtons: Block = buttons(
  ...SERVER_KINDS.map(
    (kind): Button => ({
      label: say('setup.addKind', { kind: kindName(kind) }),
      style: 'primary',
      command: 'server add',
      op: 'open',
      args: [kind],
    }),
  ),
);

function rowsOf(state: SetupState): readonly Row[] {
  const { audit, servers, plans, invites, moderatorRoleIds } = state;
  const isNext = servers.length > 0 && invites.made === 0;
  return [
    {
      name: say('setup.row.server'),
      state: servers.length > 0 ? namesOf(servers) : md`${say('setup.state.noServer')}`,
      is: servers.length > 0 ? 'done' : 'open',
      button: { label: say('setup.add'), command: setup, op: 'server' },
      ...(servers.length === 0 && { instead: kindButtons }),
    },
    {
      name: say('setup.row.invite'),
      state: md`${invites.made > 0 ? say('setup.state.invites', { open: invites.open }) : say('setup.state.noInvite')}`,
      is: invites.made > 0 ? 'done' : 'open',
      button: { label: say('setup.invite'), command: setup, op: 'invite' },
      ...(isNext && { instead: inviteePick }),
    },
    {
      name: say('setup.row.plan'),
      state: plans.length > 0 ? namesOf(plans) : md`${say('setup.state.noPlan')}`,
      is: plans.length > 0 ? 'done' : 'open',
      button: { label: say('setup.create'), command: setup, op: 'plan' },
    },
    channelRow('audit', audit),
    testRow(audit),
    channelRow('alerts', state.alerts),
    {
      name: say('setup.row.roles'),
      state:
        moderatorRoleIds.length > 0
          ? join(moderatorRoleIds.slice(0, NAMED).map(mention.role), ' ')
          : md`${say('setup.state.noRoles')}`,
      is: moderatorRoleIds.length > 0 ? 'done' : 'open',
      button: { label: say('setup.choose'), command: setup, op: 'roles' },
    },
    {
      name: say('setup.row.zone'),
      state: md`${say('setup.state.zone', { zone: state.zone, time: state.localTime })}`,
      is: state.zone === 'UTC' ? 'open' : 'done',
      button: { label: say('setup.change'), command: setup, op: 'zone' },
    },
    {
      name: say('setup.row.notices'),
      state: md`${say('setup.state.notices', { count: state.notices.length })}`,
      is: 'done',
      button: { label: say('setup.change'), command: 'settings notices', op: 'open' },
    },
    doorRow(state.door),
    peopleRow(state.people),
  ];
}

function channelRow(purpose: 'audit' | 'alerts', channel: SetUpChannel | null): Row {
  const none = purpose === 'audit' ? say('setup.state.noAudit') : say('setup.state.noAlerts');
  return {
    name: say(`setup.row.${purpose}`),
    state: md`${channel ? channelState(channel) : none}`,
    is: channel === null ? 'open' : mayPost(channel) ? 'done' : 'trouble',
    button: {
      label: channel === null ? say('setup.choose') : say('setup.change'),
      command: setup,
      op: 'channel',
      args: [purpose],
    },
  };
}

/** Whoever had an account before Usher came says by it which one that is. */
function doorRow(door: SetupState['door']): Row {
  const values = door && { channel: mention.channel(door.channelId) };
  const posted = values && (door.isThere ? 'door' : door.isOwed ? 'doorWaits' : 'doorRefused');
  return {
    name: say('setup.row.door'),
    state: md`${posted ? say(`setup.state.${posted}`, values) : say('setup.state.noDoor')}`,
    is: posted === null ? 'better' : posted === 'doorRefused' ? 'trouble' : 'done',
    isBeside: true,
    button: {
      label: posted === null ? say('setup.post') : say('setup.change'),
      command: 'member import',
      op: 'door',
    },
  };
}

/** Who comes and goes, and with which roles: what has to be switched on, and where. */
function peopleRow({ sees, seesBans, needsThem }: SetupState['people']): Row {
  const bans = seesBans === false ? [md`-# ${say('setup.state.noBans')}`] : [];
  const all = sees === true ? say('setup.state.people') : say('setup.state.noPeople');
  return {
    name: say('setup.row.people'),
    state: join([md`${sees === null ? say('setup.state.peopleUnasked') : all}`, ...bans], '\n'),
    is: sees === true ? 'done' : needsThem ? 'trouble' : 'better',
    isBeside: sees === true || !needsThem,
  };
}

function testRow(audit: SetUpChannel | null): Row {
  const may = audit !== null && mayPost(audit);
  const waits = audit === null ? say('setup.state.noTest') : say('setup.state.testWaits');
  return {
    name: say('setup.row.test'),
    state: md`${may ? say('setup.state.testReady') : waits}`,
    is: 'action',
    button: { label: say('setup.test.send'), command: setup, op: 'test', disabled: audit === null },
  };
}

const mayPost = ({ lacks, refusedSince }: SetUpChannel): boolean =>
  refusedSince === null && lacks.kind === 'known' && lacks.value.length === 0;

function channelState({ id, lacks, refusedSince }: SetUpChannel): Sentence | Md {
  const channel = mention.channel(id);
  if (lacks.kind === 'known' && lacks.value.length > 0)
    return say('setup.state.lacks', {
      channel,
      rights: lacks.value.map((right) => say(`settings.right.${right}`)),
    });
  if (refusedSince !== null) return say('setup.state.refused', { channel, since: relative(refusedSince) });
  return lacks.kind === 'known' ? channel : say('setup.state.unasked', { channel });
}

/** A line holds so many names. */
const NAMED = 3;

function namesOf(names: readonly string[]): Md {
  const shown = names.slice(0, NAMED).map((name) => md`${name}`);
  const more = names.length - shown.length;
  return join(more > 0 ? [...shown, md`${say('shared.more', { count: more })}`] : shown, ' · ');
}

export const serverStep = (): View =>
  card('neutral', md`**${say('setup.kind.ask')}**`, kindButtons, buttons(setupBack));

/** `trouble`: why the channel that was chosen is none. */
export function channelStep(purpose: 'audit' | 'alerts', trouble?: Md): View {
  return card(
    trouble ? 'bad' : 'neutral',
    trouble,
    md`**${say(`setup.channel.${purpose}`)}**`,
    say('setup.channel.private'),
    separator,
    {
      kind: 'pick',
      what: 'channel',
      command: setup,
      op: purpose,
      placeholder: say('setup.channel.pick'),
    },
    buttons(setupBack),
  );
}

export function rolesStep(trouble?: Md): View {
  return card(
    trouble ? 'bad' : 'neutral',
    trouble,
    md`**${say('setup.roles.ask')}**`,
    say('setup.roles.others', { command: code('/settings role') }),
    { kind: 'pick', what: 'role', command: setup, op: 'role', placeholder: say('setup.roles.pick') },
    buttons(setupBack),
  );
}

export function zoneStep(zones: readonly { readonly zone: string; readonly time: string }[]): View {
  return card(
    'neutral',
    md`**${say('setup.zone.which')}**`,
    {
      kind: 'select',
      command: setup,
      op: 'zone-chosen',
      placeholder: say('setup.zone.pick'),
      options: zones.map(({ zone, time }) => ({
        label: zone,
        value: zone,
        description: say('setup.zone.now', { time }),
      })),
    },
    buttons(setupBack),
  );
}

/** There is nothing that somebody could be given. */
export const noLibraryView = (): View =>
  card(
    'bad',
    md`**${say('setup.noLibrary.what')}**\n${say('setup.noLibrary.next')}`,
    kindButtons,
    buttons(setupBack),
  );
