import type { ImportRefusal } from '../../app/ports/imports.ts';

/** Thrown where a file cannot be read any further; people are told why. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly why: ImportRefusal;

  constructor(why: ImportRefusal) {
    super(`the file cannot be read: ${why}`);
    this.why = why;
  }
}
