/** The addresses at which a vendor says that a server is, offered where the one that was typed leads nowhere. */
import type { App } from '../../../app/app.ts';
import type { OfferedAddress } from '../../../app/ports/media.ts';
import type { AddServerInput } from '../../../app/servers/add.ts';
import type { AddressOffer } from '../../../app/servers/addresses.ts';
import type { ServerKind } from '../../../domain/model.ts';
import { questionClosed } from '../views/answers.ts';
import { signInName } from '../views/media.ts';
import { buttons, card, md, type View } from '../views/view.ts';
import type { Component } from './command.ts';

type Uses = Pick<App, 'addressOffers'>;

const WHERE: Readonly<Record<OfferedAddress['where'], string>> = {
  local: 'in its own network',
  remote: 'from outside',
  relay: 'through a relay of the vendor, slow',
};

/** `components` go into the command; when an address is chosen, `again` does what was interrupted. */
export function addressChoice<More extends Uses>(again: (input: AddServerInput, app: More) => Promise<View>) {
  const components: Readonly<Record<'address' | 'nowhere', Component<More>>> = {
    address: {
      answers: 'message',
      async run({ guildId, actor, args: [draftId = ''], values: [index = ''] }, app) {
        const input = await app.addressOffers.take(guildId, actor.id, draftId, Number(index));
        return input ? await again(input, app) : questionClosed(md`Nothing was saved.`);
      },
    },
    nowhere: {
      async run({ guildId, actor, args: [draftId = ''] }, { addressOffers }) {
        await addressOffers.decline(guildId, actor.id, draftId);
        return card('neutral', md`Cancelled. Nothing was saved.`);
      },
    },
  };
  return { components, below };
}

/** What is said of the address that was typed, and below it the others to choose from. */
function below(view: View, offer: AddressOffer | undefined, kind: ServerKind): View {
  if (!offer) return view;
  const args = [offer.draftId];
  const options = offer.addresses.map(({ server, url, where }, index) => ({
    label: `${server}: ${url.replace(/^https?:\/\//, '')}`,
    value: String(index),
    description: `${WHERE[where]}, ${url.startsWith('https:') ? 'encrypted' : 'not encrypted'}`,
  }));
  return {
    ...view,
    blocks: [
      ...view.blocks,
      {
        kind: 'text',
        text: md`**${signInName(kind)} lists these addresses.** Choose one to try it instead.`,
      },
      { kind: 'select', op: 'address', args, placeholder: 'Another address', options },
      buttons({ label: 'None of them', op: 'nowhere', args }),
    ],
  };
}
