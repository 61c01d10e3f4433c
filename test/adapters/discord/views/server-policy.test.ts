import { expect, it } from 'vitest';
import { policyText } from '../../../../src/adapters/discord/views/server-policy.ts';
import { aServer } from '../../../support/rows.ts';
import { said } from '../../../support/said.ts';

it.each([
  ['plex', "Accounts at Plex are not Usher's to delete"],
  ['jellyfin', 'deleted a week later if Usher made it'],
] as const)('what delete comes to on %s', (kind, text) => {
  const server = aServer({ kind, expiryAction: 'delete' });
  expect(said(policyText({ server, defaultLibrary: undefined, template: undefined }))).toContain(text);
});
