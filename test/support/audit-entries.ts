/** The audit channel as a program reads it: below each sentence the small print of the events that it tells. */

export interface AuditEntry {
  readonly number: number;
  /** Such as `grant.created`. */
  readonly action: string;
  /** What people read: `🟢 Olga gave Mia Movies on Tower until …`. */
  readonly sentence: string;
  /** Small print and sentence: `#1042 grant.created · <@…> … · grant #17 · 🟢 Olga gave …`. */
  readonly line: string;
}

const SMALL_PRINT = /^-# (#(\d+) ([a-z]+\.[a-z_]+)(?: · .+)?)$/;
const SENTENCE = /^(?:🟢|🔵|🟡|🔴|The sentence of this event) ?.+$/u;

/**
 * The events that messages tell, in their order. Messages of another kind, such as alerts, have no content.
 * @throws {Error} for content that does not have the agreed form.
 */
export function readEntries(messages: readonly { readonly content?: string | undefined }[]): AuditEntry[] {
  return messages.flatMap(({ content = '' }) => {
    let sentence: string | undefined;
    const entries: AuditEntry[] = [];
    for (const text of content === '' ? [] : content.split('\n')) {
      const small = SMALL_PRINT.exec(text);
      if (small && sentence !== undefined) {
        const [, print = '', number, action = ''] = small;
        entries.push({ number: Number(number), action, sentence, line: `${print} · ${sentence}` });
      } else if (SENTENCE.test(text)) sentence = text;
      else throw new Error(`not a message of the record: ${content}`);
    }
    return entries;
  });
}
