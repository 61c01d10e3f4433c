/** A new member from the code to watching, in every house that has servers: one message, step by step. */
import { asActor } from '../../src/domain/ids.ts';
import { type Answer, typist } from '../support/command-input.ts';
import { DAY } from '../support/moments.ts';
import { GUILD, memberAt, STAFF } from '../support/people.ts';
import { type House, NEWCOMER } from './houses.ts';
import { LANGUAGE } from './language.ts';
import type { Frame } from './scenes.ts';

export async function playWelcome({
  name: house,
  world,
  fakes,
  people,
  typed,
}: House): Promise<readonly Frame[]> {
  const libraries = await world.stores.of(GUILD).libraries.list();
  const firsts = [...Map.groupBy(libraries, ({ serverId }) => serverId).values()].flatMap(
    ([first]) => first ?? [],
  );
  if (firsts.length === 0) return [];
  const memberId = memberAt(NEWCOMER);
  const name = people.get(typed.member) ?? 'Mia';
  const account = {
    externalId: '90000',
    name,
    emailMasked: 'm***@example.com',
    protection: null,
    inHousehold: false,
  };
  for (const fake of fakes) if (fake.kind === 'plex') fake.addPerson(account);
  world.plexTv.approvedBy = account;
  const validUntil = new Date(world.clock.now().getTime() + DAY);
  const libraryIds = firsts.map(({ id }) => id);
  const duration = world.app.timeInput.duration('30d');
  if (duration.kind !== 'ok') throw new Error('30d is no duration');
  const more = { duration: duration.value, uses: 1, validUntil, roleId: null, note: null };
  const { code } = await world.invite({
    guildId: GUILD,
    actorId: STAFF,
    memberId: null,
    libraryIds,
    ...more,
  });

  const frames: Frame[] = [];
  const show = (what: string, { view }: Answer, command = 'redeem') =>
    frames.push({ house, command, what, who: name, view });
  const member = typist(world.app, {
    language: LANGUAGE,
    actor: { id: asActor(memberId), name: 'mia', capabilities: new Set() },
  });
  let answer = await (await member.type('redeem')).submit({ code });
  show('[Submit] a code', answer);
  if (answer.view.kind === 'view' && answer.view.later) {
    answer = await answer.later();
    show('signs in', answer);
    answer = await answer.press('Yes, connect it');
    show('[Yes, connect it]', answer);
    // While nothing answers, it goes on for as long as it takes.
    if (house === 'broken') return frames;
    answer = await answer.later();
    show('is connected', answer);
  }
  const create = answer.labels.find((label) => label.startsWith('Create account'));
  if (create !== undefined) {
    const form = await answer.press(create);
    show(`[${create}]`, form, 'my access');
    show('[Submit] a name', await form.submit({ name: 'mia' }), 'my access');
  }
  const mine = await member.type('my access');
  show('/my access', mine, 'my access');
  const renew = mine.labels.find((label) => label.startsWith('New password'));
  if (renew !== undefined) show(`[${renew}]`, await mine.press(renew), 'my access');
  show('/my accounts', await member.type('my accounts'), 'my accounts');
  return frames;
}
