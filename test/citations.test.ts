/** Places that comments and Markdown cite from the books in docs/ must exist (style.md 15). */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  BOOKS,
  type Book,
  type Citation,
  commentsOf,
  findCitations,
  longCommentLines,
  type Passage,
  paragraphsOf,
  placesOf,
  titlesOf,
} from './support/citations.ts';

const ROOT = resolve(import.meta.dirname, '..');
const LONGEST_COMMENT_LINE = 120;
const LONGEST_BOOK_LINE = 140;

const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const find = (...patterns: string[]) =>
  patterns
    .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
    .filter((file) => !file.includes('generated/'));

const code = find('{src,commands,test,prisma}/**/*.ts', '*.config.ts');
const schemas = find('prisma/*.prisma');
const pages = find('docs/**/*.md', 'test/**/*.md', 'README.md', 'CONTRIBUTING.md');

const books = Object.fromEntries(
  Object.entries(BOOKS).map(([name, file]) => [name, placesOf(text(file))]),
) as Record<Book, readonly string[]>;

/** Tests that a page names as what shows something, such as `app/grants/roles` or `stories/*`, and are not there. */
const missingTests = (file: string): readonly string[] =>
  [...text(file).matchAll(/`([a-z0-9-]+(?:\/[a-z0-9*-]+)+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => find(name, `test/${name}{,.test.ts,.ts}`, `src/${name}{,.ts}`).length === 0);

/** Looks in the root, in the folder of the file that mentions it, and in docs/. */
const isThere = (from: string, path: string): boolean =>
  [path, join(dirname(from), path), join('docs', path)].some(
    (place) => !normalize(place).startsWith('..') && existsSync(join(ROOT, place)),
  );

interface Found {
  readonly citations: readonly Citation[];
  readonly problems: readonly string[];
}

function check(file: string, passages: readonly Passage[], markdown: boolean): Found {
  const self = Object.entries(BOOKS).find(([, path]) => path === file)?.[0] as Book | undefined;
  const found = passages.map((passage) =>
    findCitations(passage, { exists: (path) => isThere(file, path), markdown, self }),
  );
  const citations = found.flatMap((findings) => findings.citations);
  const problems = [
    ...found.flatMap((findings) => findings.problems),
    ...citations
      .filter(({ book, place }) => !books[book].includes(place))
      .map(({ book, place, line }) => ({ line, says: `${book} has no ${place}` })),
  ];
  return { citations, problems: problems.map(({ line, says }) => `${file}:${line} ${says}`) };
}

const inCode = [...code, ...schemas].map((file) => {
  const source = text(file);
  const titles = file.startsWith('test/') ? titlesOf(source) : [];
  return check(file, [...commentsOf(source), ...titles], false);
});
const inPages = pages.map((file) => check(file, paragraphsOf(text(file)), true));

it.each(['docs/truth.md', 'docs/threat-model.md'])('%s names tests that are there', (page) => {
  expect(text(page)).toMatch(/`e2e\/[a-z-]+`/);
  expect(missingTests(page)).toEqual([]);
});

describe('citations of the books', () => {
  it('are resolved in comments and titles of tests', () => {
    expect(inCode.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('are resolved in Markdown', () => {
    expect(inPages.flatMap(({ problems }) => problems)).toEqual([]);
  });

  // About as many as there are now. A check that finds no citations would prove nothing.
  it.each<[Book, number]>([
    ['media-servers.md', 300],
    ['design.md', 45],
    ['discord.md', 40],
    ['style.md', 8],
  ])('of %s are found', (book, least) => {
    const found = inCode.flatMap(({ citations }) => citations).filter((citation) => citation.book === book);
    expect(found.length).toBeGreaterThanOrEqual(least);
  });
});

describe('the books', () => {
  it.each(Object.keys(BOOKS) as Book[])('%s has every number once', (book) => {
    const places = books[book];
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
  });

  it.each<[Book, readonly string[]]>([
    ['design.md', ['1', '2', '3', '4', '5', '6', '7', ...range(13).map((n) => `2.${n}`)]],
    ['style.md', range(15)],
    ['media-servers.md', [...range(12).map((n) => `0.3.${n}`), ...range(45).map((n) => `E${n}`)]],
    ['discord.md', [...range(9).map((n) => `0.${n}`), ...range(10).map((n) => `1.${n}`)]],
  ])('%s has what it is known by', (book, wanted) => {
    expect(wanted.filter((place) => !books[book].includes(place))).toEqual([]);
  });

  it('have lines that fit', () => {
    const long = Object.values(BOOKS).flatMap((file) =>
      text(file)
        .split('\n')
        .flatMap((line, index) => (line.length > LONGEST_BOOK_LINE ? `${file}:${index + 1}` : [])),
    );
    expect(long).toEqual([]);
  });
});

it('lines with a comment fit', () => {
  expect(code.length).toBeGreaterThan(300);
  const long = code.flatMap((file) =>
    longCommentLines(text(file), LONGEST_COMMENT_LINE).map((line) => `${file}:${line}`),
  );
  expect(long).toEqual([]);
});

describe('the checker', () => {
  const problemsOf = (source: string) => check('src/some.ts', commentsOf(source), false).problems;
  const placesCited = (source: string) =>
    check('src/some.ts', commentsOf(source), false).citations.map(({ book, place }) => `${book} ${place}`);

  it.each([
    ['a section that is not there', '// see design.md 9', 'design.md has no 9'],
    ['a place of another book', '/** discord.md A5.2 */', 'discord.md has no A5.2'],
    ['one wrong place among right ones', '// media-servers.md B3, E46', 'media-servers.md has no E46'],
    ['a rule too many', 'const a = 1; // (rule 14)', 'design.md has no 2.14'],
    ['one of several rules', '// (rules 2 and 15)', 'design.md has no 2.15'],
    ['an edge case too many', '// edge case 46', 'media-servers.md has no E46'],
    ['a short form that leads nowhere', '// as measured (A2.9)', 'media-servers.md has no A2.9'],
    ['a short form in the middle', '// the list of A5.12 is short', 'media-servers.md has no A5.12'],
    ['a style rule too many', '// style.md 16', 'style.md has no 16'],
    ['a book without a place', '// as discord.md says', 'discord.md is cited without a place'],
    ['a book in a folder', '// reference/discord.md 1.7', 'without reference/'],
    ['a file that is not there', '// the table in nowhere.md', 'there is no nowhere.md'],
    ['a file outside of the repository', '// ../shared/design.md 4', 'without ../shared/'],
    ['the old form of a section', '// design section 4', 'is written design.md 4'],
    ['the old form of a rule', '/** (design rule 5) */', 'is written rule 5'],
    ['the old form of style', '// style rule 10', 'is written style.md 10'],
    ['a rule of another book', '// media-servers.md 0.3, rule 12', 'is written media-servers.md 0.3.12'],
    ['what goes over the end of a line', '/**\n * See design.md\n * 9.\n */', 'design.md has no 9'],
    ['the same in lines of comments', '// See design.md\n// 9.', 'design.md has no 9'],
  ])('refuses %s', (_name, source, says) => {
    expect(problemsOf(source)).toEqual([expect.stringContaining(says)]);
  });

  it.each([
    [
      'sections',
      '// design.md 4, discord.md 1.4 and 2.2',
      ['design.md 4', 'discord.md 1.4', 'discord.md 2.2'],
    ],
    ['rules', '// (rules 2 and 5)', ['design.md 2.2', 'design.md 2.5']],
    ['a range', '// edge cases 30 to 33', ['media-servers.md E30', 'media-servers.md E33']],
    ['a mixture', '// (A2.5, edge case 6)', ['media-servers.md A2.5', 'media-servers.md E6']],
    ['the end of brackets', '// (just added, B3)', ['media-servers.md B3']],
    ['a letter', '// the edge cases of media-servers.md E, by number', ['media-servers.md E']],
    ['a file that is there', '// README.md and docs/decisions/README.md', []],
    ['code and strings', "const a = '// design.md 99'; const b = /\\/\\/ rule 99/;", []],
    ['templates', ['const a = `$', '{`// rule 99`} // rule 99`;'].join(''), []],
    ['what only looks like it', '// C0 and C1, A4 paper, version 1.43', []],
  ])('takes %s', (_name, source, cited) => {
    expect(problemsOf(source)).toEqual([]);
    expect(placesCited(source).toSorted()).toEqual(cited);
  });

  it('tells on which line it stands', () => {
    expect(problemsOf('a();\n/**\n * One.\n * Two: design.md 9.\n */')).toEqual([
      'src/some.ts:4 design.md has no 9',
    ]);
  });

  it('measures lines that hold a comment, and no others', () => {
    const long = 'x'.repeat(30);
    const source = [`// ${long}`, `a('${long}');`, `a(); // ${long}`, '/**', ` * ${long}`, ' */'].join('\n');
    expect(longCommentLines(source, 30)).toEqual([1, 3, 5]);
  });
});

function range(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}
