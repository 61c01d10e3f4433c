/** What is being watched is ended where access to it is taken. */

import type { Background } from '../../concurrency/background.ts';
import { takesAway } from '../../domain/access.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';
import type { MediaServer } from '../ports/media-server.ts';
import { externalIdsOf } from './apply.ts';
import { actualBefore, changeOf, type DecidedPass, targetOf } from './pass.ts';

/** Accounts, with the libraries that stay, by the ids of the server. */
export type Losing = Parameters<MediaServer['endSessions']>[0];

/** Ends what these accounts are watching from what does not stay: best effort, and never rejects. */
export async function stopPlaying(
  deps: Pick<Deps, 'log'>,
  background: Background,
  { guildId, media }: { readonly guildId: GuildId; readonly media: MediaServer },
  accounts: Losing,
): Promise<void> {
  if (accounts.length === 0) return;
  await background
    .run(() => media.endSessions(accounts))
    .catch((err) => deps.log.warn({ guildId, err }, 'running streams could not be ended'));
}

/** The accounts from which a pass takes something. */
export function losing(pass: DecidedPass): Losing {
  return pass.cases.flatMap((item) => {
    const change = changeOf(pass, item);
    const takes = change.kind === 'withdraw' || takesAway(change, actualBefore(pass, item), pass.present);
    if (!takes) return [];
    return [{ externalId: item.account.externalId, staying: externalIdsOf(pass, targetOf(pass, item)) }];
  });
}
