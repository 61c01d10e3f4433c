/** The port for pictures of figures. */

export type Chart =
  /** A value for each day, as a line over the days or as a bar for each. */
  | {
      readonly kind: 'line' | 'bars';
      readonly title: string;
      readonly points: readonly { readonly label: string; readonly value: number }[];
    }
  /** For each row a cell for each day: the share of it that was well, from 0 to 1, or null for what is not known. */
  | {
      readonly kind: 'strips';
      readonly title: string;
      readonly from: string;
      readonly to: string;
      readonly rows: readonly {
        readonly label: string;
        readonly note: string;
        readonly days: readonly (number | null)[];
      }[];
    };

export interface Charts {
  /**
   * One PNG for each.
   * @throws {Error} when it takes too long or too much memory, or cannot be drawn.
   */
  draw(charts: readonly Chart[]): Promise<readonly Uint8Array[]>;
}
