/**
 * Lists of who has access that are not true: one that is some minutes old, or one that lacks a person. Usher may be
 * misled by two of them that agree and lie half a minute apart, never by one.
 */
import type { Clock } from '../../src/app/ports/time.ts';
import type { Answer, Fault } from '../standins/http.ts';
import { MINUTE, SECOND } from '../support/moments.ts';

/** No list is older than that. */
const OLDEST_MS = 10 * MINUTE;
/** Two looks that agree are at least this far apart. */
const APART_MS = 30 * SECOND;

type Alters = NonNullable<Fault['alters']>;

export class Lists {
  readonly #clock: Pick<Clock, 'now'>;
  /** When a list was not true, by path; forgotten when that path has told the truth again. */
  readonly #lies = new Map<string, Date[]>();
  #isLying = false;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Every list shows what it shows next, whatever happens meanwhile, for some minutes at most. */
  old(): Alters {
    const kept = new Map<string, { readonly answer: Answer; readonly at: Date }>();
    return this.#lying((answer, { path }) => {
      const found = kept.get(path);
      if (found && this.#since(found.at) <= OLDEST_MS) return found.answer;
      kept.set(path, { answer, at: this.#clock.now() });
      return answer;
    });
  }

  /** Every list lacks the person with this id. */
  short(externalId: string): Alters {
    return this.#lying((answer) => {
      const rows: unknown = JSON.parse(textOf(answer));
      if (!Array.isArray(rows)) return answer;
      return { ...answer, body: JSON.stringify(rows.filter((row) => idIn(row) !== externalId)) };
    });
  }

  /** Called after each reading of a list. */
  wasRead(path: string): void {
    const lies = this.#isLying ? [...(this.#lies.get(path) ?? []), this.#clock.now()] : [];
    this.#lies.set(path, lies);
    this.#isLying = false;
  }

  /** Whether what Usher has read last was not true. */
  get lied(): boolean {
    return this.#lies.values().some(({ length }) => length > 0);
  }

  /** Whether two readings in a row that were not true have agreed, so that Usher may believe them. */
  get mislead(): boolean {
    return this.#lies.values().some(([first]) => first !== undefined && this.#since(first) >= APART_MS);
  }

  #lying(alters: Alters): Alters {
    return (answer, request) => {
      if (answer.status !== 200) return answer;
      const asText = { status: 200, headers: JSON_TYPE, body: textOf(answer) };
      const told = alters(asText, request);
      if (told.body !== asText.body) this.#isLying = true;
      return told;
    };
  }

  #since(at: Date): number {
    return Math.abs(this.#clock.now().getTime() - at.getTime());
  }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const textOf = ({ body }: Answer): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** The account of a row, of Plex or of Jellyfin. */
function idIn(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  if ('invitedId' in row) return String(row.invitedId);
  return 'Id' in row ? String(row.Id) : undefined;
}
