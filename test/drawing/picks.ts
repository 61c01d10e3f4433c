/** Selects whose options Discord itself lists: the people, roles and channels of a guild. */
import type { Component } from '../standins/discord/components.ts';
import { ComponentType as Type } from '../standins/discord/constants.ts';
import type { Names } from './markdown.ts';

interface Listed {
  readonly id: string;
  readonly label: string;
}

/** What there is to choose; empty where nobody knows who is in the guild. */
export function choicesOf({ type }: Component, { listed }: Names): readonly Listed[] {
  if (!listed) return [];
  if (type === Type.UserSelect) return listed.users.map(({ id, name }) => ({ id, label: `@${name}` }));
  if (type === Type.RoleSelect) return listed.roles.map(({ id, name }) => ({ id, label: `@${name}` }));
  return listed.channels.map(({ id, name }) => ({ id, label: `#${name}` }));
}
