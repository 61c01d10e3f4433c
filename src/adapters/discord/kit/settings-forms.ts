/** A form for each setting, opened from the list of them: what is saved is shown above the list. */
import type { App } from '../../../app/app.ts';
import type { ChannelPurpose, ShownSettings } from '../../../app/guild/settings.ts';
import { WEEKDAYS } from '../../../domain/digest.ts';
import { MAY_ASK } from '../../../domain/may-ask.ts';
import type { Capability } from '../../../domain/model.ts';
import { RETENTION_DAYS } from '../../../domain/settings.ts';
import { oneOf } from '../../../domain/shape.ts';
import { LANGUAGES } from '../../../words/languages.ts';
import { questionClosed } from '../views/answers.ts';
import { dayName } from '../views/digest.ts';
import { CHANGEABLE, type Changeable } from '../views/settings.ts';
import { card, type Md, type Modal, type ModalField, md, say, type View } from '../views/view.ts';
import type { Component, ComponentInput, Who } from './command.ts';
import { defineForms } from './form.ts';
import {
  type Change,
  changeAccounts,
  changeChannel,
  changeDigest,
  changeLanguage,
  changeMayAsk,
  changeReminders,
  changeRetention,
  changeRole,
  changeSchedule,
  changeZone,
} from './settings-changes.ts';

type Uses = Pick<App, 'settings' | 'deliveries' | 'drafts' | 'rolePlans' | 'panels' | 'digest'>;
type ShowList = (who: Who, app: Uses, said?: Md) => Promise<View>;

const isChangeable = oneOf(...CHANGEABLE);
const CAPABILITIES = ['moderator', 'auditor', 'admin'] as const satisfies readonly Capability[];
const isCapability = oneOf(...CAPABILITIES);
const isMayAsk = oneOf(...MAY_ASK);
const DIGEST_DAYS = [...WEEKDAYS, 'off'] as const;
const isDigestDay = oneOf(...DIGEST_DAYS);
const isLanguage = oneOf(...LANGUAGES);
const EFFECTS = ['allow', 'deny', 'clear'] as const;
const isEffect = oneOf(...EFFECTS);

export function settingsForms(list: ShowList) {
  const forms = defineForms<'setting', Uses>('settings show', {
    setting: {
      async modal({ guildId }, [what], app) {
        return isChangeable(what) ? modalOf(what, await app.settings.get(guildId)) : questionClosed();
      },
    },
  });

  const change: Component<Uses> = {
    capability: 'admin',
    answers: 'modal',
    run: (input, app) => forms.open('setting', input, input.values, app),
  };

  const save: Component<Uses> = {
    capability: 'admin',
    async run(input, app) {
      const { args, fields: typed } = input;
      const [what] = args;
      if (!isChangeable(what)) return questionClosed();
      const made = await apply(what, input, app);
      if (!made) return questionClosed();
      if (made.kind !== 'refused') return await list(input, app, made.said);
      const refusal = { form: 'setting', args: [what], typed, at: FIRST_FIELD[what], why: made.why } as const;
      return await forms.refused(input, refusal, { view: card('bad', made.said) }, app);
    },
  };

  return { components: { change, save, retry: { ...forms.components.retry, capability: 'admin' as const } } };
}

/** Where the reason stands when a form comes back. */
const FIRST_FIELD: Readonly<Record<Changeable, string>> = {
  audit: 'channel',
  alerts: 'channel',
  requests: 'channel',
  zone: 'zone',
  schedule: 'every',
  accounts: 'max',
  reminders: 'before',
  asks: 'asks',
  retention: 'days',
  digest: 'time',
  language: 'language',
  role: 'role',
};

/** Undefined for what no form of ours sends. */
async function apply(what: Changeable, input: ComponentInput, app: Uses): Promise<Change | undefined> {
  const { fields, chosen } = input;
  const typed = (field: string) => fields[field]?.trim() || undefined;
  switch (what) {
    case 'zone':
      return await changeZone(input, typed('zone') ?? '', app);
    case 'schedule':
      return await changeSchedule(input, { every: typed('every'), daily: typed('daily') }, app);
    case 'accounts': {
      const max = numberIn(typed('max'), { min: 1, max: 10 });
      return max === undefined ? noNumber({ min: 1, max: 10 }) : await changeAccounts(input, max, app);
    }
    case 'retention': {
      const days = numberIn(typed('days'), RETENTION_DAYS);
      return days === undefined ? noNumber(RETENTION_DAYS) : await changeRetention(input, days, app);
    }
    case 'reminders':
      return await changeReminders(input, typed('before') ?? '', app);
    case 'asks': {
      const { asks } = fields;
      return isMayAsk(asks) ? await changeMayAsk(input, asks, app) : undefined;
    }
    case 'digest': {
      const { day } = fields;
      return isDigestDay(day) ? await changeDigest(input, { day, time: typed('time') }, app) : undefined;
    }
    case 'language': {
      const { language } = fields;
      return isLanguage(language) ? await changeLanguage(input, language, app) : undefined;
    }
    case 'role': {
      const role = chosen.roles[fields.role ?? ''];
      const { capability, effect } = fields;
      return role && isCapability(capability) && isEffect(effect)
        ? await changeRole(input, role, { capability, action: effect }, app)
        : undefined;
    }
    default: {
      const channel = chosen.channels[fields.channel ?? ''];
      return channel && (await changeChannel(input, what, channel, app));
    }
  }
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A whole number within bounds. */
function numberIn(typed: string | undefined, { min, max }: Bounds): number | undefined {
  const number = Number(typed);
  return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}

function noNumber(bounds: Bounds): Change {
  const why = say('settings.form.noNumber', { ...bounds });
  return { kind: 'refused', said: md`**${why}**`, why };
}

const modalOf = (what: Changeable, now: ShownSettings): Modal => ({
  kind: 'modal',
  title: say(`settings.change.${what}`),
  op: 'save',
  args: [what],
  fields: fieldsOf(what, now),
});

const CHANNEL_OF: Readonly<Record<ChannelPurpose, (now: ShownSettings) => string | null>> = {
  audit: (now) => now.auditChannelId,
  alerts: (now) => now.alertsChannelId,
  requests: (now) => now.requestsChannelId,
};

function fieldsOf(what: Changeable, now: ShownSettings): readonly ModalField[] {
  switch (what) {
    case 'zone': {
      const labels = { label: say('settings.form.zone'), description: say('settings.form.zoneHelp') };
      return [{ id: 'zone', ...labels, value: now.zone, required: true, maxLength: 60 }];
    }
    case 'schedule':
      return [
        {
          id: 'every',
          label: say('settings.form.every'),
          description: say('settings.form.everyHelp'),
          ...(now.syncEveryMinutes !== null && { value: `${now.syncEveryMinutes}m` }),
          maxLength: 20,
        },
        {
          id: 'daily',
          label: say('settings.form.daily'),
          description: say('settings.form.dailyHelp'),
          ...(now.syncDailyAt !== null && { value: now.syncDailyAt }),
          maxLength: 5,
        },
      ];
    case 'accounts':
      return [
        {
          id: 'max',
          label: say('settings.form.accounts'),
          description: say('settings.form.accountsHelp'),
          value: String(now.maxAccounts),
          required: true,
          maxLength: 2,
        },
      ];
    case 'retention':
      return [
        {
          id: 'days',
          label: say('settings.form.days'),
          description: say('settings.form.daysHelp', { ...RETENTION_DAYS }),
          value: String(now.retentionDays),
          required: true,
          maxLength: 4,
        },
      ];
    case 'reminders':
      return [
        {
          id: 'before',
          label: say('settings.form.before'),
          description: say('settings.form.beforeHelp'),
          value: now.reminders.join(', ') || 'off',
          required: true,
          maxLength: 100,
        },
      ];
    case 'asks':
      return [
        {
          id: 'asks',
          kind: 'select',
          label: say('settings.change.asks'),
          options: MAY_ASK.map((value) => ({
            label: say(`settings.requests.option.${value}`),
            value,
            chosen: value === now.mayAsk,
          })),
          required: true,
        },
      ];
    case 'digest':
      return [
        {
          id: 'day',
          kind: 'select',
          label: say('settings.form.day'),
          options: DIGEST_DAYS.map((day) => ({
            label: day === 'off' ? say('settings.form.never') : dayName(day),
            value: day,
            chosen: day === (now.digestDay ?? 'off'),
          })),
          required: true,
        },
        {
          id: 'time',
          label: say('settings.form.time'),
          description: say('settings.form.timeHelp', { zone: now.zone }),
          ...(now.digestTime !== null && { value: now.digestTime }),
          maxLength: 5,
        },
      ];
    case 'language':
      return [
        {
          id: 'language',
          kind: 'select',
          label: say('settings.change.language'),
          description: say('settings.form.languageHelp'),
          options: LANGUAGES.map((language) => ({
            label: say(`settings.language.name.${language}`),
            value: language,
            chosen: language === now.language,
          })),
          required: true,
        },
      ];
    case 'role':
      return [
        { id: 'role', kind: 'pick', what: 'role', label: say('settings.form.role'), required: true },
        {
          id: 'capability',
          kind: 'select',
          label: say('settings.form.capability'),
          options: CAPABILITIES.map((capability) => ({
            label: say(`settings.capability.${capability}`),
            value: capability,
            chosen: capability === 'moderator',
          })),
          required: true,
        },
        {
          id: 'effect',
          kind: 'select',
          label: say('settings.form.effect'),
          options: EFFECTS.map((effect) => ({
            label: say(`settings.form.${effect}`),
            value: effect,
            chosen: effect === 'allow',
          })),
          required: true,
        },
      ];
    default: {
      const chosen = CHANNEL_OF[what](now);
      const label = say('settings.form.channel');
      const value = chosen !== null && { value: chosen };
      return [{ id: 'channel', kind: 'pick', what: 'channel', label, ...value, required: true }];
    }
  }
}
