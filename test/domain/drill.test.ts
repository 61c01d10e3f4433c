import { describe, expect, it } from 'vitest';
import { BELIEFS, judgeDrill } from '../../src/domain/drill/beliefs.ts';
import {
  type DrillFacts,
  type KeptSettings,
  type ListedAccount,
  type Look,
  noFacts,
} from '../../src/domain/drill/facts.ts';
import { type DrillReport, masked, maskedReport } from '../../src/domain/drill/report.ts';
import { inEnglish } from '../support/said.ts';

const seen = <T>(value: T): Look<T> => ({ kind: 'seen', value });
const unseen = { kind: 'unseen', why: { kind: 'timeout', message: 'Nothing answers.' } } as const;
const CLOSED = { open: false, libraries: [], beside: [] };
const open = (...libraries: string[]) => ({ open: true, libraries, beside: [] as string[] });
const listed = (change: Partial<ListedAccount> = {}): ListedAccount => ({
  access: ['movies'],
  pending: false,
  disabled: false,
  dormant: [],
  ...change,
});
const settings = (
  kept: Record<string, unknown> | null,
  change: Partial<KeptSettings> = {},
): KeptSettings => ({
  places: { list: kept },
  effective: kept,
  rights: [],
  ...change,
});

/** A drill in which everything was as Usher counts on. */
function allHeld(accounts: 'invited' | 'created'): DrillFacts {
  const common: DrillFacts = {
    ...noFacts('movies'),
    libraries: seen([
      { externalId: 'movies', grantable: true },
      { externalId: 'shows', grantable: true },
    ]),
    settings: {
      given: seen(settings({ filter: null, sync: false })),
      marked: seen(settings({ filter: 'G', sync: false })),
      changed: seen(settings({ filter: 'G', sync: 0 })),
    },
    mark: seen({ filter: 'G' }),
    again: seen('done'),
  };
  if (accounts === 'invited')
    return {
      ...common,
      listed: {
        given: seen(listed({ pending: true })),
        accepted: seen(listed()),
        changed: seen(listed()),
        withdrawn: seen(null),
      },
      lists: {
        before: seen([]),
        given: seen(['pending', 'v1']),
        accepted: seen(['accepted', 'v1']),
        withdrawn: seen([]),
      },
      own: { given: seen(CLOSED), accepted: seen(open('movies')), withdrawn: seen(CLOSED) },
    };
  return {
    ...common,
    listed: {
      given: seen(listed()),
      changed: seen(listed()),
      withdrawn: seen(listed({ access: [], disabled: true })),
    },
    lists: { before: seen([]), given: seen(['accounts', 'account']), deleted: seen([]) },
    own: { accepted: seen(open('movies')), withdrawn: seen(CLOSED), 'signed-in-again': seen(CLOSED) },
  };
}

const results = (accounts: 'invited' | 'created', facts: DrillFacts) =>
  Object.fromEntries(judgeDrill(accounts, facts).map(({ name, result }) => [name, result]));
const notHeld = (accounts: 'invited' | 'created', facts: DrillFacts) =>
  judgeDrill(accounts, facts)
    .filter(({ result }) => result !== 'held')
    .map(({ name, result, saw }) => `${result} ${name}: ${saw}`);

it.each(['invited', 'created'] as const)('everything holds where all was as it should be: %s', (accounts) => {
  expect(notHeld(accounts, allHeld(accounts))).toEqual([]);
});

it.each(['invited', 'created'] as const)('nothing was looked at, nothing holds: %s', (accounts) => {
  const facts = { ...noFacts('movies'), stopped: 'Usher was stopped.' };
  const all = judgeDrill(accounts, facts);
  expect(all.every(({ result, saw }) => result === 'unseen' && saw === 'Usher was stopped.')).toBe(true);
});

type Change = (facts: DrillFacts) => void;
const wrong: readonly (readonly [name: string, where: 'invited' | 'created', change: Change, saw: RegExp])[] =
  [
    [
      'library-known',
      'invited',
      (f) => {
        f.libraries = seen([{ externalId: 'films', grantable: true }]);
      },
      /listed 0 times/,
    ],
    [
      'library-known',
      'created',
      (f) => {
        f.libraries = seen([
          { externalId: 'movies', grantable: true },
          { externalId: 'movies', grantable: true },
        ]);
      },
      /listed 2 times/,
    ],
    [
      'unknown-is-in-no-list',
      'invited',
      (f) => {
        f.lists.before = seen(['v1']);
      },
      /is listed \(v1\)/,
    ],
    [
      'exactly-what-was-asked',
      'invited',
      (f) => {
        f.listed.given = seen(listed({ access: 'all', pending: true }));
      },
      /All libraries/,
    ],
    [
      'exactly-what-was-asked',
      'created',
      (f) => {
        f.listed.given = seen(listed({ access: ['movies', 'shows'] }));
      },
      /1 more/,
    ],
    [
      'exactly-what-was-asked',
      'created',
      (f) => {
        f.listed.given = seen(listed({ access: ['shows'] }));
      },
      /1 others are open, and the library is not/,
    ],
    [
      'exactly-what-was-asked',
      'created',
      (f) => {
        f.listed.given = seen(listed({ access: [] }));
      },
      /No library/,
    ],
    [
      'exactly-what-was-asked',
      'created',
      (f) => {
        f.listed.given = seen(null);
      },
      /in no list/,
    ],
    [
      'exactly-what-was-asked',
      'invited',
      (f) => {
        f.exceeded.given = true;
      },
      /answer said that more is open/,
    ],
    [
      'update-keeps-libraries',
      'created',
      (f) => {
        f.exceeded.changed = true;
      },
      /answer said that more is open/,
    ],
    [
      'nothing-beside',
      'created',
      (f) => {
        f.settings.given = seen(settings({}, { rights: ['EnableLiveTvAccess'] }));
      },
      /EnableLiveTvAccess/,
    ],
    [
      'settings-told-alike',
      'invited',
      (f) => {
        f.settings.given = seen(settings({ a: 1 }, { places: { listed: { a: 1 }, asked: { a: 2 } } }));
      },
      /Told differently \(listed, asked\): a/,
    ],
    [
      'settings-told-alike',
      'invited',
      (f) => {
        f.settings.given = seen(settings(null, { places: { share: null, person: null } }));
      },
      /told nowhere/,
    ],
    [
      'pending-is-pending',
      'invited',
      (f) => {
        f.lists.given = seen(['accepted']);
      },
      /not in the list of those that wait/,
    ],
    [
      'pending-is-pending',
      'invited',
      (f) => {
        f.lists.given = seen(['accepted', 'pending']);
      },
      /accepted ones as well/,
    ],
    [
      'pending-is-pending',
      'invited',
      (f) => {
        f.own.given = seen(open('movies'));
      },
      /before it has accepted/,
    ],
    [
      'accepted-is-accepted',
      'invited',
      (f) => {
        f.listed.accepted = seen(listed({ pending: true }));
      },
      /still listed as waiting/,
    ],
    [
      'accepted-is-accepted',
      'invited',
      (f) => {
        f.lists.accepted = seen(['accepted', 'pending']);
      },
      /still listed as waiting/,
    ],
    [
      'accepted-is-accepted',
      'invited',
      (f) => {
        f.lists.accepted = seen(['v1']);
      },
      /not in the list/,
    ],
    [
      'accepted-is-accepted',
      'invited',
      (f) => {
        f.listed.accepted = seen(null);
      },
      /in no list/,
    ],
    [
      'account-sees-it',
      'created',
      (f) => {
        f.own.accepted = seen(CLOSED);
      },
      /does not get in/,
    ],
    [
      'account-sees-it',
      'created',
      (f) => {
        f.own.accepted = seen(open('movies', 'shows'));
      },
      /1 more/,
    ],
    [
      'account-sees-it',
      'created',
      (f) => {
        f.own.accepted = seen({ ...open('movies'), beside: ['livetv'] });
      },
      /livetv/,
    ],
    [
      'update-keeps-settings',
      'invited',
      (f) => {
        f.settings.changed = seen(settings({ filter: '', sync: false }));
      },
      /Changed with the libraries: filter/,
    ],
    [
      'update-keeps-settings',
      'created',
      (f) => {
        f.settings.changed = seen(settings({ filter: 'G', sync: true }));
      },
      /Changed with the libraries: sync/,
    ],
    [
      'update-keeps-settings',
      'created',
      (f) => {
        f.settings.marked = seen(settings({ sync: false }));
      },
      /does not show it: filter/,
    ],
    [
      'update-keeps-settings',
      'invited',
      (f) => {
        f.settings.changed = seen(settings(null));
      },
      /told nowhere after/,
    ],
    [
      'update-keeps-libraries',
      'created',
      (f) => {
        f.listed.changed = seen(listed({ access: 'all' }));
      },
      /All libraries/,
    ],
    [
      'withdrawn-from-all-lists',
      'invited',
      (f) => {
        f.lists.withdrawn = seen(['accepted']);
      },
      /is listed \(accepted\)/,
    ],
    [
      'withdrawn-leaves-nothing',
      'created',
      (f) => {
        f.listed.withdrawn = seen(listed({ access: [] }));
      },
      /not disabled/,
    ],
    [
      'withdrawn-leaves-nothing',
      'created',
      (f) => {
        f.listed.withdrawn = seen(listed({ access: [], disabled: true, dormant: ['movies'] }));
      },
      /keeps libraries/,
    ],
    [
      'withdrawn-leaves-nothing',
      'created',
      (f) => {
        f.listed.withdrawn = seen(null);
      },
      /not listed any more/,
    ],
    [
      'withdrawn-for-the-account',
      'invited',
      (f) => {
        f.own.withdrawn = seen(open('movies'));
      },
      /still gets in, and is shown 1/,
    ],
    [
      'withdrawn-signs-in-no-more',
      'created',
      (f) => {
        f.own['signed-in-again'] = seen(open());
      },
      /still gets in/,
    ],
    [
      'withdrawing-twice',
      'invited',
      (f) => {
        f.again = seen('failed');
      },
      /refused/,
    ],
    [
      'deleted-from-all-lists',
      'created',
      (f) => {
        f.lists.deleted = seen(['account']);
      },
      /is listed \(account\)/,
    ],
  ];

describe('each comparison fails, alone, when it is otherwise', () => {
  it.each(wrong)('%s, %s', (name, where, change, saw) => {
    const facts = allHeld(where);
    change(facts);
    const found = judgeDrill(where, facts).filter(({ result }) => result !== 'held');
    expect(inEnglish(found.map((finding) => [finding.name, finding.result]))).toEqual([[name, 'differs']]);
    expect(inEnglish(found[0]?.saw)).toMatch(saw);
  });

  it('none of them is left out', () => {
    expect(new Set(wrong.map(([name]) => name))).toEqual(new Set(BELIEFS.map(({ name }) => name)));
  });
});

it('what could not be read is neither held nor wrong, and says why', () => {
  const facts = allHeld('invited');
  facts.own.accepted = unseen;
  facts.mark = unseen;
  expect(inEnglish(notHeld('invited', facts))).toEqual([
    'unseen account-sees-it: Nothing answers.',
    'unseen update-keeps-settings: Nothing answers.',
  ]);
});

it('an invitation that was accepted at once never waited, which proves nothing about those that do', () => {
  const facts = allHeld('invited');
  facts.listed.given = seen(listed());
  facts.lists.given = seen(['accepted', 'v1']);
  facts.own.given = seen(open('movies'));
  expect(results('invited', facts)).toMatchObject({
    'pending-is-pending': 'unseen',
    'exactly-what-was-asked': 'held',
  });
});

describe('the report for others', () => {
  const names = [
    { text: 'Kino Müller', as: 'server' },
    { text: 'Anime & Co.', as: 'library' },
    { text: 'media.example.org', as: 'address' },
    { text: 'nas', as: 'address' },
  ];

  it.each([
    [
      'Jellyfin at media.example.org does not know this any more.',
      'Jellyfin at [address] does not know this any more.',
    ],
    ['See http://10.0.0.7:8096/web/?a=b for more', 'See [address] for more'],
    ['The Plex server at 192.168.1.5:32400 is starting.', 'The Plex server at [address] is starting.'],
    [
      'It says: “already sharing Kino Müller with bob.b@example.com”',
      'It says: “already sharing [server] with [e-mail]”',
    ],
    ['kino müller: Anime & Co. is gone', '[server]: [library] is gone'],
    ['share 30001201 of f137a2dd21bbc1b99aa5c0f6bf02a805', 'share [id] of [id]'],
    ['tower:8096 answers 503', '[address] answers 503'],
    ['Changed: filterAnime & Co.s, nasty', 'Changed: filterAnime & Co.s, nasty'],
    ['Nothing answers.', 'Nothing answers.'],
  ])('%s', (text, expected) => {
    expect(inEnglish(masked(text, names))).toBe(expected);
  });

  it('has what was found, and no name in it', () => {
    const facts = allHeld('created');
    facts.own.accepted = {
      kind: 'unseen',
      why: { kind: 'dns', message: 'media.example.org is not known to nas.' },
    };
    const report: DrillReport = {
      kind: 'jellyfin',
      version: '10.11.11',
      at: new Date('2026-11-27T12:00:00Z'),
      steps: [{ step: 'look', ms: 12 }],
      findings: judgeDrill('created', facts),
      stopped: 'Kino Müller was stopped.',
      leftBehind: null,
    };
    const text = maskedReport(report, names);
    for (const { text: name } of names) expect(text.toLowerCase()).not.toContain(name.toLowerCase());
    expect(JSON.parse(text)).toMatchObject({
      report: 'usher drill',
      server: { kind: 'jellyfin', version: '10.11.11' },
      stopped: '[server] was stopped.',
      findings: expect.arrayContaining([
        expect.objectContaining({
          name: 'account-sees-it',
          result: 'unseen',
          saw: '[address] is not known to [address].',
        }),
        expect.objectContaining({ name: 'library-known', result: 'held', saw: null }),
      ]),
    });
  });
});
