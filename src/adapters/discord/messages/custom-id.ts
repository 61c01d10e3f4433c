/**
 * Custom ids of buttons, selects and modals. They contain their state, so that they work after a restart, and are
 * signed, because Discord does not promise that an incoming custom id was ever sent by us (discord.md 0.4, 2.3).
 *
 * `1~grant.extend~undo~<args>~<expiry>~<place>~<mac>`. The MAC also covers values that are not written in the id:
 * the application, the guild and the user it is bound to. They are taken from the interaction that brings it back.
 * An id of another guild, bot or user is therefore the same as a forged one, and all of these are refused.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { GuildId } from '../../../domain/ids.ts';
import { NO_GUILD, toGuildId } from '../../../domain/ids.ts';

const VERSION = '1';
const MAC_BYTES = 12;
const MINUTE_MS = 60_000;

/** What a component does. */
interface Intent {
  /** Path of the command, for example `grant extend`. */
  readonly command: string;
  readonly op: string;
  readonly args: readonly string[];
}

export interface Signable extends Intent {
  readonly applicationId: string;
  /** Empty in a DM that belongs to no guild yet. */
  readonly guildId: GuildId;
  /** Interactions in a DM do not name the guild, so the id contains it. */
  readonly inDm: boolean;
  /** Who may use the component. */
  readonly audience: 'everybody' | { readonly userId: string };
  readonly expiresAt: Date;
  /**
   * Tells components with the same intent apart: ids must be unique in a message, even when disabled
   * (discord-api-docs#3673).
   */
  readonly copy?: number;
}

/** An id, and the interaction that brought it back. */
export interface Presented {
  readonly customId: string;
  readonly applicationId: string;
  readonly userId: string;
  /** Null in a DM. */
  readonly guildId: GuildId | null;
  readonly now: Date;
}

type Verified =
  | (Intent & {
      readonly kind: 'valid';
      /** Taken from the interaction or, in a DM, from the id. */
      readonly guildId: GuildId;
    })
  /** Forged, changed, from another guild or bot, or bound to another user. */
  | { readonly kind: 'not-yours' }
  | { readonly kind: 'too-old' };

export interface CustomIds {
  /** @throws {RangeError} when it is longer than 100 characters: a bug in the command. */
  sign(what: Signable): string;
  verify(presented: Presented): Verified;
}

/** A key that signed before the one in use. */
interface FormerKey {
  readonly bytes: Uint8Array;
  /** Whoever has it may be anybody: what it signed is too old. */
  readonly isForgotten: boolean;
}

/** Signs with a key that is for nothing else. */
export function createCustomIds(key: Uint8Array, former: readonly FormerKey[] = []): CustomIds {
  const signers = [{ bytes: key, isForgotten: false }, ...former];

  const macOf = (
    body: string,
    about: { applicationId: string; guildId: GuildId; user: string },
    by: Uint8Array = key,
  ) =>
    createHmac('sha256', by)
      .update([about.applicationId, about.guildId, about.user, body].join('\n'))
      .digest()
      .subarray(0, MAC_BYTES);

  return {
    sign(what) {
      const { applicationId, guildId } = what;
      const user = what.audience === 'everybody' ? '*' : what.audience.userId;
      const place = [
        user === '*' ? '*' : 'u',
        what.inDm && guildId ? BigInt(guildId).toString(36) : '',
        what.copy ? what.copy.toString(36) : '',
      ].join('.');
      const expiry = Math.ceil(what.expiresAt.getTime() / MINUTE_MS).toString(36);
      const path = what.command.replaceAll(' ', '.');
      const args = what.args.length === 0 ? '' : what.args.map(encodeArg).join(',');
      const body = [VERSION, path, encodeArg(what.op), args, expiry, place].join('~');
      const customId = `${body}~${macOf(body, { applicationId, guildId, user }).toString('base64url')}`;
      if (customId.length > 100) {
        throw new RangeError(`custom id of "${what.command}" "${what.op}" has ${customId.length} characters`);
      }
      return customId;
    },

    verify({ customId, applicationId, userId, guildId, now }) {
      const fields = parse(customId);
      if (!fields) return { kind: 'not-yours' };
      if (guildId !== null && fields.guildId !== '' && fields.guildId !== guildId)
        return { kind: 'not-yours' };
      const belongsTo = guildId ?? fields.guildId;
      const about = { applicationId, guildId: belongsTo, user: fields.everybody ? '*' : userId };
      const signer = signers.find(
        ({ bytes }) =>
          fields.mac.length === MAC_BYTES && timingSafeEqual(fields.mac, macOf(fields.body, about, bytes)),
      );
      if (!signer) return { kind: 'not-yours' };
      if (signer.isForgotten || now.getTime() > fields.expiresAtMs) return { kind: 'too-old' };
      const { command, op, args } = fields;
      return { kind: 'valid', command, op, args, guildId: belongsTo };
    },
  };
}

interface Fields extends Intent {
  readonly body: string;
  readonly everybody: boolean;
  /** Empty unless the id contains it. */
  readonly guildId: GuildId;
  readonly expiresAtMs: number;
  readonly mac: Buffer;
}

function parse(customId: string): Fields | undefined {
  const match =
    /^(1~([^~]+)~([^~]+)~([^~]*)~([0-9a-z]{1,9})~([u*])\.([0-9a-z]{0,13})\.[0-9a-z]{0,3})~([\w-]{16})$/.exec(
      customId,
    );
  if (!match) return undefined;
  const [, body = '', path = '', op = '', args = '', expiry = '', who, guild = '', mac = ''] = match;
  return {
    body,
    command: path.replaceAll('.', ' '),
    op: decodeArg(op),
    args: args === '' ? [] : args.split(',').map(decodeArg),
    everybody: who === '*',
    guildId: guild === '' ? NO_GUILD : toGuildId(String(fromBase36(guild))),
    expiresAtMs: Number.parseInt(expiry, 36) * MINUTE_MS,
    mac: Buffer.from(mac, 'base64url'),
  };
}

function fromBase36(text: string): bigint {
  return [...text].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
}

/** Escapes only our separators, so that ids stay readable in logs. A lone `%` stands for the empty text. */
function encodeArg(arg: string): string {
  if (!arg.isWellFormed()) throw new RangeError('argument of a custom id is not well-formed');
  return arg === ''
    ? '%'
    : arg.replace(/[%~,\n]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function decodeArg(arg: string): string {
  if (arg === '%') return '';
  return arg.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
