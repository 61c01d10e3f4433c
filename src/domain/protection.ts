/** Why an account is never given anything: what is written to it would reach a household, or who runs the server. */

interface Traits {
  /** Follows "the account … is" and "it is". */
  readonly is: string;
  /** It sees everything because of what it is, so there is nothing that could be taken from it. */
  readonly seesAll: boolean;
}

const reasons = {
  owner: { is: 'the owner of the server', seesAll: true },
  administrator: { is: 'an administrator of the server', seesAll: true },
  home: { is: "in the Plex Home of the server's owner", seesAll: false },
  managed: { is: 'a managed account of a Plex Home', seesAll: false },
} satisfies Record<string, Traits>;

export type Protection = keyof typeof reasons;

export const PROTECTIONS: Readonly<Record<Protection, Traits>> = reasons;
