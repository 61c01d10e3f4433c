/** Asks whether to take a risk with a server. */
import type { Trouble } from '../../../app/ports/media-server.ts';
import type { Risk } from '../../../app/servers/risks.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { buttons, card, code, md, moment, type Sentence, say, type View } from './view.ts';

/** `command` is the one that asks, and has the two answers. */
export function riskQuestion(
  why: Trouble,
  risk: Risk,
  command: 'server add' | 'server edit',
  draftId: string,
): View {
  const answers = (label: Sentence) =>
    buttons(
      { label, style: 'danger', command, op: 'trust', args: [draftId] },
      { label: say('server.risk.cancel'), command, op: 'distrust', args: [draftId] },
    );
  const trouble = md`${adminSentence(why)}`;
  if (risk.kind === 'plain-http')
    return card(
      'warning',
      say('server.risk.plainTitle'),
      trouble,
      say('server.risk.plainMeans'),
      answers(say('server.risk.plainTake')),
    );
  const { fingerprint, name, validTo } = risk.certificate;
  return card(
    'warning',
    say('server.risk.certificateTitle'),
    trouble,
    say('server.risk.fingerprint', {
      fingerprint: code(fingerprint),
      name: name || say('server.risk.nobody'),
      until: moment(validTo),
    }),
    say('server.risk.compare', {
      command: code('openssl x509 -noout -fingerprint -sha256 -in its-certificate.pem'),
    }),
    answers(say('server.risk.take')),
  );
}
