import type { Known, ServerLocation, Trouble } from '../../src/app/ports/media-server.ts';
import type { CodeSignIn } from '../../src/app/ports/sign-in.ts';

const SECRET = 'quick-secret-51c0';
export const SESSION = 'quick-session-9d2e-secret';
export const NEW_KEY = 'new-key-77aa-secret';

/** Quick Connect on any Jellyfin server, with one code that one account approves. */
export class FakeQuickConnect implements CodeSignIn {
  readonly by = 'code';
  /** The account that enters the code; null when nobody does. */
  approvedBy: { readonly userId: string; readonly name: string } | null = null;
  trouble: Trouble | undefined;
  keyTrouble: Trouble | undefined;
  expired = false;
  readonly forgotten: string[] = [];
  keys = 0;
  polls = 0;

  async start() {
    return this.trouble ? unknown(this.trouble) : known({ secret: SECRET, code: '123456', lifeMs: 600_000 });
  }

  async poll(_at: ServerLocation, secret: string): ReturnType<CodeSignIn['poll']> {
    this.polls += 1;
    if (secret !== SECRET || this.expired) return { kind: 'expired' };
    return this.approvedBy ? { kind: 'approved', token: SESSION, ...this.approvedBy } : { kind: 'waiting' };
  }

  async makeKey(_at: ServerLocation, token: string): Promise<Known<string>> {
    if (token !== SESSION) throw new Error('the test has no such session');
    if (this.keyTrouble) return unknown(this.keyTrouble);
    this.keys += 1;
    return known(NEW_KEY);
  }

  async forget(_at: ServerLocation, token: string): Promise<void> {
    this.forgotten.push(token);
  }
}

const known = <T>(value: T): Known<T> => ({ kind: 'known', value });
const unknown = (why: Trouble) => ({ kind: 'unknown', why }) as const;
