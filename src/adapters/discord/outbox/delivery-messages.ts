/** Turns deliveries into messages. Pure: the sealed code of an invite has been opened already. */
import { MessageFlags } from 'discord.js';
import { type Delivery, type DeliveryContent, isDirect } from '../../../app/ports/outbox.ts';
import { parseDuration } from '../../../domain/duration.ts';
import type { GuildId, MemberId } from '../../../domain/ids.ts';
import type { PersonalCopy } from '../../../domain/personal-data.ts';
import type { Language } from '../../../words/catalogue.ts';
import type { CustomIds } from '../messages/custom-id.ts';
import { type Place, type RenderedMessage, renderView } from '../messages/render.ts';
import { alertCard, claimCard, doorCard, lines, newsCard } from '../views/alerts.ts';
import { digestCard } from '../views/digest.ts';
import { durationText } from '../views/lengths.ts';
import { signInButton } from '../views/my-buttons.ts';
import { changesCard } from '../views/notices.ts';
import { panelCard } from '../views/panel.ts';
import { exportView } from '../views/personal-data.ts';
import { sealText } from '../views/record.ts';
import { requestCard } from '../views/requests.ts';
import { questionButtons } from '../views/sign-ins.ts';
import { buttons, card, code, type Md, md, mention, say, type View } from '../views/view.ts';
import type { Outgoing } from '../wire/rest.ts';
import { markdownOf } from '../wire/speech.ts';

export interface MessagePlace {
  readonly ids: CustomIds;
  readonly applicationId: string;
  readonly guildName: string | undefined;
  readonly now: Date;
  readonly language: Language;
}

/** What says itself what it is: posts show others, and lines of the record are joined (record.ts). */
export type MessageContent = Exclude<DeliveryContent, { kind: 'role' | 'post' | 'audit' | 'copy' }>;
type InviteContent = Extract<DeliveryContent, { kind: 'invite' }>;

/** How long the button works. */
const DECISION_LASTS_MS = 30 * 86_400_000;

/** What was made for the message before it: the code of an invite, opened, and the pictures of a digest. */
export interface Made {
  readonly inviteCode?: string | undefined;
  /** Undefined when they could not be drawn. */
  readonly pictures?: readonly Uint8Array[] | undefined;
}

export function deliveryMessage(
  delivery: Delivery,
  content: MessageContent,
  place: MessagePlace,
  { inviteCode = '', pictures }: Made = {},
): Outgoing {
  switch (content.kind) {
    case 'alert':
      return render(alertCard(content), delivery, place);
    case 'notice':
      return render(noticeCard(content, delivery.guildId), delivery, place);
    case 'changes':
      return render(
        changesCard(content.said ?? [], { guildId: delivery.guildId, ...place }),
        delivery,
        place,
      );
    case 'invite':
      return render(inviteCard(content, place, inviteCode), delivery, place);
    case 'head':
      return silent(sealText(content), place);
    case 'door':
      return render(doorCard(), delivery, place);
    case 'news':
      return toMember(newsCard(content), content.memberId, { delivery, place });
    case 'digest':
      return render(digestCard(content, pictures, place.language), delivery, place);
    case 'panel':
      return render(panelCard(content), delivery, place);
    case 'request':
      return render(requestCard(content), delivery, place);
    case 'claim':
      return toMember(claimCard(content), content.memberId, { delivery, place });
  }
}

/** Plain and without a sound: nobody needs to look at it now. */
const silent = (text: Md, { language }: MessagePlace): Outgoing => ({
  body: {
    content: markdownOf(text, language),
    flags: MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications,
    allowed_mentions: { parse: [] },
  },
});

function inviteCard(content: InviteContent, { guildName, now }: MessagePlace, inviteCode: string): View {
  const validUntil = new Date(content.validUntil);
  const parsed = parseDuration(content.duration);
  const gives = { who: mention.user(content.createdById), what: content.gives };
  const title = guildName === undefined ? say('invite.dm.toSome') : say('invite.dm.to', { guild: guildName });
  const ends = { code: code(grouped(inviteCode)), command: code('/redeem'), end: validUntil };
  return {
    ...card(
      'good',
      md`### ${title}`,
      parsed.kind === 'duration'
        ? say('invite.dm.givesFor', { ...gives, length: durationText(parsed.duration) })
        : say('invite.dm.gives', gives),
      buttons({
        label: say('invite.dm.redeem'),
        style: 'success',
        command: 'redeem',
        op: 'open',
        args: [content.inviteId],
      }),
      md`-# ${say('invite.dm.code', ends)}`,
    ),
    // As long as the invite itself: afterwards pressing it could only say that the invite has expired.
    buttonsLastMs: Math.max(validUntil.getTime() - now.getTime(), 0),
  };
}

/** An invitation waits for as long as it takes, so its button works for as long as others that decide something. */
function noticeCard(
  { text, signIn, confirms }: Extract<DeliveryContent, { kind: 'notice' }>,
  guildId: GuildId,
): View {
  const said = lines(text);
  if (confirms) return card('warning', said, questionButtons(confirms.signInId));
  if (signIn === undefined) return card('neutral', said);
  return {
    ...card('neutral', said, buttons(signInButton(signIn, { guildId }))),
    buttonsLastMs: DECISION_LASTS_MS,
  };
}

/** All that is stored about the person of the delivery. */
export const copyMessage = (copy: PersonalCopy, delivery: Delivery, place: MessagePlace): Outgoing =>
  render(exportView(copy, place.language), delivery, place);

/** In groups of four, as codes are shown everywhere. */
function grouped(inviteCode: string): string {
  return inviteCode.includes('-') ? inviteCode : (inviteCode.match(/.{1,4}/g) ?? []).join('-');
}

/** In a channel, for one member, who is called. */
function toMember(
  view: View,
  userId: MemberId,
  { delivery, place }: { readonly delivery: Delivery; readonly place: MessagePlace },
): Outgoing {
  const { body, files } = renderView(view, { ...placeOf(delivery, place), userId });
  return { body: { ...body, allowed_mentions: { parse: [], users: [userId] } }, files };
}

function render(view: View, delivery: Delivery, place: MessagePlace): RenderedMessage {
  const inChannel = { ...view, audience: 'everybody' } as const;
  return renderView(isDirect(delivery) ? view : inChannel, placeOf(delivery, place));
}

function placeOf(delivery: Delivery, { guildName: _name, ...place }: MessagePlace): Place {
  const { guildId, sink } = delivery;
  return { ...place, guildId, inDm: isDirect(delivery), userId: sink, command: '' };
}
