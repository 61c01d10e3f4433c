import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../src/adapters/plex/document.ts';
import {
  type Reader,
  readCloudSections,
  readHomeUsers,
  readIdentity,
  readPin,
  readReceivedInvites,
  readResources,
  readSections,
  readShare,
  readShares,
  readSharesV1,
  readUser,
} from '../../../src/adapters/plex/schema.ts';

const read = <T>(reader: Reader<T>, text: string): T | undefined =>
  reader(readDocument(Buffer.from(text)), {});

const SHARE = `<sharedServer searchEnabled="1" id="30001234" accepted="1" deletedAt="" leftAt="" allLibraries="0" numLibraries="1"
 machineIdentifier="mid" ownerId="1111" invitedId="5551234" invitedEmail="" unknownThing="x">
 <libraries><library id="118181361" key="1" title="Films" type="movie"/></libraries>
 <invited username="ada" title="ada" id="5551234" email="ada@example.com" home="0" restricted="0"/>
 <sharingSettings allowSync="1" allowTuners="2" filterMovies="label!=x" filterAll=""/><newThing/></sharedServer>`;

describe('XML and JSON say the same (A2.3, edge case 22)', () => {
  it('shares: one, many, none', () => {
    const one = read(readShares('mid'), `<?xml version="1.0"?><sharedServers>${SHARE}</sharedServers>`);
    expect(one?.unread).toEqual([]);
    expect(one?.shares).toMatchObject([
      {
        id: '30001234',
        accepted: true,
        deletedAt: null,
        allLibraries: false,
        keys: ['1'],
        invitedId: '5551234',
        invitedEmail: null,
        settings: { allowSync: true, allowTuners: 2, filterMovies: 'label!=x', filterAll: '' },
      },
    ]);
    const two = read(readShares('mid'), `<sharedServers>${SHARE}${SHARE}</sharedServers>`);
    expect(two?.shares).toHaveLength(2);
    const none = { shares: [], unread: [] };
    expect(read(readShares('other'), `<sharedServers>${SHARE}</sharedServers>`)).toEqual(none);
    expect(read(readShares('mid'), '<sharedServers/>')).toEqual(none);
    expect(read(readShares('mid'), ' []')).toEqual(none);
  });

  it('the rest', () => {
    expect(read(readIdentity, '<MediaContainer size="0" machineIdentifier="m" version="1.2"/>')).toEqual({
      machineIdentifier: 'm',
      version: '1.2',
      claimed: null,
    });
    expect(read(readUser, '<user id="5" username="ada" title="ada" email=""><subscription/></user>')).toEqual(
      {
        id: '5',
        username: 'ada',
        title: 'ada',
        email: null,
        home: null,
        restricted: false,
      },
    );
    expect(
      read(readPin, '<pin id="7" code="abc" expiresAt="2026-10-01T17:18:05Z" authToken=""/>'),
    ).toMatchObject({ id: '7', authToken: null });
    expect(
      read(
        readCloudSections('m'),
        '<server machineIdentifier="m"><librarySections><librarySection id="9" key="1" title="A" type="movie"/></librarySections></server>',
      ),
    ).toEqual([{ id: '9', key: '1', title: 'A', type: 'movie' }]);
    expect(read(readSections, '{"MediaContainer":{"size":0}}')).toEqual([]);
  });

  it('titles: entities of every kind, 2,000 of them (edge case 23)', () => {
    const title = '&#233;'.repeat(2_000);
    const xml = `<MediaContainer size="2"><Directory key="007" type="movie" title="${title}"/><Directory title="A &amp;#233; &#x1F600;" type="1e5" key="2"><Location id="1"/></Directory></MediaContainer>`;
    expect(read(readSections, xml)).toEqual([
      { key: '007', type: 'movie', title: 'é'.repeat(2_000) },
      { key: '2', type: '1e5', title: 'A &#233; 😀' },
    ]);
  });

  it('v1: who accepted and who did not', () => {
    const xml = `<MediaContainer size="2"><SharedServer id="1" userID="5" acceptedAt="1772355600"><Section id="1" shared="0"/></SharedServer><SharedServer id="2" userID="" acceptedAt=""/></MediaContainer>`;
    expect(read(readSharesV1, xml)).toEqual({
      shares: [
        { id: '1', userID: '5', acceptedAt: '1772355600' },
        { id: '2', userID: null, acceptedAt: null },
      ],
      unread: [],
    });
  });
});

describe('what is not accepted', () => {
  it.each([
    ['cut after a complete child', '<MediaContainer size="2"><Directory key="1" type="a" title="b"/>'],
    ['cut inside a tag', '<MediaContainer size="2"><Directory key="1" ty'],
    [
      'fewer than it counts',
      '<MediaContainer size="2"><Directory key="1" type="a" title="b"/></MediaContainer>',
    ],
    [
      'fewer than it counts, JSON',
      '{"MediaContainer":{"size":2,"Directory":[{"key":"1","type":"a","title":"b"}]}}',
    ],
    ['another root', '<Response code="500" status="no"/>'],
    ['errors', '<errors><error>Not found</error></errors>'],
    ['two roots', '<MediaContainer size="0"/><MediaContainer size="0"/>'],
    ['a web page', '<html><body>Sign in</body></html>'],
    ['a web page with a type', '<!DOCTYPE html><html></html>'],
    ['entities of its own', '<!DOCTYPE x [<!ENTITY a "b">]><MediaContainer size="0"/>'],
    ['nothing', ''],
    ['words', 'Healthy'],
    ['JSON that is cut', '{"MediaContainer":{"size":0'],
    ['JSON of something else', '{"errors":[{"code":1000}]}'],
    ['a prototype', '<MediaContainer size="1"><__proto__ key="1"/></MediaContainer>'],
    ['none, and it does not count them', '<MediaContainer/>'],
    ['none, and it does not count them, JSON', '{"MediaContainer":{}}'],
    ['none, inside of something else', '<MediaContainer><MediaContainer size="0"/></MediaContainer>'],
  ])('%s', (_name, text) => {
    expect(read(readSections, text)).toBeUndefined();
  });

  it.each<readonly [string, Reader<unknown>, string]>([
    ['shares', readShares('mid'), '<sharedServers><SharedServer id="1"/></sharedServers>'],
    ['shares, with words', readShares('mid'), '<sharedServers><status>error</status></sharedServers>'],
    ['v1 shares', readSharesV1, '<MediaContainer><Server/></MediaContainer>'],
    ['people of a Home', readHomeUsers, '<MediaContainer friendlyName="myPlex"/>'],
    [
      'people of a Home, fewer than it counts',
      readHomeUsers,
      '<MediaContainer size="2"><User id="1"/></MediaContainer>',
    ],
    ['devices', readResources, '<resources><Device clientIdentifier="x"/></resources>'],
    ['invitations', readReceivedInvites, '<invites><error code="1"/></invites>'],
  ])('an empty list of %s that does not say that it is empty', (_name, reader, text) => {
    expect(read(reader, text)).toBeUndefined();
  });

  it.each(['../../api/v2/user', 'a/b', 'a?b', 'a#b', '..', 'a b', 'ü', '%2e', 'a'.repeat(101), ''])(
    'a server that calls itself %j, which would lead elsewhere at plex.tv',
    (machineIdentifier) => {
      const said = { MediaContainer: { size: 0, machineIdentifier, version: '1.43' } };
      expect(read(readIdentity, JSON.stringify(said))).toBeUndefined();
    },
  );

  it('a share alone, as XML, is one', () => {
    expect(read(readShare, SHARE)).toMatchObject({ id: '30001234', keys: ['1'] });
  });

  it('settings that are elements are no reason to fail, and go back as they are', () => {
    const odd = SHARE.replace('allowTuners="2"', '').replace(
      'filterAll=""/>',
      'filterAll=""><allowTuners toString="1"/></sharingSettings>',
    );
    expect(read(readShare, odd)?.settings).toMatchObject({ allowTuners: { toString: '1' } });
    expect(read(readShare, SHARE.replace('allowTuners="2"', 'allowTuners="x"'))?.settings).toMatchObject({
      allowTuners: 'x',
    });
  });

  it('a share that is not understood is kept aside, with whose it is; one of another server is not ours', () => {
    const odd = SHARE.replace('allLibraries="0"', 'allLibraries="maybe"');
    const list = read(readShares('mid'), `<sharedServers>${SHARE}${odd}</sharedServers>`);
    expect(list?.shares).toHaveLength(1);
    expect(list?.unread).toEqual([{ id: '30001234', whose: ['5551234'], saysServer: true }]);
    expect(read(readShares('other'), `<sharedServers>${SHARE}${odd}</sharedServers>`)?.unread).toEqual([]);
  });

  it('a share that counts libraries and lists none', () => {
    const share = SHARE.replace(/<library .*\/>/, '');
    expect(read(readShares('mid'), `<sharedServers>${share}</sharedServers>`)).toMatchObject({
      shares: [],
      unread: [{ id: '30001234' }],
    });
    const sees = share.replace('numLibraries="1"', 'numLibraries="0"');
    expect(read(readShares('mid'), `<sharedServers>${sees}</sharedServers>`)?.shares).toMatchObject([
      { keys: [] },
    ]);
  });
});
