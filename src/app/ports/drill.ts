/** The part of a media server that drills need beside what Usher does every day: the other side of what it is told. */
import type { DrillList, Kept, KeptSettings, OwnView } from '../../domain/drill/facts.ts';
import type { AccountAccess, Known, WriteOutcome } from './media-server.ts';

/** What opens a throw-away account. */
export interface ThrowAwayKey {
  /** Its token at the vendor, or its password. */
  readonly secret: string;
  /** The client that the token was made for; null for a password. */
  readonly clientIdentifier: string | null;
}

export interface ThrowAway extends ThrowAwayKey {
  readonly name: string;
}

export interface DrillSide {
  /** Signs in as the account does; null when the server refuses it. */
  signIn(account: ThrowAway): Promise<Known<OwnSession | null>>;
  /** In which lists of the server an account is, read one by one. */
  listsOf(externalId: string): Promise<Known<readonly DrillList[]>>;
  /** What the server keeps of an account beside its libraries, at every place where it says so. */
  settingsOf(externalId: string): Promise<Known<KeptSettings>>;
  /** Writes a restriction into the settings, as somebody would who uses the server itself; libraries stay. */
  mark(account: AccountAccess): Promise<{ readonly outcome: WriteOutcome; readonly mark: Kept }>;
}

/** A sign-in of the account. */
export interface OwnSession {
  look(): Promise<Known<OwnView>>;
  /** Best effort. */
  end(): Promise<void>;
}

/** What an account is shown that does not get in. */
export const CLOSED: OwnView = { open: false, libraries: [], beside: [] };
