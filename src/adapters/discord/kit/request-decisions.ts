/** The buttons by which staff decide what a member asks for. */
import type { App } from '../../../app/app.ts';
import type { DurationText } from '../../../domain/duration.ts';
import { questionClosed } from '../views/answers.ts';
import { changedView, givenView } from '../views/grant-changes.ts';
import { misread } from '../views/picked.ts';
import { declinedView, lastsOf, notDecided } from '../views/requests.ts';
import { type Modal, say, type View } from '../views/view.ts';
import type { Component, Who } from './command.ts';
import { type Telling, withTelling } from './telling.ts';

export type DecisionUses = Telling & Pick<App, 'requestDecisions' | 'timeInput'>;

const WORD_LENGTH = 300;

/** Each is for moderators; the one who asked may only ask. */
export const decisions: Readonly<Record<string, Component<DecisionUses>>> = {
  approve: {
    answers: 'message',
    async run({ args: [requestId = '', lasts], ...who }, app) {
      const by = lastsOf(lasts);
      return by === undefined ? questionClosed() : await approve(who, { requestId, by }, app);
    },
  },
  other: {
    answers: 'modal',
    run: async ({ args: [requestId = '', what] }) => approveForm(requestId, what === 'new'),
  },
  approved: {
    answers: 'message',
    async run({ args: [requestId = ''], fields, ...who }, app) {
      const by = app.timeInput.duration(fields.by ?? '', 'by');
      if (by.kind === 'problem') return misread(say('request.notApproved'), by);
      return await approve(who, { requestId, by: by.value }, app);
    },
  },
  decline: {
    answers: 'modal',
    run: async ({ args }) => declineForm(args),
  },
  declined: {
    answers: 'message',
    async run({ guildId, actor, args: [requestId = ''], fields }, { requestDecisions, people }) {
      const word = fields.word?.trim() || null;
      const result = await requestDecisions.decline({ guildId, actorId: actor.id, requestId, word });
      if (result.kind === 'gone') return notDecided(result, new Map());
      const { memberId, decidedById } = result.request;
      const names = await people.named(guildId, [memberId, ...(decidedById === null ? [] : [decidedById])]);
      return result.kind === 'declined' ? declinedView(memberId, names) : notDecided(result, names);
    },
  },
};

async function approve(
  { guildId, actor }: Who,
  { requestId, by }: { readonly requestId: string; readonly by: DurationText | null },
  app: DecisionUses,
): Promise<View> {
  const result = await app.requestDecisions.approve({ guildId, actorId: actor.id, requestId, by });
  const named = (...ids: readonly (string | null)[]) =>
    app.people.named(
      guildId,
      ids.filter((id) => id !== null),
    );
  switch (result.kind) {
    case 'decided':
      return notDecided(result, await named(result.request.decidedById));
    case 'gone':
    case 'no':
      return notDecided(result, new Map());
    case 'given': {
      const { memberId } = result.given.grant;
      const view = givenView(result.given, await named(memberId));
      return await withTelling(view, { guildId, memberIds: [memberId] }, app);
    }
    case 'extended': {
      const memberIds = result.result.changed.map(({ standing }) => standing.grant.memberId);
      const view = changedView('extended', result.result, await named(...memberIds));
      return await withTelling(view, { guildId, memberIds }, app);
    }
  }
}

const approveForm = (requestId: string, isNew: boolean): Modal => ({
  kind: 'modal',
  title: say('request.form.approve'),
  op: 'approved',
  args: [requestId],
  fields: [
    {
      id: 'by',
      label: isNew ? say('request.form.lasts') : say('request.form.by'),
      description: isNew ? say('request.form.lastsHelp') : say('request.form.byHelp'),
      value: '30d',
      required: true,
      maxLength: 40,
    },
  ],
});

const declineForm = (args: readonly string[]): Modal => ({
  kind: 'modal',
  title: say('request.form.decline'),
  op: 'declined',
  args,
  fields: [
    {
      ...{ id: 'word', label: say('request.form.word'), description: say('request.form.wordHelp') },
      ...{ long: true, maxLength: WORD_LENGTH },
    },
  ],
});
