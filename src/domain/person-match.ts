/**
 * Which member of a Discord server an account elsewhere may belong to, by what both are called. A guess has a score and
 * a reason, for people to see and to decide: nothing follows from it by itself. Pure.
 */
import { fold, loosen } from './fold.ts';
import type { MemberId } from './ids.ts';
import { isNearly } from './near.ts';

/** An account, by what may tell whose it is. */
export interface Login {
  /** User name, display name; empty ones tell nothing. */
  readonly names: readonly string[];
  /** What stands before the @ of its e-mail address, where that is known. It is compared and never kept. */
  readonly emailName?: string | undefined;
  /** Whose it was before. */
  readonly earlier?: MemberId | null;
}

export interface NamedPerson {
  readonly memberId: MemberId;
  /** User name and display name, as far as they are known. */
  readonly names: readonly string[];
  /** What they are called in this Discord server alone. */
  readonly nickname?: string | null;
}

/** Strongest first. */
export type MatchReason = 'earlier' | 'name' | 'nickname' | 'email' | 'alike';

export interface PersonMatch {
  readonly memberId: MemberId;
  /** 1 to 100: 100 was linked before, from 90 on something is equal. */
  readonly score: number;
  readonly why: MatchReason;
}

export interface PeopleIndex {
  /**
   * The best first; those with the same score in the order of their ids. `among`: what is merely alike costs a hundred
   * times as much to find, and not everybody asks for it.
   */
  matchesOf(login: Login, limit?: number, among?: 'equal' | 'alike'): readonly PersonMatch[];
}

/** From here on something is equal, and not merely alike. */
const EQUAL = 90;
const SCORES = { earlier: 100, name: 96, nickname: 93, email: 90 } as const;
/** Of two letters there are only so many names: that they are equal says little. */
const SHORT = { letters: 2, score: 70 } as const;
const ALIKE = { stem: 85, nearly: 80, most: 75, least: 55 } as const;
/** Pairs of letters that two names share, of all that they have: below this they are just names. */
const MIN_SHARED = 0.5;
/** So many of the most alike names are compared letter by letter. */
const COMPARED = 12;
const LONGEST = 48;
const LIMIT = 5;

/** One way of writing a name, and who is called so. */
interface Key {
  readonly text: string;
  readonly pairs: number;
  readonly people: { readonly memberId: MemberId; readonly why: 'name' | 'nickname' }[];
}

/** Names are folded and taken apart once, to be compared with thousands of accounts. */
export function peopleIndex(people: readonly NamedPerson[]): PeopleIndex {
  const keys = new Map<string, Key>();
  const known = new Set<MemberId>();
  const add = (memberId: MemberId, name: string, why: 'name' | 'nickname') => {
    const text = keyOf(name);
    if (text === '') return;
    const key = keys.get(text) ?? { text, pairs: pairsOf(text).size, people: [] };
    keys.set(text, key);
    key.people.push({ memberId, why });
  };
  for (const { memberId, names, nickname } of people) {
    known.add(memberId);
    for (const name of names) add(memberId, name, 'name');
    if (nickname) add(memberId, nickname, 'nickname');
  }
  const all = [...keys.values()];
  const byPair = new Map<string, number[]>();
  for (const [at, { text }] of all.entries()) {
    for (const pair of pairsOf(text)) {
      const list = byPair.get(pair);
      if (list) list.push(at);
      else byPair.set(pair, [at]);
    }
  }
  const shared = new Uint8Array(all.length);

  /** Names that have the most pairs of letters in common with this one. */
  function mostAlike(text: string): readonly { readonly key: Key; readonly share: number }[] {
    const pairs = pairsOf(text);
    const touched: number[] = [];
    for (const pair of pairs) {
      for (const at of byPair.get(pair) ?? []) {
        if (shared[at] === 0) touched.push(at);
        shared[at] = (shared[at] ?? 0) + 1;
      }
    }
    const found = touched.flatMap((at) => {
      const [key, both] = [all[at], shared[at] ?? 0];
      shared[at] = 0;
      return key ? [{ key, share: (2 * both) / (pairs.size + key.pairs) }] : [];
    });
    return found
      .toSorted((one, other) => other.share - one.share || (one.key.text < other.key.text ? -1 : 1))
      .slice(0, COMPARED);
  }

  return {
    matchesOf({ names, emailName, earlier }, limit = LIMIT, among = 'alike') {
      const best = new Map<MemberId, PersonMatch>();
      const note = (memberId: MemberId, score: number, why: MatchReason) => {
        if (score > (best.get(memberId)?.score ?? 0)) best.set(memberId, { memberId, score, why });
      };
      if (earlier) note(earlier, SCORES.earlier, 'earlier');
      const texts = names.map(keyOf).filter((text) => text !== '');
      for (const text of texts)
        for (const { memberId, why } of keys.get(text)?.people ?? [])
          note(memberId, equalScore(text, SCORES[why]), why);
      const email = emailName === undefined ? '' : keyOf(emailName);
      for (const { memberId } of keys.get(email)?.people ?? [])
        note(memberId, equalScore(email, SCORES.email), 'email');
      // What is equal is not looked for among what is alike: that would only hide it.
      if (among === 'alike' && [...best.values()].every(({ score }) => score < EQUAL)) {
        for (const text of new Set([...texts, email]))
          for (const { key, share } of mostAlike(text)) {
            const score = alikeScore(text, key.text, share);
            if (score > 0) for (const { memberId } of key.people) note(memberId, score, 'alike');
          }
      }
      return [...best.values()]
        .toSorted((one, other) => other.score - one.score || (one.memberId < other.memberId ? -1 : 1))
        .slice(0, limit);
    },
  };
}

/** What is proposed for one of several accounts. */
export interface Proposal extends PersonMatch {
  /** Something is equal, to nobody else, and nobody else's account claims the same member. */
  readonly isSure: boolean;
}

/** Proposals for accounts of one place, in the order of these; undefined where nothing is even alike. */
export function proposalsOf(matches: readonly (readonly PersonMatch[])[]): readonly (Proposal | undefined)[] {
  const claims = new Map<MemberId, number>();
  for (const [first] of matches)
    if (first && first.score >= EQUAL) claims.set(first.memberId, (claims.get(first.memberId) ?? 0) + 1);
  return matches.map(([first, second]) => {
    if (!first) return undefined;
    // Whose it was before is a fact, whoever else is called like the account.
    const isAlone = first.why === 'earlier' || (second?.score ?? 0) < EQUAL;
    const isSure = first.score >= EQUAL && isAlone && claims.get(first.memberId) === 1;
    return { ...first, isSure };
  });
}

/** So much of a name is enough to find who is called alike, and little enough to find who is called nearly so. */
const BEGINNING = 4;

/** How to look for the people whom an account may belong to, where names are found by how they begin. */
export function searchedAs({ names, emailName = '' }: Login): readonly string[] {
  const beginnings = [...names, emailName].map((name) =>
    [...name.trim().replace(/^[^\p{L}\p{N}]+/u, '')].slice(0, BEGINNING).join('').toLowerCase(),
  );
  return [...new Set(beginnings.filter((beginning) => beginning !== ''))];
}

/** Letters and digits in one form; of a name without any, what there is. */
function keyOf(name: string): string {
  const folded = fold(name);
  const bare = folded.replace(/[^\p{L}\p{N}]+/gu, '');
  return (bare || loosen(folded)).slice(0, LONGEST);
}

const equalScore = (text: string, score: number): number =>
  text.length <= SHORT.letters ? SHORT.score : score;

function alikeScore(one: string, other: string, share: number): number {
  if (one === other) return 0;
  const stem = stemOf(one);
  if (stem.length > SHORT.letters && stem === stemOf(other)) return ALIKE.stem;
  if (isNearly(one, other)) return ALIKE.nearly;
  if (share < MIN_SHARED) return 0;
  return Math.round(ALIKE.least + (ALIKE.most - ALIKE.least) * ((share - MIN_SHARED) / (1 - MIN_SHARED)));
}

/** Without the digits around it: people add numbers where their name is taken, as `mia92`. */
const stemOf = (text: string): string => text.replace(/^\p{N}+|\p{N}+$/gu, '');

/** Pairs of neighbouring letters, with the beginning and the end. */
function pairsOf(text: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  if (text === '') return pairs;
  const marked = `^${text}$`;
  for (let at = 0; at + 2 <= marked.length; at += 1) pairs.add(marked.slice(at, at + 2));
  return pairs;
}
