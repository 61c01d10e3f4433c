/** A shop: whoever has paid has access for 30 days, or 30 days more. Called again for an order, it gives nothing more. */
import { type createClient, type Grant, UsherProblem } from '../client.ts';

interface Payment {
  /** The number of the order: the key under which it is done once. */
  readonly order: string;
  /** Discord user id of who has paid. */
  readonly userId: string;
  readonly planId: string;
}

export async function giveAfterPayment(
  usher: ReturnType<typeof createClient>,
  { order, userId, planId }: Payment,
): Promise<Grant> {
  const theirs = await usher.listGrants({ query: { userId, planId, state: 'active' } });
  const running = theirs.body.items.find(({ expiresAt }) => expiresAt !== null);
  const reason = `order ${order}`;
  try {
    if (!running) return await give(false);
    const more = await usher.extendGrant(running.number, { body: { by: '30d', reason }, idempotencyKey: order });
    // 202: it is decided, and a server or a person is waited for. `progress` says which.
    return more.body as Grant;
  } catch (error) {
    // The key stands for another request: this order has made the grant that is running now.
    if (running && is(error, 'key-reused')) return running;
    // They have it by another grant, or are not on the Discord server (yet). They have paid all the same.
    if (is(error, 'needs-confirmation')) return await give(true);
    throw error;
  }

  async function give(anyway: boolean): Promise<Grant> {
    const body = { userId, planId, for: '30d', reason, anyway };
    const idempotencyKey = anyway ? `${order}-anyway` : order;
    return (await usher.giveAccess({ body, idempotencyKey })).body as Grant;
  }
}

const is = (error: unknown, type: string): boolean =>
  error instanceof UsherProblem && error.problem.type === `urn:usher:problem:${type}`;
