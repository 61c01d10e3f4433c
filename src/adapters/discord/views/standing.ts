/** How a grant stands on each server, in words for staff. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import type { Application } from '../../../domain/grant.ts';
import { isListed } from '../../../domain/grant.ts';
import { isUnreadable } from '../../../domain/health.ts';
import type { Library, Server } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { listed, onServers } from '../../../domain/place-words.ts';
import { kindName } from './media.ts';
import { code, type Md, md, relative, type Sentence, say, type Text } from './view.ts';

/** A line for each server on which there is something to say. */
export function serverLines({ grant, servers, libraries }: GrantStanding): readonly Md[] {
  if (grant.state === 'scheduled' || grant.state === 'ended') return [];
  return servers.flatMap(({ server, application }) => [
    ...oneLine(server, application),
    ...unlistedLines(
      server,
      libraries.filter(({ serverId }) => serverId === server.id),
    ),
  ]);
}

const oneLine = (server: Server, application: Application): readonly Md[] =>
  application.kind === 'not-now' ? [] : [serverLine(server, application)];

const bold = ({ name }: Server): Md => md`**${name}**`;

/** How it stands on one server; nothing is to be said where nothing is due. */
export function serverLine(on: Server, application: Exclude<Application, { kind: 'not-now' }>): Md {
  const server = bold(on);
  switch (application.kind) {
    case 'applied':
      return isUnreadable(on)
        ? md`❔ ${say('grant.there.showedIt', { server, at: seenText(on, application.seenAt) })}`
        : md`✅ ${say('grant.there.showsIt', { server })}`;
    case 'seen-before':
      return md`✅ ${say('grant.there.hadIt', { server, at: relative(application.seenAt) })}`;
    case 'invited':
      return md`📨 ${say('grant.there.invited', { server, vendor: kindName(on.kind), at: seenText(on, application.seenAt) })}`;
    case 'queued':
      return md`⏳ ${say('grant.there.queued', { server })}`;
    case 'failed':
      return md`⚠️ ${failedText(on, application)}`;
    case 'no-account':
      return md`👤 ${say('grant.there.noAccount', { server, command: code('/my access') })}`;
    case 'account-missing':
      return md`❔ ${say('grant.there.accountMissing', { server, account: code(application.name), at: seenText(on, application.seenAt) })}`;
    case 'not-listed':
      return md`❗ ${say('grant.there.notListed', { server })}`;
    case 'changed-there':
      return md`❗ ${say('grant.there.changedThere', { server })}`;
    case 'clock-held':
      return md`❔ ${say('grant.there.clockHeld', { server })}`;
    case 'still-open':
      return application.why === null
        ? md`⏳ ${say('grant.there.stillOpen', { server })}`
        : md`🔴 ${stillOpenText(on, application.why, application.refused === true)}`;
  }
}

function failedText(on: Server, { why, refused }: Extract<Application, { kind: 'failed' }>): Sentence {
  const values = { server: bold(on), why };
  if (refused) return say('grant.there.refused', { ...values, command: code('/jobs list') });
  // What is tried while a server is frozen waits for an admin, as its reason says.
  return on.frozenWhy === null
    ? say('grant.there.failed', { server: bold(on), why })
    : say('grant.there.frozen', { server: bold(on), why });
}

function stillOpenText(on: Server, why: Text, refused: boolean): Sentence {
  const server = bold(on);
  if (refused) return say('grant.there.stillOpenRefused', { server, why, command: code('/jobs list') });
  return on.frozenWhy === null
    ? say('grant.there.stillOpenFailed', { server, why })
    : say('grant.there.stillOpenFrozen', { server, why });
}

/** When a server was last read. The last complete sync read it as well. */
function seenText({ lastSyncAt }: Server, seenAt: Date | null = null): Md {
  const [last] = [lastSyncAt, seenAt]
    .filter((at) => at !== null)
    .toSorted((one, other) => other.getTime() - one.getTime());
  return last ? relative(last) : md`${say('grant.there.someTimeAgo')}`;
}

/** What cannot be seen, because the server does not list it or nobody sees it there: nobody took it from the member. */
function unlistedLines({ name }: Server, here: readonly Library[]): readonly Md[] {
  const server = md`**${name}**`;
  const hidden = here.filter((library) => !isListed(library));
  const [closed, away] = [hidden.filter(isClosed), hidden.filter((library) => !isClosed(library))];
  return [
    ...(away.length > 0
      ? [md`❗ ${say('grant.there.librariesAway', { server, libraries: namesOf(away), count: away.length })}`]
      : []),
    ...(closed.length > 0
      ? [
          md`❗ ${say('grant.there.librariesClosed', { server, libraries: namesOf(closed), count: closed.length })}`,
        ]
      : []),
  ];
}

const isClosed = ({ goneAt, missingSince, closed }: Library): boolean =>
  goneAt === null && missingSince === null && closed !== null;

/** How many names are a few. */
const FEW = 4;

/** Names as a list in a sentence: a few, and how many more there are. */
export const few = (names: readonly string[]): readonly (string | Sentence)[] => listed(names, FEW);

const namesOf = (libraries: readonly Library[]) => few(libraries.map(({ name }) => delimited(name)));

interface Places {
  readonly libraries: readonly Library[];
  readonly servers: readonly { readonly server: Pick<Server, 'id' | 'name'> }[];
}

/** `Movies and TV on Tower`, `Shows on Attic`: the libraries of a grant as a list in a sentence. */
export function placesOf({ libraries, servers }: Places): readonly Sentence[] {
  const places = onServers(
    libraries,
    servers.map(({ server }) => server),
    FEW,
  );
  return places.length > 0 ? places : [say('shared.nothing')];
}
