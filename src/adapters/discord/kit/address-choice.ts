/** The addresses at which a vendor says that a server is, offered where the one that was typed leads nowhere. */
import type { App } from '../../../app/app.ts';
import type { AddServerInput } from '../../../app/servers/add.ts';
import type { AddressOffer } from '../../../app/servers/addresses.ts';
import type { ServerKind } from '../../../domain/model.ts';
import { questionClosed } from '../views/answers.ts';
import { signInName } from '../views/media.ts';
import { buttons, card, md, say, type View } from '../views/view.ts';
import type { Component } from './command.ts';

type Uses = Pick<App, 'addressOffers'>;

/** `components` go into the command; when an address is chosen, `again` does what was interrupted. */
export function addressChoice<More extends Uses>(again: (input: AddServerInput, app: More) => Promise<View>) {
  const components: Readonly<Record<'address' | 'nowhere', Component<More>>> = {
    address: {
      answers: 'message',
      async run({ guildId, actor, args: [draftId = ''], values: [index = ''] }, app) {
        const input = await app.addressOffers.take(guildId, actor.id, draftId, Number(index));
        return input ? await again(input, app) : questionClosed(say('answers.unsaved'));
      },
    },
    nowhere: {
      async run({ guildId, actor, args: [draftId = ''] }, { addressOffers }) {
        await addressOffers.decline(guildId, actor.id, draftId);
        return card('neutral', say('answers.cancelledUnsaved'));
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
    description: say(`server.add.${where}`, { encrypted: url.startsWith('https:') ? 'yes' : 'no' }),
  }));
  return {
    ...view,
    blocks: [
      ...view.blocks,
      {
        kind: 'text',
        text: md`${say('server.add.elsewhere', { where: signInName(kind) })}`,
      },
      { kind: 'select', op: 'address', args, placeholder: say('server.add.another'), options },
      buttons({ label: say('server.add.none'), op: 'nowhere', args }),
    ],
  };
}
