/** The option that names an account on a media server. */
import type { App } from '../../../app/app.ts';
import type { AccountsWanted, AccountThere } from '../../../app/queries/account-names.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { pickProblem } from '../views/picked.ts';
import { type Choice, type CompleteInput, text } from './command.ts';
import type { Named } from './named-options.ts';

type Uses = Pick<App, 'accountNames'>;

/** `free` for those that are nobody's, `linked` for those of members. */
export function accountOption(wanted: AccountsWanted) {
  return {
    needed: text('Its name, or choose from the list', { required: true, autocomplete: true }),

    complete: ({ guildId, typed }: CompleteInput, { accountNames }: Uses): Promise<readonly Choice[]> =>
      accountNames.complete(guildId, typed, wanted),

    async pick({ accountNames }: Uses, guildId: GuildId, typed: string): Promise<Named<AccountThere>> {
      const picked = await accountNames.pick(guildId, typed, wanted);
      return picked.kind === 'one'
        ? { kind: 'named', item: picked.item }
        : { kind: 'problem', view: pickProblem('account', typed, picked) };
    },
  };
}
