/** A story is told: what is done at each step, what must be true of its answer, and what must be true in the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { misbehave } from '../model/misbehaviour.ts';
import { LIBRARIES, type ModelGrant } from '../model/model.ts';
import { everyAccount, PLACE_NAMES } from '../model/places.ts';
import { MINUTE, SECOND } from '../support/moments.ts';
import type { Act, GrantAct, Step } from './acts.ts';
import type { House } from './house.ts';

/** By then everything must be as it should be, once the servers tell the truth. */
const TRUE_AFTER_MS = 3 * MINUTE;
const EVERYTHING = { path: /./, answer: { status: 503 }, times: Number.POSITIVE_INFINITY };

export async function tell(house: House, steps: readonly Step[]): Promise<void> {
  for (const { act, killedAfterMs } of steps) {
    const isKilled = killedAfterMs !== null && act.kind !== 'killed';
    const killing = isKilled && sleep(killedAfterMs).then(() => house.kill());
    await perform(house, act);
    await killing;
    if (isKilled) await house.restart();
  }
  await heal(house);
  await house.checkRecord();
}

async function perform(house: House, act: Act): Promise<void> {
  const { places, stage } = house;
  switch (act.kind) {
    case 'give':
      return await give(house, act);
    case 'revoke':
    case 'pause':
    case 'resume':
    case 'extend':
      return await change(house, act);
    case 'foreign':
      return await house.edit(act.place, act.member, act.edit);
    case 'audit channel':
      return act.is === 'shut' ? stage.audit.deny('SendMessages') : stage.audit.deny();
    case 'down':
      places.fault(act.place, { ...EVERYTHING, times: act.requests });
      return;
    case 'sync':
      await house.ask('/jobs run', { job: 'sync' });
      return;
    case 'accept invitations':
      places.acceptInvitations();
      return;
    case 'killed':
      return await house.restart();
    case 'time passes':
      return await sleep(act.seconds * SECOND);
    default:
      if (act.kind === 'old list' || act.kind === 'short list') house.mislead();
      return misbehave(places, act);
  }
}

async function give(house: House, act: Extract<Act, { kind: 'give' }>): Promise<void> {
  const { model, places } = house;
  const known = new Set(model.grants.keys());
  const libraries = act.libraries.join(', ');
  const answer = await house.ask('/grant add', {
    member: house.person(act.member),
    libraries,
    ...(act.length !== null && { for: act.length }),
  });
  const seen = new Map(PLACE_NAMES.map(([place]) => [place, places.sees(place, act.member)]));
  await house.look();
  if (answer === undefined) return;
  const made = house.grants.filter(({ id, member }) => !known.has(id) && member === act.member);
  if (made.map((grant) => grant.libraries.join(', ')).join() !== act.libraries.toSorted().join(', '))
    house.violations.push(`“${libraries}” for ${act.member} was confirmed, and not made once: ${answer}`);
  for (const [place, name] of PLACE_NAMES) {
    if (!answer.includes(`✅ **${name}** shows it`)) continue;
    const here = act.libraries.filter((each) => LIBRARIES[place].some((library) => library === each));
    const missing = here.filter((each) => !seen.get(place)?.has(each));
    if (missing.length > 0 && !places.hasWritesOnTheirWay)
      house.violations.push(`${missing.join()} of ${act.member} is called applied on ${name}, and is not`);
  }
}

async function change(house: House, act: GrantAct): Promise<void> {
  await house.look();
  const before = house.grants[act.which % house.grants.length];
  if (!before) return;
  const answer = await house.ask(`/grant ${act.kind}`, {
    grant: String(before.number),
    ...(act.kind === 'extend' && { by: act.by }),
  });
  const open = house.open(before);
  await house.look();
  const after = house.model.grants.get(before.id);
  if (answer === undefined || !after || act.kind !== 'revoke') return;
  if (!isOver(after)) house.violations.push(`#${after.number} was revoked, and is ${after.state}: ${answer}`);
  if (answer.includes(', as the servers show.') && open.length > 0 && !house.isMislead)
    house.violations.push(`#${after.number} is called read back, and ${open.join()} is open`);
}

const isOver = ({ state }: ModelGrant): boolean => state === 'ending' || state === 'ended';

/** Everything works again, and nobody is locked out. Then it must be true what Usher says, before long. */
async function heal(house: House): Promise<void> {
  const { places, stage } = house;
  places.heal();
  stage.audit.deny();
  for (const [place, member] of everyAccount)
    if (places.isShut(place, member)) await house.edit(place, member, { kind: 'enable' });
  await house.restart();
  const until = Date.now() + TRUE_AFTER_MS;
  for (;;) {
    places.acceptInvitations();
    await house.unfreeze();
    const complaints = await house.complaints();
    if (complaints.length === 0 && !places.hasWritesOnTheirWay) return;
    if (Date.now() > until) {
      house.violations.push(...complaints);
      return;
    }
    await house.ask('/jobs run', { job: 'enforce' });
    await sleep(SECOND);
  }
}
