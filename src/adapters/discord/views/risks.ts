/** Asks whether to take a risk with a server. */
import type { Trouble } from '../../../app/ports/media-server.ts';
import type { Risk } from '../../../app/servers/risks.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { buttons, card, code, md, moment, type View } from './view.ts';

/** `command` is the one that asks, and has the two answers. */
export function riskQuestion(
  why: Trouble,
  risk: Risk,
  command: 'server add' | 'server edit',
  draftId: string,
): View {
  const answers = (label: string) =>
    buttons(
      { label, style: 'danger', command, op: 'trust', args: [draftId] },
      { label: 'Cancel', command, op: 'distrust', args: [draftId] },
    );
  if (risk.kind === 'plain-http')
    return card(
      'warning',
      md`**Reach your server without encryption?**`,
      md`${adminSentence(why)}`,
      md`Whoever is on the way can then read the key of the server and the passwords of new accounts, and take the server over. An address with https is better: ask for one, or put a reverse proxy in front. Once allowed, it counts for this address only.`,
      answers('Allow it unencrypted'),
    );
  const { fingerprint, name, validTo } = risk.certificate;
  return card(
    'warning',
    md`**Is this the certificate of your server?**`,
    md`${adminSentence(why)}`,
    md`SHA-256 ${code(fingerprint)}\nFor ${name || 'nobody by name'}, valid until ${moment(validTo)}`,
    md`Compare it with what the server itself has: ${code('openssl x509 -noout -fingerprint -sha256 -in its-certificate.pem')}. If it is another one, somebody may be in between: do not take it. Once taken, this certificate counts for this server, and no other does unless an authority vouches for it.`,
    answers('Take this certificate'),
  );
}
