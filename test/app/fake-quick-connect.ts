import type { Known, ServerLocation, Trouble } from '../../src/app/ports/media-server.ts';
import type { CodeSignIn } from '../../src/app/ports/sign-in.ts';

const SECRET = 'quick-secret-51c0';
export const SESSION = 'quick-session-9d2e-secret';
export const NEW_KEY = 'new-key-77aa-secret';

interface Holder {
  readonly userId: string;
  readonly name: string;
}

/** Quick Connect on any Jellyfin server; each code is approved by one account at most. */
export class FakeQuickConnect implements CodeSignIn {
  readonly by = 'code';
  /** The account that enters every code; null when nobody does. */
  approvedBy: Holder | null = null;
  readonly #codes: string[] = [];
  readonly #holders = new Map<string, Holder>();
  trouble: Trouble | undefined;
  keyTrouble: Trouble | undefined;
  expired = false;
  readonly forgotten: string[] = [];
  keys = 0;
  polls = 0;

  /** How many codes were asked for. */
  get codes(): number {
    return this.#codes.length;
  }

  /** Somebody types a code into the server. */
  approve(code: string, holder: Holder): void {
    this.#holders.set(code, holder);
  }

  async start() {
    if (this.trouble) return unknown(this.trouble);
    const code = String(123_456 + this.#codes.length);
    this.#codes.push(code);
    return known({ secret: `${SECRET}-${code}`, code, lifeMs: 600_000 });
  }

  async poll(_at: ServerLocation, secret: string): ReturnType<CodeSignIn['poll']> {
    this.polls += 1;
    const code = this.#codes.find((one) => secret === `${SECRET}-${one}`);
    if (code === undefined || this.expired) return { kind: 'expired' };
    const holder = this.#holders.get(code) ?? this.approvedBy;
    return holder ? { kind: 'approved', token: SESSION, ...holder } : { kind: 'waiting' };
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
