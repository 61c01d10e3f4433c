import { defineCommand, text, user } from '../../src/adapters/discord/kit/command.ts';
import { defineList, noLongerListed } from '../../src/adapters/discord/kit/list.ts';
import { personFilter, plainFilter } from '../../src/adapters/discord/kit/list-filters.ts';
import { readSince } from '../../src/adapters/discord/kit/since.ts';
import type { Names } from '../../src/adapters/discord/views/audit-sentences.ts';
import {
  eventCard,
  peopleOf,
  recordChoice,
  recordRow,
  spanOf,
} from '../../src/adapters/discord/views/record.ts';
import { mention, moment, problem, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { AUDIT_ACTIONS, AUDIT_NOUNS, actionsOf } from '../../src/domain/audit-events.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import type { AuditEvent } from '../../src/domain/model.ts';

type Uses = Pick<App, 'recordList' | 'people' | 'timeInput'>;

interface Row {
  readonly event: AuditEvent;
  readonly names: Names;
}

const CHOICES = 25;

const listing = defineList({
  filters: [
    { name: 'action', ...plainFilter },
    { name: 'member', ...personFilter },
    { name: 'since', ...plainFilter },
  ],
  size: 6,
  byKey: {
    where: (rows: readonly Row[]) => spanOf(rows.map(({ event }) => event)),
    jump: { title: say('record.list.jump'), label: say('record.list.number') },
  },
  async find({ guildId }, { by: { action, member, since } }, { recordList, people }: Uses, { start, limit }) {
    const asked = {
      ...(action !== '' && { actions: actionsOf(action) }),
      ...(member !== '' && { personId: toMemberId(member) }),
      ...(since !== '' && { since: momentOf(since) }),
    };
    const { events, newer, older } = await recordList.page(guildId, asked, { from: start, size: limit });
    const names = await people.named(guildId, peopleOf(events));
    return {
      rows: events.map((event) => ({ event, names })),
      total: events.length,
      turns: { before: newer, behind: older },
    };
  },
  title: () => say('record.list.title'),
  below: ({ by: { member, since } }) => [
    member === '' ? undefined : say('record.list.of', { member: mention.user(member) }),
    since === '' ? undefined : say('record.list.since', { at: moment(momentOf(since)) }),
  ],
  none: ({ by: { action, member, since } }) =>
    `${action}${member}${since}` === '' ? say('record.list.none') : say('record.list.noneSuch'),
  line: ({ event, names }: Row) => recordRow(event, names),
  option: ({ event }) => recordChoice(event),
  openLabel: say('record.list.open'),
  async open({ guildId }, [number = ''], { recordList, people }) {
    const found = /^\d{1,9}$/.test(number) ? await recordList.find(guildId, Number(number)) : undefined;
    if (!found) return noLongerListed();
    return eventCard(guildId, found, await people.named(guildId, peopleOf([found.event])));
  },
  offers: async () => [
    {
      filter: 'action',
      choices: [
        { label: say('record.list.every'), value: '' },
        ...AUDIT_NOUNS.map((noun) => ({ label: say(`record.list.noun.${noun}`), value: noun })),
      ],
    },
  ],
});

/** Minutes since 1970, in base 36: what fits into an id. */
const MINUTE_MS = 60_000;
const minutesOf = (at: Date): string => Math.floor(at.getTime() / MINUTE_MS).toString(36);
const momentOf = (minutes: string): Date => new Date(Number.parseInt(minutes, 36) * MINUTE_MS);

export default defineCommand({
  description: 'The record: who did what to whom, and why, newest first',
  capability: 'auditor',
  options: {
    member: user('Only what this person did, or what was done to them', { mayHaveLeft: true }),
    action: text('Only this, such as grant.created, or all of a kind, such as grant', { autocomplete: true }),
    since: text('Only from then on, such as 7d or 2026-01-31'),
  },
  async run({ options: { member, action = '', since }, ...who }, app: Uses) {
    const wanted = action.trim().toLowerCase();
    if (wanted !== '' && actionsOf(wanted).length === 0)
      return problem(say('record.list.noAction', { typed: action, example: 'grant.created' }));
    const from = await readSince(app.timeInput, who.guildId, since);
    if (from.kind === 'problem') return from.view;
    const by = {
      action: wanted,
      member: member?.id ?? '',
      since: from.value ? minutesOf(from.value) : '',
    };
    return await listing.show(who, by, app);
  },
  complete: {
    action: async ({ typed }) => {
      const words = typed.trim().toLowerCase();
      return [...AUDIT_NOUNS, ...AUDIT_ACTIONS]
        .filter((name) => name.includes(words))
        .slice(0, CHOICES)
        .map((name) => ({ name, value: name }));
    },
  },
  components: listing.components,
});
