import { type ChangeUses, changeGrant, namesIn } from '../../src/adapters/discord/kit/change-grant.ts';
import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { librariesOption } from '../../src/adapters/discord/kit/libraries-option.ts';
import { grantOption } from '../../src/adapters/discord/kit/named-options.ts';
import { membersOf, withTelling } from '../../src/adapters/discord/kit/telling.ts';
import { undoneView } from '../../src/adapters/discord/views/grant-changes.ts';
import { md, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = ChangeUses & Pick<App, 'autocomplete' | 'timeInput'>;

const grant = grantOption('scheduled', 'active', 'paused');

export default defineCommand({
  description: 'Change the end or the libraries of a grant',
  capability: 'moderator',
  options: {
    grant: grant.needed,
    until: text('The new end: 2026-12-31 18:00, tomorrow 20:00, never', { maxLength: 60 }),
    libraries: librariesOption.optional('The libraries it gives from now on, separated by commas'),
  },
  async run({ options, ...who }, app: Uses) {
    const { guildId } = who;
    const picked = await grant.pick(app, guildId, options.grant);
    if (picked.kind === 'problem') return picked.view;
    if (options.until === undefined && options.libraries === undefined)
      return problem(
        md`Nothing to change`,
        undefined,
        md`Give a new end (“until”), new “libraries”, or both.`,
      );
    const until = options.until === undefined ? undefined : await app.timeInput.end(guildId, options.until);
    if (until?.kind === 'problem') return problem(md`The grant was not changed`, md`${until.message}`);
    const libraries = await librariesOption.pick(app, guildId, options.libraries);
    if (libraries.kind === 'problem') return libraries.view;
    const action = {
      kind: 'set',
      ...(until && { until: until.value }),
      ...(libraries.item && { libraryIds: libraries.item }),
    } as const;
    return await changeGrant(who, { grantId: picked.item.id, action, done: 'changed' }, app);
  },
  complete: { grant: grant.complete, libraries: librariesOption.complete },
  components: {
    undo: {
      answers: 'message',
      async run({ guildId, actor, args: [undoId = ''] }, app: Uses) {
        const undone = await app.changeGrants.undo({ guildId, actorId: actor.id, undoId });
        if (undone.kind !== 'undone')
          return problem(
            md`This cannot be undone any more`,
            md`It was undone before, is older than ten minutes, or newer ones took its place.`,
            md`Nothing was changed. Use /grant set or /grant extend.`,
          );
        const view = undoneView(undone.result, await namesIn(guildId, undone.result, app));
        return await withTelling(view, { guildId, memberIds: membersOf(undone.result) }, app);
      },
    },
  },
});
