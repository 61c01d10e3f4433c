/** The port for files of other tools that people attach: fetched from Discord, and read by somebody who is careful. */
import type { ImportedRow, ImportTool } from '../../domain/imports/rows.ts';

/** A file as Discord describes it. */
export interface AttachedFile {
  readonly name: string;
  /** In bytes, as it is said to be. */
  readonly size: number;
  readonly url: string;
}

/** Why a file was not read; nothing of it is left. */
export type ImportRefusal =
  /** It is not at Discord. */
  | 'elsewhere'
  | 'not-fetched'
  | 'too-large'
  | 'empty'
  /** Neither in the form in which the tool keeps its data, nor in one that it exports. */
  | 'other-form'
  /** In the right form, but not with what the tool has in it. */
  | 'other-tool'
  | 'damaged'
  /** It holds what runs by itself when it is read (views, triggers, virtual tables). */
  | 'hostile'
  /** More people than are taken over at once. */
  | 'too-many'
  /** Reading it took more time or memory than it may. */
  | 'too-much';

export type ReadImport =
  | {
      readonly kind: 'read';
      readonly rows: readonly ImportedRow[];
      /** Invites that could still be redeemed: they stay behind. */
      readonly openInvites: number;
    }
  | { readonly kind: 'refused'; readonly why: ImportRefusal };

export interface ImportFiles {
  read(file: AttachedFile, tool: ImportTool): Promise<ReadImport>;
}
