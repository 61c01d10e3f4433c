import { grantActionCommand } from '../../src/adapters/discord/kit/grant-action.ts';

export default grantActionCommand({
  description: 'Stop the clock of a grant: no access meanwhile, and what is left stays left',
  action: { kind: 'pause' },
  done: 'paused',
  states: ['active'],
});
