/** The port that signs heads of the record, so that nobody without the key of the installation can make one. */
import type { GuildId } from '../../domain/ids.ts';
import type { Head, SignedHead } from '../../domain/record.ts';

export interface HeadSigner {
  sign(guildId: GuildId, head: Head): Pick<SignedHead, 'keyId' | 'signature'>;
  /** `other key`: it was signed before the key was changed, and only who has the old one can tell. */
  check(guildId: GuildId, head: SignedHead): 'signed' | 'not signed' | 'other key';
}
