/** Placeholder until the Discord adapter lands; see discord.md 3.5. */
export function sanitise(text: string, options: { readonly inCode?: boolean } = {}): string {
  return options.inCode ? text.replaceAll('`', "'") : text;
}
