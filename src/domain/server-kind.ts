/** Reading the table of kinds by words that came from outside. */
import { MEDIA_KINDS, type ServerKind } from './media-kinds.ts';

export function isServerKind(value: unknown): value is ServerKind {
  return typeof value === 'string' && Object.hasOwn(MEDIA_KINDS, value);
}

/** In the order of the table. */
export const SERVER_KINDS: readonly ServerKind[] = Object.keys(MEDIA_KINDS).filter(isServerKind);
