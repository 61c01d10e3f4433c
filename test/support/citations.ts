/** Finds what comments and Markdown cite from the books in docs/, and what is wrong with it (style.md 15). */

export const BOOKS = {
  'design.md': 'docs/design.md',
  'style.md': 'docs/style.md',
  'media-servers.md': 'docs/reference/media-servers.md',
  'discord.md': 'docs/reference/discord.md',
} as const;
export type Book = keyof typeof BOOKS;

/** A text that knows the line of each of its parts, because a citation may continue on the next line. */
export interface Passage {
  readonly text: string;
  lineAt(offset: number): number;
}

export interface Citation {
  readonly book: Book;
  readonly place: string;
  readonly line: number;
}

export interface Findings {
  readonly citations: readonly Citation[];
  /** Citations in a wrong form, and files that do not exist, with their line. */
  readonly problems: readonly { readonly line: number; readonly says: string }[];
}

const PLACE = String.raw`(?:[A-Z]?\d{1,2}(?:\.\d{1,2})*|[A-FM])(?![\w.]*\w)`;
const LIST = `${PLACE}(?:(?:, (?:and )?| and | to | or )${PLACE})*`;
const NUMBERS = String.raw`\d+(?:(?:, | and | to | or )\d+)*`;

// ------------------------------------------------------------------------------------------------ books

/** Every place in a book that can be cited. A place that exists twice is listed twice. */
export function placesOf(markdown: string): readonly string[] {
  const places: string[] = [];
  let heading = '';
  for (const line of outsideFences(markdown.split('\n'))) {
    const title = /^#+ (?:([A-Z]?\d+(?:\.\d+)*)\.?|([A-Z])\.) /.exec(line);
    if (title) heading = title[1] ?? title[2] ?? '';
    else if (line.startsWith('#')) heading = '';
    const item = /^(\d+)\. /.exec(line)?.[1];
    const row = /^\| ([A-Z]\d+) \|/.exec(line)?.[1];
    if (title) places.push(heading);
    // An item of a list belongs to its heading: 0.3.12, or C3 under a letter.
    if (item) places.push(/^[A-Z]?$/.test(heading) ? heading + item : `${heading}.${item}`);
    if (row) places.push(row);
  }
  return places;
}

// -------------------------------------------------------------------------------------------- citations

interface Looking {
  /** Whether a mentioned Markdown file exists. */
  readonly exists: (path: string) => boolean;
  /** In Markdown, a book may be linked as a whole, and a book may cite itself without its name. */
  readonly markdown?: boolean;
  readonly self?: Book | undefined;
}

/** The citations in a passage. The caller, who knows the books, checks whether the places exist. */
export function findCitations(passage: Passage, { exists, markdown, self }: Looking): Findings {
  const citations: Citation[] = [];
  const problems: { line: number; says: string }[] = [];
  let { text } = passage;
  /** Calls back for each match and blanks it, so that no text is matched twice. */
  const take = (pattern: RegExp, found: (match: RegExpExecArray, line: number) => void) => {
    for (const match of text.matchAll(pattern)) found(match, passage.lineAt(match.index));
    text = text.replaceAll(pattern, (match) => ' '.repeat(match.length));
  };
  const cite = (book: Book, list: string, line: number, prefix = '') => {
    for (const [place] of list.matchAll(/[A-Z]?\d+(?:\.\d+)*|\b[A-FM]\b/g))
      citations.push({ book, place: prefix + place, line });
  };
  const refuse = (says: (match: RegExpExecArray) => string) => (match: RegExpExecArray, line: number) =>
    problems.push({ line, says: says(match) });

  take(
    new RegExp(`((?:media-servers\\.md )?${PLACE}), rule (\\d+)`, 'g'),
    refuse(([all, , rule]) => `"${all}" is written media-servers.md 0.3.${rule}`),
  );
  take(
    new RegExp(`\\bdesign sections? (${NUMBERS})`, 'gi'),
    refuse(([all, n]) => `"${all}" is written design.md ${n}`),
  );
  take(
    new RegExp(`\\bdesign (rules?) (${NUMBERS})`, 'gi'),
    refuse(([all, word, n]) => `"${all}" is written ${word?.toLowerCase()} ${n}`),
  );
  take(
    new RegExp(`\\bstyle rules? (${NUMBERS})`, 'gi'),
    refuse(([all, n]) => `"${all}" is written style.md ${n}`),
  );
  take(
    new RegExp(String.raw`(?<![\w/.:-])((?:[\w.-]+/)*)([\w.-]+\.md)\b(?:\s(${LIST}))?`, 'g'),
    ([all, folder = '', name = '', list], line) => {
      if (!isBook(name) || (markdown && folder !== '')) {
        if (!exists(folder + name)) problems.push({ line, says: `there is no ${folder}${name}` });
      } else if (folder !== '') problems.push({ line, says: `"${all}" is written without ${folder}` });
      else if (list) cite(name, list, line);
      else if (!markdown) problems.push({ line, says: `${name} is cited without a place` });
    },
  );
  take(new RegExp(`\\brules? (${NUMBERS})`, 'gi'), ([, list = ''], line) =>
    cite('design.md', list, line, '2.'),
  );
  take(new RegExp(`\\bedge cases? (${NUMBERS})`, 'gi'), ([, list = ''], line) =>
    cite('media-servers.md', list, line, 'E'),
  );
  // The short form: at the start or end of brackets, or with a dot. Paper sizes and control characters look
  // similar.
  take(new RegExp(`(?<=\\()(?:section |see )?(${LIST})(?=[,:;)]| and )`, 'g'), ([, list = ''], line) => {
    for (const [place] of list.matchAll(/\b[A-Z]?\d+(?:\.\d+)*\b/g)) {
      if (/^[A-Z]/.test(place)) citations.push({ book: 'media-servers.md', place, line });
      else if (self && /^\d\.\d+$/.test(place)) citations.push({ book: self, place, line });
    }
  });
  take(/(?<![\w.])[A-FM]\d{1,2}(?:\.\d{1,2})+\b|(?<=[,;] )[A-FM]\d{1,2}(?=\))/g, ([place], line) =>
    citations.push({ book: 'media-servers.md', place, line }),
  );
  return { citations, problems };
}

const isBook = (name: string): name is Book => Object.hasOwn(BOOKS, name);

// --------------------------------------------------------------------------------------------- passages

/** The comments of a TypeScript or Prisma file. Line comments on consecutive lines count as one. */
export function commentsOf(source: string): readonly Passage[] {
  const groups: { line: number; text: string }[][] = [];
  let isOpen = false;
  for (const { line, text, alone, block } of rawComments(source)) {
    const lines = text.split('\n').map((part, index) => ({ line: line + index, text: bare(part) }));
    const last = groups.at(-1);
    if (isOpen && alone && !block && last?.at(-1)?.line === line - 1) last.push(...lines);
    else groups.push(lines);
    isOpen = alone && !block;
  }
  return groups.map(passageOf);
}

/** The titles of tests, which may cite edge cases too. */
export function titlesOf(source: string): readonly Passage[] {
  return source.split('\n').flatMap((text, index) => {
    const title = /^\s*(?:it|test|describe)\(\s*(['"`])(.*)\1,/.exec(text)?.[2];
    return title === undefined ? [] : passageOf([{ line: index + 1, text: title }]);
  });
}

/** The paragraphs of a Markdown file, without fenced code. */
export function paragraphsOf(markdown: string): readonly Passage[] {
  const groups: { line: number; text: string }[][] = [[]];
  for (const [index, text] of outsideFences(markdown.split('\n')).entries()) {
    if (text.trim() === '') groups.push([]);
    else groups.at(-1)?.push({ line: index + 1, text: text.trim() });
  }
  return groups.map(passageOf);
}

/** Lines longer than `max` that contain a comment. */
export function longCommentLines(source: string, max: number): readonly number[] {
  const lines = source.split('\n');
  const numbers = rawComments(source).flatMap(({ line, text }) =>
    text.split('\n').map((_, index) => line + index),
  );
  return [...new Set(numbers)].filter((number) => (lines[number - 1] ?? '').length > max);
}

function passageOf(lines: readonly { readonly line: number; readonly text: string }[]): Passage {
  const starts: { readonly offset: number; readonly line: number }[] = [];
  let text = '';
  for (const part of lines) {
    if (text !== '') text += ' ';
    starts.push({ offset: text.length, line: part.line });
    text += part.text;
  }
  return { text, lineAt: (offset) => starts.findLast((start) => start.offset <= offset)?.line ?? 0 };
}

/** Empties fenced lines but keeps them, so that the numbers of lines stay right. */
function outsideFences(lines: readonly string[]): readonly string[] {
  let inside = false;
  return lines.map((line) => {
    const isFence = line.startsWith('```');
    if (isFence) inside = !inside;
    return isFence || inside ? '' : line;
  });
}

/** The text of a comment line without its comment marks. */
const bare = (line: string): string =>
  line
    .trim()
    .replace(/^(?:\/\/+|\/\*+|\*+(?!\/))/, '')
    .replace(/\*+\/$/, '')
    .trim();

interface RawComment {
  readonly line: number;
  readonly text: string;
  /** Whether it is the only thing on its line. */
  readonly alone: boolean;
  readonly block: boolean;
}

const TOKEN = new RegExp(
  [
    String.raw`(?<line>\/\/[^\n]*)`,
    String.raw`(?<block>\/\*[\s\S]*?\*\/)`,
    String.raw`(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")`,
    String.raw`(?<regex>\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*)`,
    String.raw`(?<word>[\w$]+)`,
    String.raw`(?<space>\s+)`,
    String.raw`(?<other>[\s\S])`,
  ].join('|'),
  'y',
);
const TEMPLATE = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*(?<end>`|\$\{)/y;
/** After one of these, a slash begins a regular expression. */
const BEFORE_REGEX = /^(?:[([{,;:=!&|?+\-*%<>~^]|return|typeof|case|of|in|await|=>)?$/;

/** Tells comments from what only looks like one in strings, templates and regular expressions. */
function rawComments(source: string): readonly RawComment[] {
  const found: RawComment[] = [];
  /** Number of open braces inside of each `${` that is open. */
  const templates: number[] = [];
  let last = '';
  let at = 0;
  const readTemplate = () => {
    TEMPLATE.lastIndex = at;
    const match = TEMPLATE.exec(source);
    at = match ? TEMPLATE.lastIndex : source.length;
    if (match?.groups?.end !== '`') templates.push(0);
    last = match?.groups?.end === '`' ? 'x' : '{';
  };
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    const { line, block, regex, space, other, string } = match?.groups ?? {};
    const comment = line ?? block;
    if (comment !== undefined) {
      const before = source.slice(0, at);
      found.push({
        line: before.split('\n').length,
        text: comment,
        alone: before.slice(before.lastIndexOf('\n') + 1).trim() === '',
        block: block !== undefined,
      });
    }
    if (regex !== undefined && !BEFORE_REGEX.test(last)) {
      last = '/';
      at += 1;
      continue;
    }
    at = match ? TOKEN.lastIndex : at + 1;
    if (comment !== undefined || space !== undefined) continue;
    last = string !== undefined || regex !== undefined ? 'x' : (match?.[0] ?? '');
    const depth = templates.at(-1);
    if (other === '`') readTemplate();
    else if (depth !== undefined && other === '{') templates[templates.length - 1] = depth + 1;
    else if (depth !== undefined && other === '}') {
      if (depth > 0) templates[templates.length - 1] = depth - 1;
      else {
        templates.pop();
        readTemplate();
      }
    }
  }
  return found;
}
