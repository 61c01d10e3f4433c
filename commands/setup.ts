import { type ComponentInput, defineCommand, type Who } from '../src/adapters/discord/kit/command.ts';
import { type Change, changeChannel, changeRole } from '../src/adapters/discord/kit/settings-changes.ts';
import { setupForms } from '../src/adapters/discord/kit/setup-forms.ts';
import { channelStep, rolesStep, serverStep, setupView } from '../src/adapters/discord/views/setup.ts';
import { type Md, md, mention, say, type View } from '../src/adapters/discord/views/view.ts';
import type { App } from '../src/app/app.ts';

type Uses = Pick<
  App,
  'setup' | 'settings' | 'deliveries' | 'drafts' | 'autocomplete' | 'plans' | 'invites' | 'timeInput'
>;

const list = async ({ guildId }: Who, app: Pick<App, 'setup'>, said?: Md): Promise<View> =>
  setupView(await app.setup.state(guildId), said);

const forms = setupForms(list);

/** Back at the list when it was done, else the step again. */
const after = (who: Who, made: Change, step: (trouble: Md) => View, app: Uses): Promise<View> | View =>
  made.kind === 'refused' ? step(made.said) : list(who, app, made.said);

const choosing = (purpose: 'audit' | 'alerts') => ({
  async run(input: ComponentInput, app: Uses): Promise<View> {
    const channel = input.chosen.channels[input.values[0] ?? ''];
    if (!channel) return channelStep(purpose);
    const made = await changeChannel(input, purpose, channel, app);
    return await after(input, made, (trouble) => channelStep(purpose, trouble), app);
  },
});

export default defineCommand({
  description: 'What is set up, what is not yet, and a button for each',
  capability: 'admin',
  run: (who, app: Uses) => list(who, app),
  components: {
    ...forms.components,
    show: { run: (who, app: Uses) => list(who, app) },
    server: { run: async () => serverStep() },
    channel: {
      run: async ({ args: [purpose] }) => channelStep(purpose === 'alerts' ? 'alerts' : 'audit'),
    },
    audit: choosing('audit'),
    alerts: choosing('alerts'),
    test: { run: test },
    roles: { run: async () => rolesStep() },
    role: {
      async run(input, app: Uses) {
        const role = input.chosen.roles[input.values[0] ?? ''];
        if (!role) return rolesStep();
        const made = await changeRole(input, role, { capability: 'moderator', action: 'allow' }, app);
        return await after(input, made, rolesStep, app);
      },
    },
  },
});

async function test(who: Who, app: Uses): Promise<View> {
  const tested = await app.setup.testAudit(who.guildId);
  if (!tested) return await list(who, app);
  const channel = mention.channel(tested.channelId);
  switch (tested.end) {
    case 'sent':
      return await list(who, app, md`✅ ${say('setup.test.sent', { channel })}`);
    case 'refused':
      return await list(who, app, md`⚠️ ${say('setup.test.refused', { channel })}`);
    case 'on-its-way':
      return await list(who, app, md`⏳ ${say('setup.test.waits', { channel })}`);
  }
}
