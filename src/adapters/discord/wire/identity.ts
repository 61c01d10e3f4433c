/** Two ids that are the same for everything that was made since 2016, and differ before. */
export interface Identity {
  /** Commands are registered for it, and buttons are signed with it. */
  readonly applicationId: string;
  /** Who wrote our messages. */
  readonly botId: string;
}
