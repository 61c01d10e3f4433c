/** What members may ask for: more time with what they have, anything, or nothing. */
export const MAY_ASK = ['renew', 'all', 'none'] as const;
export type MayAsk = (typeof MAY_ASK)[number];
