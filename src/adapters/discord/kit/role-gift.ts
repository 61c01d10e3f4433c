/** The Discord role that comes with a plan or an invite. */
import type { App } from '../../../app/app.ts';
import { code, md, problem, type View } from '../views/view.ts';
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
      md`Only admins attach roles`,
      md`Nothing was done. A role can open what only staff should have.`,
      md`Leave out “role”, or use a plan to which an admin has attached it with ${code('/plan edit')}.`,
    );
  const refusal = await app.roles.refusal(guildId, { roleId: role.id, byId: actor.id });
  const why = refusal.kind === 'known' ? refusal.value : refusal.why.message;
  return why === undefined ? undefined : roleRefused(why);
}

/** `message`: why the role may not be given, or that Discord does not say whether it may. */
export const roleRefused = (message: string): View =>
  problem(
    md`That role cannot be attached`,
    md`${message} Nothing was done.`,
    md`Choose another role, put this one right, or try again in a minute.`,
  );
