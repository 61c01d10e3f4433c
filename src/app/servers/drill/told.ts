/** What a drill has shown, as it is told to staff and to others. */
import type { Finding } from '../../../domain/drill/beliefs.ts';
import { type DrillReport, findingsOf, type MaskedName } from '../../../domain/drill/report.ts';
import type { Library, Server } from '../../../domain/model.ts';
import { type Sentence, say } from '../../../words/say.ts';
import type { ThrowAway } from '../../ports/drill.ts';

/** For staff, who read it while the server is frozen. */
export const frozenBy = (differs: readonly Finding[]) => ({
  why: say('server.drill.differs', {
    beliefs: differs.map(({ says }) => say('server.drill.quoted', { belief: says })),
  }),
  look: say('alert.frozen.look.drill'),
});

/** For the record. */
export function detailOf(report: DrillReport): readonly Sentence[] {
  const of = (result: Finding['result']) => findingsOf(report, result);
  const names = of('differs').map(({ name }) => name);
  const counts = { held: of('held').length, differs: names.length, unseen: of('unseen').length };
  return [
    say('server.drill.counts', { ...counts, names: names.join(', ') || 'none' }),
    ...(report.leftBehind === null ? [] : [say('server.drill.stillThere')]),
  ];
}

/** Everything that names somebody or something in what a server says. */
export function namesOf(
  { name, identity, url, localUrl, publicUrl, ownerAccountId }: Server,
  library: Library,
  account: ThrowAway & { readonly externalId: string | null },
): readonly MaskedName[] {
  const hosts = [url, localUrl, publicUrl].flatMap((each) => {
    const known = each === null ? null : URL.parse(each);
    return known ? [known.host, known.hostname] : [];
  });
  const all: readonly (readonly [string | null, string])[] = [
    [account.secret, 'secret'],
    [account.clientIdentifier, 'id'],
    [account.name, 'account'],
    [account.externalId, 'id'],
    [library.name, 'library'],
    [name, 'server'],
    [identity, 'id'],
    [ownerAccountId, 'id'],
    ...hosts.map((host) => [host, 'address'] as const),
  ];
  return all.flatMap(([text, as]) => (text === null ? [] : [{ text, as }]));
}
