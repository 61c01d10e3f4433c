import { type Sentence, say } from '../words/say.ts';

/** What a guild may choose to tell its members. `reminder`: that their access is about to end. */
export const NOTICE_KINDS = ['given', 'changed', 'paused', 'ended', 'reminder'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Which of them are told, in a sentence. */
export function noticesSentence(chosen: readonly NoticeKind[]): Sentence {
  const kinds = chosen.map((kind) => say(`settings.notices.short.${kind}`));
  return kinds.length === 0 ? say('settings.notices.none') : say('settings.notices.some', { kinds });
}
