import { Routes } from 'discord.js';
import { findObject, findString, isJsonObject, type JsonObject, listObjects } from './json-reader.ts';
import { describeDiscordError, type Rests } from './rest.ts';

/** Of a member of a team: invited and not there yet, or somebody who only looks on. */
const INVITED = 1;
const READ_ONLY = 'read_only';

/**
 * Whether a person owns the application or is in the team that owns it: whoever runs Usher. Asked each time, because
 * people leave teams. Undefined when Discord does not say.
 */
export type IsApplicationOwner = (userId: string) => Promise<boolean | undefined>;

export function createApplicationOwner({ bot }: Pick<Rests, 'bot'>): IsApplicationOwner {
  return async (userId) => {
    try {
      const application = await bot.get(Routes.currentApplication());
      return isJsonObject(application) ? ownersOf(application).includes(userId) : undefined;
    } catch (error) {
      if (describeDiscordError(error).kind === 'bug') throw error;
      return undefined;
    }
  };
}

function ownersOf(application: JsonObject): readonly (string | undefined)[] {
  const team = findObject(application, 'team');
  const members = team ? listObjects(team, 'members') : [];
  const theirs = members
    .filter(({ membership_state: state, role }) => state !== INVITED && role !== READ_ONLY)
    .map((member) => findObject(member, 'user'));
  return [findObject(application, 'owner'), ...theirs].map((user) => user && findString(user, 'id'));
}
