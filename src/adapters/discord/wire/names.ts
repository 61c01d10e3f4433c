import { findString, getString, type JsonObject } from './json-reader.ts';

/** What people see somebody called: in the guild, or everywhere. */
export function nameOf(user: JsonObject, member: JsonObject | undefined): string {
  const nick = member && findString(member, 'nick');
  return nick ?? findString(user, 'global_name') ?? getString(user, 'username');
}
