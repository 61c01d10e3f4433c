/** The forms of /setup: a zone, a plan, an invite. Each ends at the checklist, or comes back filled in. */
import type { App } from '../../../app/app.ts';
import { isNonEmpty } from '../../../domain/model.ts';
import { createdInviteView } from '../views/invites.ts';
import { listProblem } from '../views/picked.ts';
import { noLibraryView, setupBack, setupButton, zoneStep } from '../views/setup.ts';
import {
  buttons,
  card,
  type Md,
  type Modal,
  type ModalField,
  md,
  problem,
  type SelectOption,
  type Sentence,
  say,
  type Text,
  type View,
} from '../views/view.ts';
import type { Component, ComponentInput, Who } from './command.ts';
import { defineForms } from './form.ts';
import { changeZone } from './settings-changes.ts';

type Uses = Pick<App, 'drafts' | 'setup' | 'settings' | 'autocomplete' | 'plans' | 'invites' | 'timeInput'>;

/** Shows the checklist, with what has just been done above it. */
type ShowList = (who: Who, app: Uses, said?: Md) => Promise<View>;

/** Options of a select. */
const MOST = 25;
const VALID = '7d';
const PLAN = 'plan:';

export function setupForms(list: ShowList) {
  const forms = defineForms<'zone' | 'plan' | 'invite', Uses>('setup', {
    zone: { modal: async () => zoneModal() },
    plan: { modal: async ({ guildId }, _args, app) => planModal(await librariesOf(app, guildId)) },
    invite: { modal: async ({ guildId }, [member], app) => await inviteModal(app, guildId, member) },
  });

  const back = { besides: [setupBack] };

  /** A form that is sent: what it does, or why it cannot. */
  const open = (form: 'zone' | 'plan' | 'invite'): Component<Uses> => ({
    answers: 'modal',
    run: (input, app) => forms.open(form, input, [], app),
  });

  const setZone = async (input: ComponentInput, zone: string, app: Uses): Promise<View> => {
    const made = await changeZone(input, zone, app);
    if (made.kind !== 'refused') return await list(input, app, made.said);
    const refusal = { form: 'zone', typed: { zone }, at: 'zone', why: made.why } as const;
    return await forms.refused(input, refusal, { view: card('bad', made.said), ...back }, app);
  };

  const components = {
    ...forms.components,
    zone: open('zone'),
    plan: open('plan'),
    invite: open('invite'),
    invitee: {
      answers: 'modal',
      run: (input, app) => forms.open('invite', input, input.values, app),
    },
    'zone-typed': {
      async run(input, app) {
        const typed = input.fields.zone ?? '';
        const zones = app.settings.findZones(typed);
        const isNamed = zones.some((zone) => zone.toLowerCase() === typed.trim().toLowerCase());
        if (isNamed || zones.length === 0) return await setZone(input, typed, app);
        const [only = typed] = zones;
        if (zones.length === 1) return await setZone(input, only, app);
        return zoneStep(zones.map((zone) => ({ zone, time: app.settings.timeIn(zone) })));
      },
    },
    'zone-chosen': { run: (input, app) => setZone(input, input.values[0] ?? '', app) },
    'plan-typed': {
      async run(input, app) {
        const { guildId, actor, fields } = input;
        const refused = (at: string, why: Text, view = problem(say('setup.plan.none'), md`${why}`)) =>
          forms.refused(input, { form: 'plan', typed: fields, at, why }, { view, ...back }, app);
        const { name = '', libraries = '' } = fields;
        if (name.trim() === '') return await refused('name', say('setup.plan.noName'));
        const lasts = app.timeInput.duration(lengthIn(fields));
        if (lasts.kind === 'problem') return await refused('for', lasts.message);
        const picked = await pickedIn(app, guildId, libraries);
        if (picked.kind === 'refused')
          return await refused('libraries', say('setup.inviting.gone'), picked.view);
        if (!isNonEmpty(picked.ids)) return await refused('libraries', say('setup.inviting.nothing'));
        const what = {
          name,
          libraryIds: picked.ids,
          duration: lasts.value,
          expiryAction: null,
          roleId: null,
        };
        const made = await app.plans.create({ guildId, actorId: actor.id, ...what });
        if (made.kind !== 'done') return await refused('name', say('setup.plan.taken'));
        const given = made.details.libraries.map((library) => library.name);
        const names = given.slice(0, SAID).map((library) => md`${library}`);
        const more = given.length - names.length;
        const shown = more > 0 ? [...names, say('shared.more', { count: more })] : names;
        return await list(
          input,
          app,
          md`✅ ${say('setup.plan.created', { name: name.trim(), libraries: shown })}`,
        );
      },
    },
    'invite-typed': { run: (input, app) => invite(input, app) },
  } satisfies Readonly<Record<string, Component<Uses>>>;

  async function invite(input: ComponentInput, app: Uses): Promise<View> {
    const { guildId, actor, fields, chosen } = input;
    const refused = (at: string, why: Text, view = problem(say('setup.inviting.none'), md`${why}`)) =>
      forms.refused(input, { form: 'invite', typed: fields, at, why }, { view, ...back }, app);
    const member = chosen.users[fields.member ?? ''];
    if (!member || member.bot) return await refused('member', say('setup.inviting.bot'));
    const gift = await giftIn(app, guildId, fields);
    if (gift.kind === 'refused') return await refused(gift.at, gift.why, gift.view);
    const lasts = app.timeInput.duration(lengthIn(fields) ?? gift.lasts);
    if (lasts.kind === 'problem') return await refused('for', lasts.message);
    const until = await app.timeInput.after(guildId, valid(app));
    if (until.kind === 'problem') return await refused('for', until.message);
    const made = await app.invites.create({
      guildId,
      actorId: actor.id,
      memberId: member.id,
      libraryIds: gift.libraryIds,
      ...(gift.planId !== undefined && { planId: gift.planId }),
      duration: lasts.value,
      uses: 1,
      validUntil: until.value,
      roleId: null,
      note: null,
    });
    if (made.kind !== 'created') return await refused('what', made.message);
    const view = createdInviteView(made, lasts.value);
    return { ...view, blocks: [...view.blocks, buttons(setupButton)] };
  }

  return { components };
}

/** So many libraries are named; the rest is counted. */
const SAID = 8;

/** Undefined where nothing was typed. */
const lengthIn = (fields: Readonly<Record<string, string>>): string | undefined =>
  fields.for?.trim() || undefined;

function valid({ timeInput }: Uses) {
  const parsed = timeInput.duration(VALID);
  if (parsed.kind === 'problem' || parsed.value === null) throw new Error(`${VALID} is no duration`);
  return parsed.value;
}

type Library = Awaited<ReturnType<App['autocomplete']['grantableLibraries']>>[number];

const librariesOf = (app: Uses, guildId: Who['guildId']): Promise<readonly Library[]> =>
  app.autocomplete.grantableLibraries(guildId);

type PickedIds =
  | { readonly kind: 'picked'; readonly ids: readonly string[] }
  | { readonly kind: 'refused'; readonly view: View };

/** Ids that were chosen from a list, or names that were typed. */
async function pickedIn(app: Uses, guildId: Who['guildId'], typed: string): Promise<PickedIds> {
  if (typed.trim() === '') return { kind: 'picked', ids: [] };
  const picked = await app.autocomplete.pickLibraries(guildId, typed);
  return picked.kind === 'all'
    ? { kind: 'picked', ids: picked.items.map(({ id }) => id) }
    : { kind: 'refused', view: listProblem(typed, picked) };
}

type Gift =
  | {
      readonly kind: 'gift';
      readonly libraryIds: readonly string[];
      readonly planId?: string;
      /** How long the plan lasts. */
      readonly lasts?: string;
    }
  | { readonly kind: 'refused'; readonly at: string; readonly why: Sentence; readonly view?: View };

/** What was chosen to be given: one plan, or libraries. */
async function giftIn(
  app: Uses,
  guildId: Who['guildId'],
  { what = '', more = '' }: Readonly<Record<string, string>>,
): Promise<Gift> {
  const values = what.split(',').filter((value) => value !== '');
  const [planId, second] = values.flatMap((value) =>
    value.startsWith(PLAN) ? [value.slice(PLAN.length)] : [],
  );
  const chosen = values.filter((value) => !value.startsWith(PLAN)).join(',');
  const typed = await pickedIn(app, guildId, [chosen, more].filter((part) => part.trim() !== '').join(', '));
  if (typed.kind === 'refused')
    return {
      kind: 'refused',
      at: more.trim() === '' ? 'what' : 'more',
      why: say('setup.inviting.gone'),
      view: typed.view,
    };
  if (planId === undefined)
    return typed.ids.length > 0
      ? { kind: 'gift', libraryIds: typed.ids }
      : { kind: 'refused', at: 'what', why: say('setup.inviting.nothing') };
  if (second !== undefined || typed.ids.length > 0)
    return { kind: 'refused', at: 'what', why: say('setup.inviting.mixed') };
  const plan = await app.plans.find(guildId, planId);
  if (!plan) return { kind: 'refused', at: 'what', why: say('setup.inviting.gone') };
  const { libraryIds, duration } = plan.plan;
  return { kind: 'gift', planId, libraryIds, ...(duration !== '' && { lasts: duration }) };
}

const zoneModal = (): Modal => ({
  kind: 'modal',
  title: say('setup.zone.title'),
  op: 'zone-typed',
  fields: [
    {
      id: 'zone',
      label: say('setup.zone.label'),
      description: say('setup.zone.help'),
      placeholder: say('setup.zone.example'),
      required: true,
      maxLength: 60,
    },
  ],
});

function planModal(libraries: readonly Library[]): Modal | View {
  if (libraries.length === 0) return noLibraryView();
  const label = say('setup.plan.libraries');
  const options = libraries.map(({ id, name }) => ({ label: name, value: id }));
  const which: ModalField =
    options.length <= MOST
      ? { id: 'libraries', kind: 'select', label, options, max: options.length, required: true }
      : {
          id: 'libraries',
          label,
          description: say('setup.plan.librariesHelp'),
          required: true,
          long: true,
          maxLength: 1_000,
        };
  return {
    kind: 'modal',
    title: say('setup.plan.title'),
    op: 'plan-typed',
    fields: [
      {
        id: 'name',
        label: say('setup.plan.name'),
        description: say('setup.plan.nameHelp'),
        required: true,
        maxLength: 60,
      },
      which,
      { id: 'for', label: say('setup.plan.for'), description: say('setup.plan.forHelp'), maxLength: 40 },
    ],
  };
}

/** With what can be proposed: the only plan, or all libraries while there is no plan. */
async function inviteModal(app: Uses, guildId: Who['guildId'], member?: string): Promise<Modal | View> {
  const [libraries, plans] = await Promise.all([librariesOf(app, guildId), app.plans.list(guildId)]);
  if (libraries.length === 0) return noLibraryView();
  const all: readonly SelectOption[] = [
    ...plans.map(({ plan }) => ({
      label: say('setup.inviting.planOption', { name: plan.name }),
      value: `${PLAN}${plan.id}`,
    })),
    ...libraries.map(({ id, name }) => ({ label: name, value: id })),
  ];
  const isAll = all.length <= MOST;
  const options = all.slice(0, MOST);
  const proposed = plans.length === 0 ? options : plans.length === 1 ? options.slice(0, 1) : [];
  const more: ModalField = {
    id: 'more',
    label: say('setup.inviting.more'),
    description: say('setup.plan.librariesHelp'),
    maxLength: 1_000,
  };
  return {
    kind: 'modal',
    title: say('setup.inviting.title'),
    op: 'invite-typed',
    fields: [
      {
        id: 'member',
        kind: 'pick',
        what: 'user',
        label: say('setup.inviting.member'),
        required: true,
        ...(member !== undefined && { value: member }),
      },
      {
        id: 'what',
        kind: 'select',
        label: say('setup.inviting.what'),
        options,
        max: options.length,
        required: isAll,
        ...(isAll && { value: proposed.map(({ value }) => value).join(',') }),
      },
      ...(isAll ? [] : [more]),
      { id: 'for', label: say('setup.plan.for'), description: say('setup.inviting.forHelp'), maxLength: 40 },
    ],
  };
}
