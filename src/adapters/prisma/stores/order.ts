const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Sorts text for people: ignoring case, "Disk 10" after "Disk 9", and the same on every database. */
export function byText<T>(...keys: readonly ((item: T) => string)[]): (a: T, b: T) => number {
  return (a, b) => {
    for (const key of keys) {
      const order = collator.compare(key(a), key(b));
      if (order !== 0) return order;
    }
    return 0;
  };
}
