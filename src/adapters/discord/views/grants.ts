/** Grants in words, shared by commands. */

import type { KeptThere } from '../../../app/queries/grant-status.ts';
import { isOver } from '../../../domain/grant.ts';
import type { Grant } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { few } from './standing.ts';
import { type Md, md, type Sentence, say } from './view.ts';

/** What a member keeps when a grant is over, and why; undefined when that is nothing, or nothing is known to end. */
export function keepsText(
  keeps: readonly KeptThere[],
  grant: Pick<Grant, 'state'> = { state: 'active' },
): Md | undefined {
  if (keeps.length === 0) return undefined;
  const isNow = isOver(grant) || grant.state === 'paused';
  return isNow
    ? md`${say('grant.keeps.now', { what: keptItems(keeps, 'now') })}`
    : md`${say('grant.keeps.then', { what: keptItems(keeps, 'then') })}`;
}

export function keptItems(keeps: readonly KeptThere[], when: 'now' | 'then'): readonly Sentence[] {
  return keeps.flatMap(({ server, kept, libraries }) => {
    const names = new Map(libraries.map(({ id, name }) => [id, name]));
    return kept.map(({ libraryIds, why }) => {
      const values = {
        libraries: few(libraryIds.map((id) => delimited(names.get(id) ?? id))),
        server: delimited(server.name),
      };
      if (why.kind === 'default') return say('grant.keeps.default', values);
      if (why.kind === 'elsewhere') return say('grant.keeps.elsewhere', values);
      if (why.kind === 'foreign')
        return when === 'now' ? say('grant.keeps.foreign', values) : say('grant.keeps.foreignThen', values);
      const numbers = why.numbers.map((number) => `#${number}`);
      return say('grant.keeps.grants', { ...values, numbers, count: numbers.length });
    });
  });
}
