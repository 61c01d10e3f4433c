/** By which those who notice something reach those who act on it, whichever of them is made first. */
export interface Bell<T> {
  /** Heard by everybody who listens by now; by nobody is fine. */
  ring(news: T): void;
  listen(act: (news: T) => void): void;
}

export function createBell<T = void>(): Bell<T> {
  const listeners: ((news: T) => void)[] = [];
  return {
    ring(news) {
      for (const act of listeners) act(news);
    },
    listen(act) {
      listeners.push(act);
    },
  };
}
