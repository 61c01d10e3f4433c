import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import {
  libraryOnServerOption,
  libraryOption,
  serverOption,
} from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import {
  drillBegun,
  drillBusy,
  drillEnded,
  drillLate,
  drillNotBegun,
  drillProgress,
} from '../../src/adapters/discord/views/server-drill.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'drills'>;

export default defineCommand({
  description: 'Try on a server, with a throw-away account, everything that Usher counts on',
  capability: 'admin',
  options: { server: serverOption.needed, library: libraryOption.needed },
  async run({ guildId, actor, options, progress }, app: Uses) {
    const picked = await serverOption.pick(app, guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const { id: serverId } = picked.item;
    const library = await libraryOnServerOption.pick(app, guildId, serverId, options.library);
    if (library.kind === 'problem') return library.view;
    if (!library.item) return noLongerHere('library');
    const input = { guildId, actorId: actor.id, serverId, libraryId: library.item };
    const begun = await app.drills.start(
      input,
      (...now) => void progress(drillProgress(picked.item, ...now)),
    );
    switch (begun.kind) {
      case 'gone':
        return noLongerHere('library');
      case 'busy':
        return drillBusy(begun.server, begun.trouble);
      case 'failed':
        return drillNotBegun(picked.item, begun.why);
      case 'begun': {
        const later = begun.finished.then((end) => drillEnded(begun.server, end));
        return { ...drillBegun(begun), later, late: () => drillLate(begun.server) };
      }
    }
  },
  complete: { server: serverOption.complete, library: libraryOption.complete },
});
