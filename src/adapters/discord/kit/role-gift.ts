/** The Discord role that comes with a plan or an invite. */
import type { App } from '../../../app/app.ts';
import { code, problem, say, type Text, type View } from '../views/view.ts';
import type { RoleOption, Who } from './command.ts';

/** Why the chosen role is refused; undefined when it is not, or none was chosen. Asked again when it is attached. */
export async function refusedRole(
  { guildId, actor }: Who,
  role: RoleOption | undefined,
  app: Pick<App, 'roles'>,
): Promise<View | undefined> {
  if (!role) return undefined;
  if (!actor.capabilities.has('admin'))
    return problem(
      say('answers.role.adminsOnly'),
      say('answers.role.adminsOnlyWhy'),
      say('answers.role.adminsOnlyNext', { command: code('/plan edit') }),
    );
  const refusal = await app.roles.refusal(guildId, { roleId: role.id, byId: actor.id });
  const why = refusal.kind === 'known' ? refusal.value : refusal.why.message;
  return why === undefined ? undefined : roleRefused(why);
}

/** `message`: why the role may not be given, or that Discord does not say whether it may. */
export const roleRefused = (message: Text): View =>
  problem(
    say('answers.role.refused'),
    say('answers.role.refusedWhy', { why: message }),
    say('answers.role.refusedNext'),
  );
