/** Whether somebody is still in the guild: asked of Discord when it matters, because events may be late. */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { say } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';

const NOT_A_MEMBER: Trouble = {
  kind: 'not-a-member',
  message: say('trouble.notAMember'),
  refusal: 'final',
};

/** Why nothing is done for them as a member now; undefined when Discord says that they are one. */
export async function outsiderTrouble(
  { guilds }: Pick<Deps, 'guilds'>,
  guildId: GuildId,
  memberId: MemberId,
): Promise<Trouble | undefined> {
  const asked = await guilds.isMember(guildId, memberId);
  if (asked.kind === 'unknown') return asked.why;
  return asked.value ? undefined : NOT_A_MEMBER;
}
