/** Asks whether to accept a certificate that no authority vouches for. */
import type { ServerCertificate, Trouble } from '../../../app/ports/media-server.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { buttons, card, code, md, moment, type View } from './view.ts';

/** `command` is the one that asks, and has the two answers. */
export function certificateQuestion(
  why: Trouble,
  { fingerprint, name, validTo }: ServerCertificate,
  command: 'server add' | 'server edit',
  draftId: string,
): View {
  return card(
    'warning',
    md`**Is this the certificate of your server?**`,
    md`${adminSentence(why)}`,
    md`SHA-256 ${code(fingerprint)}\nFor ${name || 'nobody by name'}, valid until ${moment(validTo)}`,
    md`Compare it with what the server itself has: ${code('openssl x509 -noout -fingerprint -sha256 -in its-certificate.pem')}. If it is another one, somebody may be in between: do not take it. Once taken, this certificate counts for this server, and no other does unless an authority vouches for it.`,
    buttons(
      { label: 'Take this certificate', style: 'danger', command, op: 'trust', args: [draftId] },
      { label: 'Cancel', command, op: 'distrust', args: [draftId] },
    ),
  );
}
