/** Port for what Usher keeps: whether it can be kept right now. */

export interface StorageCheck {
  /**
   * Why the database takes no writes, in a sentence for whoever runs Usher; undefined when one was just made. Proven by
   * a write, of two seconds ago at most, or of now if something has just failed.
   */
  look(when?: 'now'): Promise<string | undefined>;
}
