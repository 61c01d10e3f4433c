/** Processor time that this thread needs for something: how busy the machine is does not count. */
export function timed<R>(run: () => R): { readonly result: R; readonly ms: number } {
  const before = process.threadCpuUsage();
  const result = run();
  const { user, system } = process.threadCpuUsage(before);
  return { result, ms: (user + system) / 1_000 };
}
