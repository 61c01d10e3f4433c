import { z } from 'zod';
import type { ApiOperation, ApiStore } from '../../../app/ports/stores/api.ts';
import { toActorId } from '../../../domain/ids.ts';
import type { ApiToken } from '../../../domain/programs.ts';
import type { ApiToken as Row } from '../generated/sqlite/client.ts';
import { apiScope } from './column-enums.ts';
import { countersOf, type GuildContext } from './context.ts';
import { parseFacts } from './json.ts';
import { writePending } from './many-rows.ts';

export function createApiStore(context: GuildContext): ApiStore {
  const { guildId, queries } = context;
  const callKey = (tokenId: string, key: string) => ({ guildId_tokenId_key: { guildId, tokenId, key } });
  return {
    async listTokens() {
      const rows = await queries.apiToken.findMany({ where: { guildId }, orderBy: { nameKey: 'asc' }, omit });
      return rows.map(toToken);
    },
    async findToken(id) {
      const row = await queries.apiToken.findUnique({ where: { guildId_id: { guildId, id } }, omit });
      return row === null ? undefined : toToken(row);
    },
    async findTokenByHmac(hmacs) {
      const hmac = { in: [...hmacs] };
      const row = await queries.apiToken.findFirst({ where: { guildId, hmac }, omit });
      return row === null ? undefined : toToken(row);
    },
    async addToken(token) {
      const nameKey = token.name.toLowerCase();
      await queries.apiToken.createMany({ data: [{ ...token, nameKey, guildId }] });
    },
    async removeToken(id) {
      return (await queries.apiToken.deleteMany({ where: { guildId, id } })).count > 0;
    },
    async noteUse(id, at) {
      await queries.apiToken.updateMany({ where: { guildId, id }, data: { lastUsedAt: at } });
    },
    async findCall(tokenId, key) {
      const row = await queries.apiCall.findUnique({
        where: callKey(tokenId, key),
        omit: { guildId: true },
      });
      return row ?? undefined;
    },
    async beginCall(call) {
      const { tokenId, key, ...rest } = call;
      const data = { ...rest, auditNumber: countersOf(context).auditNumber, answerCipher: null };
      await queries.apiCall.upsert({
        where: callKey(tokenId, key),
        create: { ...data, guildId, tokenId, key },
        update: data,
        select: { id: true },
      });
    },
    async answerCall(tokenId, key, answerCipher) {
      await queries.apiCall.updateMany({ where: { guildId, tokenId, key }, data: { answerCipher } });
    },
    async dropCall(tokenId, key) {
      await queries.apiCall.deleteMany({ where: { guildId, tokenId, key } });
    },
    async findDone(actorId, after) {
      await writePending(context);
      const rows = await queries.auditEvent.findMany({
        where: { guildId, number: { gt: after }, actorId },
        orderBy: { number: 'asc' },
        select: { facts: true },
      });
      if (rows.length === 0) return undefined;
      return [...new Set(rows.flatMap(({ facts }) => parseFacts(facts).grant ?? []))];
    },
    async findOperation(id) {
      const row = await queries.apiOperation.findUnique({
        where: { guildId_id: { guildId, id } },
        omit: { guildId: true },
      });
      if (row === null) return undefined;
      const sync = row.sync === null ? null : asSync(row.sync);
      return { ...row, about: about.parse(JSON.parse(row.about)), sync };
    },
    async addOperation(operation) {
      const sync = operation.sync && JSON.stringify(operation.sync);
      const row = { ...operation, about: JSON.stringify(operation.about), sync };
      await queries.apiOperation.upsert({
        where: { guildId_id: { guildId, id: operation.id } },
        create: { ...row, guildId },
        update: row,
        select: { id: true },
      });
    },
    async endSync(id, came) {
      const row = await queries.apiOperation.findUnique({
        where: { guildId_id: { guildId, id } },
        select: { sync: true },
      });
      if (!row?.sync) return;
      const sync = JSON.stringify({ ...asSync(row.sync), came });
      await queries.apiOperation.updateMany({ where: { guildId, id }, data: { sync } });
    },
    async purge(callsBefore, operationsBefore, limit) {
      const calls = await queries.apiCall.deleteMany({
        where: { guildId, at: { lt: callsBefore } },
        limit,
      });
      const operations = await queries.apiOperation.deleteMany({
        where: { guildId, createdAt: { lt: operationsBefore } },
        limit,
      });
      return calls.count + operations.count;
    },
  };
}

/** Written by `addOperation` and `endSync` alone. */
const asSync = (text: string): NonNullable<ApiOperation['sync']> => JSON.parse(text);

const about = z.array(z.object({ grantId: z.string(), mark: z.string() }));

const omit = { guildId: true, nameKey: true, hmac: true } as const;

const toToken = (row: Omit<Row, keyof typeof omit>): ApiToken => ({
  ...row,
  scope: apiScope(row.scope),
  createdById: toActorId(row.createdById),
});
