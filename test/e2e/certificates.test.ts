/**
 * Servers with a certificate that no authority vouches for: accepted by its fingerprint when an admin agrees, and
 * then no other. At the end the operator lets none of them be asked.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, hasOpenssl, makeCertificate, TlsFront } from '../support/certificates.ts';
import { Stage } from '../support/stage.ts';
import { caughtUp, expectUnbrokenRecord, jellyfinMember } from './actions.ts';

describe.skipIf(!hasOpenssl)('a certificate that no authority vouches for', () => {
  let stage: Stage;
  let first: Certificate;
  let second: Certificate;
  let den: TlsFront;
  let tower: TlsFront;

  beforeAll(async () => {
    stage = await Stage.set();
    [first, second] = [makeCertificate('den.lan'), makeCertificate('den.lan')];
    den = await TlsFront.open(stage.den.url, first);
    tower = await TlsFront.open(stage.tower.url, second);
    await stage.start();
    await stage.asOlga('/settings channel', { purpose: 'audit', channel: stage.audit });
  });
  afterAll(async () => {
    await stage.strike();
    den.close();
    tower.close();
  });

  it('is shown and asked about, and nothing is kept before the answer', async () => {
    const typed = { name: 'Den', url: den.url, token: stage.den.apiKey };
    const asked = await stage.addServer('jellyfin', typed);
    expect(asked.text).toContain('Is this the certificate of your server?');
    expect(asked.text).toContain('self-signed');
    expect(asked.text).toContain(`\`${first.fingerprint}\``);
    expect(asked.text).toMatch(/For den\.lan, valid until/);
    expect((await asked.click('Cancel')).text).toContain('Nothing was saved');
    expect((await stage.asOlga('/server list')).text).toContain('No media server yet');
    expect(stage.den.http.requests.filter(({ path }) => path.includes('Virtual'))).toEqual([]);

    const again = await stage.addServer('jellyfin', typed);
    expect((await again.click('Take this certificate')).text).toMatch(/Added(.|\n)*Den/);
    expect((await again.click('Take this certificate')).text).toContain('no longer open');
    await stage.audited(new RegExp(`server\\.added .* certificate was accepted: ${first.fingerprint}`));
    expect((await stage.asOlga('/server show', { server: 'Den' })).text).toContain(first.fingerprint);
    await jellyfinMember(stage, 'nina', 'Films');
  });

  it('is no longer taken when it is another one, until an admin takes that', async () => {
    den.show(second);
    const refused = await stage.asOlga('/library sync');
    expect(refused.text).toMatch(/not synced.*another certificate than the one that was accepted/);
    expect((await stage.asOlga('/server list')).text).toMatch(
      // A second look may have found the same meanwhile.
      /(?:🟡 the last check failed|🔴 offline since).*another certificate/,
    );
    const asked = await (await stage.asOlga('/server edit', { server: 'Den' })).submit({});
    expect(asked.text).toContain(second.fingerprint);
    expect((await asked.click('Take this certificate')).text).toMatch(/Saved.*Changed: certificate/);
    await stage.audited(/server\.edited .* changed: certificate/);
    expect((await stage.asOlga('/library sync')).text).not.toContain('not synced');
    expect((await stage.asOlga('/server list')).text).toContain('🟢 online');
  });

  it('counts for one address only', async () => {
    const form = await stage.asOlga('/server edit', { server: 'Den' });
    const plain = await form.submit({ url: stage.den.url, token: stage.den.apiKey });
    expect(plain.text).toMatch(/Saved.*Changed: URL and certificate\. /);
    const back = await stage.asOlga('/server edit', { server: 'Den' });
    const asked = await back.submit({ url: den.url, token: stage.den.apiKey });
    expect(asked.text).toContain('Is this the certificate of your server?');
    expect((await asked.click('Take this certificate')).text).toMatch(
      /Saved.*Changed: URL and certificate\. /,
    );
  });

  it('can be taken before signing in, too', async () => {
    const form = await stage.asOlga('/server add', { type: 'jellyfin' });
    const asked = await form.submit({ name: 'Den 2', url: den.url });
    const shown = await asked.click('Take this certificate');
    const code = /`(\d{6})`/.exec(shown.text)?.[1] ?? '';
    stage.den.approveQuickConnect(code, stage.den.user('root'));
    // The server exists already; what matters is that it was reached. No API key was made for nothing.
    const keys = stage.den.state.keys.size;
    await shown.until(/already here, as \*\*Den/);
    expect(stage.den.state.keys.size).toBe(keys);
    expect(stage.den.sessionsOf(stage.den.user('root'))).toEqual([]);
  });

  it('is one of a Plex server, while plex.tv stays as it is', async () => {
    const asked = await stage.addServer('plex', {
      name: 'Tower',
      url: tower.url,
      token: stage.plexOwner.token,
    });
    expect(asked.text).toContain(second.fingerprint);
    expect((await asked.click('Take this certificate')).text).toMatch(/Added(.|\n)*3 libraries/);
  });

  it('leaves one unbroken record and no secret anywhere', async () => {
    await caughtUp(stage);
    expectUnbrokenRecord(stage);
    const said = [...stage.usher.output, ...stage.auditLines].join('\n');
    for (const secret of [...stage.den.secrets, ...stage.plexOwner.tokens])
      expect(said).not.toContain(secret);
    expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
  });

  it('is asked about no more where the operator blocks private addresses, which is said as that', async () => {
    await stage.usher.stop();
    await stage.start({ BLOCK_PRIVATE_ADDRESSES: 'true' });
    const { requests } = stage.den.http;
    const before = requests.length;
    const says = /is in a private network, and whoever runs this Usher does not let it ask those/;
    for (const url of [stage.den.url, den.url, den.url.replace('127.0.0.1', 'localhost')])
      expect((await stage.addServer('jellyfin', { name: 'Lair', url, token: 'key' })).text).toMatch(says);
    expect((await stage.asOlga('/server check', { server: 'Den' })).text).toMatch(says);
    expect(requests).toHaveLength(before);
  });
});
