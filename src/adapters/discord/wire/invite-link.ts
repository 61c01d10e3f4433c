/** The link by which an admin lets Usher into their Discord server, with what it needs there (discord.md 3.1). */
import { PermissionFlagsBits } from 'discord.js';

const NEEDED =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.ReadMessageHistory |
  PermissionFlagsBits.ManageRoles;

export function inviteLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'bot applications.commands',
    permissions: String(NEEDED),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}
