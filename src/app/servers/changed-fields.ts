/** Which fields of a server an edit has changed, for the reply and for the record. */
import type { Server } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';

const FIELDS = ['name', 'url', 'certificate', 'plainHttp', 'localUrl', 'publicUrl'] as const;

export type ServerField = (typeof FIELDS)[number] | 'token';

/** `token` is what was typed for it; empty keeps the stored one. */
export function changedFields(
  before: Server,
  changes: Pick<Server, (typeof FIELDS)[number]>,
  token: string,
): readonly ServerField[] {
  const fields = FIELDS.filter((field) => before[field] !== changes[field]);
  return token === '' ? fields : [...fields, 'token'];
}

/** For the record: the name as it was; of the rest only that it was changed, because addresses are for admins. */
export function changesOf(before: Server, fields: readonly ServerField[]): readonly Sentence[] {
  const others = fields.filter((field) => field !== 'name').map((field) => say(`audit.field.${field}`));
  return [
    ...(fields.includes('name') ? [say('audit.note.called', { name: before.name })] : []),
    ...(others.length > 0 ? [say('audit.field.changed', { fields: others })] : []),
  ];
}
