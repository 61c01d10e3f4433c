/** The port for what was logged. */

export interface LogLines {
  /** False where whoever runs Usher keeps none on disk. */
  readonly isKept: boolean;
  /** The lines on disk as they were written, the newest first, some at a time; others have their turn in between. */
  backwards(): AsyncIterable<readonly string[]>;
}
