/**
 * A refund: the grant that was made for an order ends at once. Resolves to the numbers of the grants that ended. An order
 * that only extended a grant is not found: how much of it is left is for people to decide.
 */
import type { createClient, Grant } from '../client.ts';

export async function endOnRefund(
  usher: ReturnType<typeof createClient>,
  { order, userId }: { readonly order: string; readonly userId: string },
): Promise<number[]> {
  const theirs = await usher.listGrants({ query: { userId } });
  const given = theirs.body.items.filter(
    ({ reason, state }) => reason === `order ${order}` && !['ending', 'ended'].includes(state),
  );
  const ended: number[] = [];
  for (const { number } of given) {
    const answer = await usher.endGrant(number, { query: { reason: `refund of ${order}` } });
    const grant = answer.body as Grant;
    // "ending" until the server was seen to show that it is gone; Usher goes on trying.
    if (['ending', 'ended'].includes(grant.state)) ended.push(number);
  }
  return ended;
}
