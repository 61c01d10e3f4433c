import {
  byModerators,
  type ComponentInput,
  defineCommand,
  type Input,
  text,
  type Who,
} from '../../src/adapters/discord/kit/command.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { defineForms } from '../../src/adapters/discord/kit/form.ts';
import { type DecisionUses, decisions } from '../../src/adapters/discord/kit/request-decisions.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import {
  askable,
  nothingToRenew,
  optionsOf,
  renewedView,
  selfView,
  severalView,
  whatOf,
} from '../../src/adapters/discord/views/renewals.ts';
import { askedView } from '../../src/adapters/discord/views/requests.ts';
import { type Modal, type ModalField, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { Renewable } from '../../src/app/grants/requests.ts';
import type { DurationText } from '../../src/domain/duration.ts';
import { asMember } from '../../src/domain/ids.ts';
import { isText, shape } from '../../src/domain/shape.ts';

type Uses = DecisionUses & Pick<App, 'drafts' | 'requests' | 'selfRenewal' | 'settings' | 'timeInput'>;

const NOTE_LENGTH = 300;

/** What was typed with the command, for whichever button comes next. */
const kept = defineDraft('my renew', shape({ note: isText }));

const forms = defineForms<'renew', Uses>('my renew', {
  renew: {
    async modal(who, [draftId = ''], app) {
      const { all, open, mayAsk } = await mine(who, app);
      const note = (await kept.find(who, draftId, app))?.note ?? '';
      return open.length > 0 ? renewForm(open, note) : nothingToRenew(all, mayAsk);
    },
  },
});

export default defineCommand({
  description: 'More time with what you have: renew it yourself, or ask the staff',
  capability: 'member',
  options: { note: text('A note to the staff', { maxLength: 300 }) },
  async run({ options: { note = '' }, ...input }, app: Uses) {
    const { all, mayAsk } = await mine(input, app);
    const own = all.filter(({ renewal }) => renewal === 'self');
    const open = askable(all);
    const [first] = open;
    const keep = () => kept.put(input, { note }, app);
    if (own.length > 0) return selfView(all, await keep(), mayAsk);
    if (!first) return nothingToRenew(all, mayAsk);
    if (open.length > 1) return severalView(open, await keep());
    return await ask(input, { grantId: first.standing.grant.id, lasts: null, note }, app);
  },
  components: {
    /** In what tells of an end: the form at once, unless they can do without staff. */
    open: {
      answers: 'modal',
      async run(input, app: Uses) {
        const { all, mayAsk } = await mine(input, app);
        const hasOwn = all.some(({ renewal }) => renewal === 'self');
        return hasOwn ? selfView(all, '', mayAsk) : await forms.open('renew', input, [''], app);
      },
    },
    form: { answers: 'modal', run: (input, app: Uses) => forms.open('renew', input, input.args, app) },
    ...forms.components,
    send: { answers: 'message', run: send },
    pick: {
      async run(input, app: Uses) {
        const note = (await kept.take(input, input.args[0] ?? '', app))?.note ?? '';
        return await ask(input, { grantId: input.values[0] ?? '', lasts: null, note }, app);
      },
    },
    self: {
      answers: 'message',
      async run({ guildId, actor, args: [grantId = '', times = ''] }, { selfRenewal }: Uses) {
        const wish = { guildId, memberId: asMember(actor.id), grantId, times: Number(times) };
        return renewedView(await selfRenewal.renew(wish));
      },
    },
    ...byModerators(decisions),
  },
});

/** What the member has that can last longer, and what of it staff can be asked for. */
async function mine({ guildId, actor }: Who, { requests, settings }: Uses) {
  const [all, { mayAsk }] = await Promise.all([
    requests.renewables(guildId, asMember(actor.id)),
    settings.get(guildId),
  ]);
  // What they could renew themselves may be asked for as well: the role for it may be gone.
  const open = all.filter(({ askedAt, renewal }) => askedAt === null && renewal !== 'early');
  return { all, open: mayAsk === 'none' ? [] : open, mayAsk: mayAsk !== 'none' };
}

async function send(input: ComponentInput, app: Uses): Promise<View> {
  const { fields, args } = input;
  const grantId = args[0] ?? fields.grant ?? '';
  const typed = fields.lasts?.trim();
  const lasts = app.timeInput.duration(typed === '' ? undefined : typed, 'lasts');
  const note = fields.note ?? '';
  if (lasts.kind === 'ok') return await ask(input, { grantId, lasts: lasts.value, note }, app);
  const refusal = { form: 'renew', args: [''], typed: fields, at: 'lasts', why: lasts.message } as const;
  return await forms.refused(input, refusal, { view: misread(say('my.renew.not'), lasts) }, app);
}

async function ask(
  { guildId, actor, inDm }: Input,
  wish: { readonly grantId: string; readonly lasts: DurationText | null; readonly note: string },
  { requests }: Uses,
): Promise<View> {
  const memberId = asMember(actor.id);
  const all = await requests.renewables(guildId, memberId);
  const standing = all.find((one) => one.standing.grant.id === wish.grantId)?.standing;
  const note = wish.note.trim() || null;
  const result = await requests.askToRenew({ guildId, memberId, inDm, ...wish, note });
  return askedView(result, standing ? whatOf(standing) : []);
}

/** How much longer, and a note; which of several as well. */
function renewForm(all: readonly Renewable[], note: string): Modal {
  const [first] = all;
  const which: ModalField = {
    id: 'grant',
    kind: 'select',
    label: say('my.renew.what'),
    options: optionsOf(all),
    required: true,
  };
  return {
    kind: 'modal',
    title: say('my.renew.title'),
    op: 'send',
    args: all.length === 1 && first ? [first.standing.grant.id] : [],
    fields: [
      ...(all.length > 1 ? [which] : []),
      {
        id: 'lasts',
        label: say('my.renew.lasts'),
        description: say('my.renew.lastsHelp'),
        value: (all.length === 1 && first?.plan?.duration) || '30d',
        maxLength: 40,
      },
      {
        id: 'note',
        label: say('my.renew.note'),
        ...(note !== '' && { value: note }),
        long: true,
        maxLength: NOTE_LENGTH,
      },
    ],
  };
}
