import { grantActionCommand } from '../../src/adapters/discord/kit/grant-action.ts';
import { RUNNING } from '../../src/domain/grant.ts';

export default grantActionCommand({
  description: 'End a grant now',
  action: { kind: 'end', cause: 'revoked' },
  done: 'revoked',
  states: RUNNING,
});
