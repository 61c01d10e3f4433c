import type { Refusal, RelayOutbox } from '../../../../src/adapters/discord/outbox/outbox-relay.ts';
import type { Delivery, DeliveryContent, Prepared } from '../../../../src/app/ports/outbox.ts';
import type { Post } from '../../../../src/app/ports/posts.ts';
import type { Text } from '../../../../src/words/say.ts';

interface Row extends Omit<Delivery, 'attempts'> {
  attempts: number;
  dueAt: Date;
  state: 'due' | 'sent' | 'parked';
  messageId?: string | null;
  version?: number | undefined;
  trouble?: Text;
  closed?: boolean;
  /** Who owns the guild, when Discord has refused it. */
  refused?: string;
}

/** An outbox in memory that behaves as the port describes. */
export class MemoryOutbox implements RelayOutbox {
  readonly rows: Row[] = [];
  /** By id, as a use case would keep them. */
  readonly posts = new Map<string, Post>();
  /** How many of the next calls that record a delivery fail, as if the process were killed after sending. */
  markFailures = 0;
  /** How often it was asked what is due. */
  asked = 0;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  async prepare(delivery: Delivery): Promise<Prepared | undefined> {
    return { delivery, locale: null };
  }

  owe(
    delivery: Pick<Delivery, 'guildId' | 'kind' | 'sink'> & { readonly content: DeliveryContent },
    now: Date,
  ): Row {
    const row: Row = {
      id: `delivery-${this.rows.length}`,
      attempts: 0,
      dueAt: now,
      state: 'due',
      ...delivery,
    };
    this.rows.push(row);
    return row;
  }

  /** Guilds take turns by how much of theirs is on its way. */
  async listDue(now: Date, limit: number, onItsWay: readonly Delivery[] = []): Promise<readonly Delivery[]> {
    this.asked += 1;
    this.#changed();
    const taken = [...onItsWay];
    const count = (of: Partial<Delivery>) =>
      taken.filter(({ kind, guildId }) => kind === of.kind && (!of.guildId || guildId === of.guildId)).length;
    const waiting = this.#heads().filter(({ dueAt }) => dueAt <= now);
    const due: Delivery[] = [];
    for (;;) {
      const [next] = waiting
        .filter(({ kind, sink }) => !taken.some((one) => one.kind === kind && one.sink === sink))
        .filter(({ kind, guildId }) => count({ kind }) < limit && count({ kind, guildId }) < limit / 4)
        .toSorted((one, other) => count(one) - count(other));
      if (!next) return due;
      taken.push(next);
      due.push({ ...next });
    }
  }

  async nextMoment(): Promise<Date | undefined> {
    return this.#heads()
      .map(({ dueAt }) => dueAt)
      .toSorted((one, other) => one.getTime() - other.getTime())[0];
  }

  async findPost({ content }: Delivery): Promise<Post | undefined> {
    return content.kind === 'post' ? this.posts.get(content.postId) : undefined;
  }

  async listBehind({ id, guildId, kind, sink }: Delivery, limit: number): Promise<readonly Delivery[]> {
    const at = this.rows.findIndex((row) => row.id === id);
    const behind = this.rows
      .slice(at + 1)
      .filter((row) => row.guildId === guildId && row.kind === kind && row.sink === sink);
    return behind.filter(({ state }) => state === 'due').slice(0, limit);
  }

  async markSent(deliveries: readonly Delivery[], messageId: string | null, version?: number): Promise<void> {
    if (this.markFailures > 0) {
      this.markFailures -= 1;
      throw new Error('the database is away');
    }
    const shown = { messageId, ...(version !== undefined && { version }) };
    for (const { id } of deliveries) this.#change(id, { state: 'sent', ...shown });
  }

  async postpone({ id, attempts }: Delivery, dueAt: Date, trouble: Text): Promise<void> {
    this.#change(id, { attempts: attempts + 1, dueAt, trouble });
  }

  async park({ id }: Delivery, trouble: Text, closed: boolean): Promise<void> {
    this.#change(id, { state: 'parked', trouble, closed });
  }

  async refuse({ id, attempts }: Delivery, { trouble, dueAt, ownerId }: Refusal): Promise<void> {
    this.#change(id, { attempts: attempts + 1, dueAt, trouble, refused: ownerId ?? '' });
  }

  #heads(): Row[] {
    const heads = new Map<string, Row>();
    for (const row of this.rows) {
      const sink = `${row.guildId} ${row.kind} ${row.sink}`;
      if (row.state === 'due' && !heads.has(sink)) heads.set(sink, row);
    }
    return [...heads.values()];
  }

  #change(id: string, changes: Partial<Row>): void {
    Object.assign(this.rows.find((row) => row.id === id) ?? {}, changes);
    this.#changed();
  }
}
