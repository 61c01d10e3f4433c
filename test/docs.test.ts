/** The pages for people: what they point at is there, and what the code can say has its entry. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import GithubSlugger from 'github-slugger';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands/index.ts';
import { commandsPage } from '../commands/page.ts';
import alert from '../src/words/en/alert.json' with { type: 'json' };
import dispatcher from '../src/words/en/dispatcher.json' with { type: 'json' };
import trouble from '../src/words/en/trouble.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '..');
const text = (page: string) => readFileSync(join(ROOT, page), 'utf8');
const pages = globSync(['*.md', '{docs,test,deploy,.github}/**/*.md'], { cwd: ROOT });
const withoutCode = (page: string): string =>
  text(page)
    .replaceAll(/^ *(```|~~~)[\s\S]*?^ *\1$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()<>]/g, ''));

/** As GitHub makes them of the headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const headings = withoutCode(page).matchAll(/^#{1,6} +(.+?) *$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      slugger.slug(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)|[`*]/g, '$1')),
    ),
  );
}

const linksOf = (page: string): readonly string[] =>
  [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map(
    ([, one, other]) => one ?? other ?? '',
  );

/** Links of a page within the repository that lead nowhere. */
function brokenIn(page: string): readonly string[] {
  return linksOf(page)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !(target.endsWith('.md') && anchorsOf(target).has(anchor));
    });
}

it.each(pages)('every link of %s leads somewhere', (page) => {
  expect(brokenIn(page)).toEqual([]);
});

it('pages that the code names to people are there', () => {
  const sources = globSync('{src,commands}/**/*.{ts,json}', { cwd: ROOT }).filter(
    (file) => !file.includes('generated'),
  );
  const named = sources.flatMap((file) => [...text(file).matchAll(/\b(docs\/[\w/-]+\.md)(?:#([\w-]+))?/g)]);
  expect(named.map(([link]) => link)).toContain('docs/troubleshooting.md#a-reference');
  const broken = named.filter(
    ([, page = '', anchor]) =>
      !existsSync(join(ROOT, page)) || (anchor !== undefined && !anchorsOf(page).has(anchor)),
  );
  expect(broken.map(([link]) => link)).toEqual([]);
});

it('docs/README.md leads to every page', () => {
  const linked = linksOf('docs/README.md').map((link) => normalize(join('docs', link)));
  const ofDocs = globSync(['docs/*.md', 'docs/*/README.md'], { cwd: ROOT });
  expect(ofDocs.filter((page) => page !== 'docs/README.md' && !linked.includes(page))).toEqual([]);
});

it('docs/commands.md is what the commands declare (npm run commands:page)', () => {
  expect(text('docs/commands.md')).toBe(`${commandsPage(commands)}\n`);
});

describe('docs/troubleshooting.md', () => {
  /** What is no trouble: words that sentences are made of, and good news. */
  const OTHER = [
    ...['trouble.says', 'trouble.protection', 'dispatcher.capability'],
    ...['alert.words', 'alert.person', 'alert.others', 'alert.retryNow', 'alert.news'],
    ...['alert.begin', 'alert.claim', 'alert.claimed', 'alert.unclaim', 'alert.door'],
  ];
  const groups = Object.entries({ alert, dispatcher, trouble }).flatMap(([file, sentences]) =>
    Object.keys(sentences).map((group) => `${file}.${group}`),
  );
  const named = [...text('docs/troubleshooting.md').matchAll(/<!-- says: ([\s\S]*?) -->/g)].flatMap(
    ([, names = '']) => names.split(/\s+/),
  );

  it('has one entry for each kind of trouble that Usher can tell', () => {
    expect([...named, ...OTHER].toSorted()).toEqual(groups.toSorted());
  });

  it('leads to every entry from its table', () => {
    const [, table = ''] = /\n(\| you see[\s\S]*?)\n\n/.exec(text('docs/troubleshooting.md')) ?? [];
    const linked = [...table.matchAll(/\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
    const entries = [...anchorsOf('docs/troubleshooting.md')].slice(1);
    expect(linked.toSorted()).toEqual(entries.toSorted());
  });
});
