/** What a guild may choose to tell its members. `reminder`: that their access is about to end. */
export const NOTICE_KINDS = ['given', 'changed', 'paused', 'ended', 'reminder'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];
