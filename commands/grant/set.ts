import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { completeGrants, grantOption, pickedGrant } from '../../src/adapters/discord/kit/grant-choice.ts';
import { completeLibraryList, listedLibraries } from '../../src/adapters/discord/kit/library-choice.ts';
import { changedView } from '../../src/adapters/discord/views/grant-changes.ts';
import { card, md, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isNonEmpty } from '../../src/domain/model.ts';

type Uses = Pick<App, 'autocomplete' | 'changeGrants' | 'timeInput'>;

export default defineCommand({
  description: 'Change the end or the libraries of a grant',
  capability: 'moderator',
  options: {
    grant: grantOption,
    until: text('The new end: 2026-12-31 18:00, tomorrow 20:00, never', { maxLength: 60 }),
    libraries: text('The libraries it gives from now on, separated by commas', { autocomplete: true }),
  },
  async run({ guildId, actor, options }, { autocomplete, changeGrants, timeInput }: Uses) {
    const picked = await pickedGrant(autocomplete, guildId, options.grant);
    if (picked.kind === 'problem') return picked.view;
    if (options.until === undefined && options.libraries === undefined)
      return problem(
        md`Nothing to change`,
        undefined,
        md`Give a new end (“until”), new “libraries”, or both.`,
      );
    const until = options.until === undefined ? undefined : await timeInput.end(guildId, options.until);
    if (until?.kind === 'problem') return problem(md`The grant was not changed`, md`${until.message}`);
    const chosen =
      options.libraries === undefined
        ? undefined
        : await listedLibraries(autocomplete, guildId, options.libraries);
    if (chosen?.kind === 'problem') return chosen.view;
    const libraryIds = chosen?.libraryIds ?? [];
    const action = {
      kind: 'set',
      ...(until && { until: until.value }),
      ...(isNonEmpty(libraryIds) && { libraryIds }),
    } as const;
    return changedView(
      'changed',
      await changeGrants.change({
        guildId,
        actorId: actor.id,
        grantIds: [picked.grant.id],
        action,
        reason: null,
      }),
    );
  },
  complete: {
    grant: completeGrants('scheduled', 'active', 'paused'),
    libraries: completeLibraryList,
  },
  components: {
    undo: {
      answers: 'message',
      async run({ guildId, actor, args: [undoId = ''] }, { changeGrants }: Uses) {
        const undone = await changeGrants.undo({ guildId, actorId: actor.id, undoId });
        if (undone.kind === 'gone')
          return problem(
            md`This cannot be undone any more`,
            md`It was undone before, or is older than ten minutes.`,
            md`Nothing was changed. Use /grant set or /grant extend.`,
          );
        const { changed, unchanged } = undone.result;
        if (changed.length + unchanged.length === 1) return changedView('undone', undone.result);
        return card(
          unchanged.length === 0 ? 'good' : 'warning',
          md`**Undone:** ${changed.length} grants are as before.`,
          unchanged.length > 0
            ? md`Left as they are: ${unchanged.map(({ standing, message }) => md`#${standing.grant.number}: ${message}`)}`
            : undefined,
        );
      },
    },
  },
});
