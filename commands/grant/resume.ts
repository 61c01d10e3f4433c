import { grantActionCommand } from '../../src/adapters/discord/kit/grant-action.ts';

export default grantActionCommand({
  description: 'Go on with a paused grant: what was left is left',
  action: { kind: 'resume' },
  done: 'resumed',
  states: ['paused'],
});
