import type { SignInStore } from '../../../app/ports/stores/accounts.ts';
import { toMemberId } from '../../../domain/ids.ts';
import { serverKind, signInState } from './column-enums.ts';
import { type GuildContext, NotThere } from './context.ts';

export function createSignInStore({ guildId, queries }: GuildContext): SignInStore {
  const select = {
    id: true,
    memberId: true,
    kind: true,
    serverId: true,
    state: true,
    expiresAt: true,
    clientIdentifier: true,
    externalId: true,
    accountName: true,
  } as const;
  const toSignIn = <T extends { readonly kind: string; readonly state: string; readonly memberId: string }>(
    row: T,
  ) => ({
    ...row,
    memberId: toMemberId(row.memberId),
    kind: serverKind(row.kind),
    state: signInState(row.state),
  });

  async function secretsOf(id: string) {
    const row = await queries.signIn.findUnique({
      where: { guildId_id: { guildId, id } },
      select: { pinCipher: true, tokenCipher: true },
    });
    if (row === null) throw new NotThere('The sign-in is not there.');
    return row;
  }

  return {
    async add(signIn) {
      await queries.signIn.createMany({ data: [{ ...signIn, guildId }] });
    },
    async find(id) {
      const row = await queries.signIn.findUnique({ where: { guildId_id: { guildId, id } }, select });
      return row === null ? undefined : toSignIn(row);
    },
    async listOpen() {
      const rows = await queries.signIn.findMany({
        where: { guildId, state: { in: ['waiting', 'approved', 'confirmed'] } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        select,
      });
      return rows.map(toSignIn);
    },
    async getPinCipher(id) {
      return (await secretsOf(id)).pinCipher;
    },
    async getTokenCipher(id) {
      return (await secretsOf(id)).tokenCipher;
    },
    async move(id, from, to, changes = {}) {
      const { count } = await queries.signIn.updateMany({
        where: { guildId, id, state: from },
        data: { ...changes, state: to, ...(to !== 'waiting' && { pinCipher: '' }) },
      });
      return count > 0;
    },
  };
}
