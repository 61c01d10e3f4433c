/**
 * Long lists, a page at a time: turned, jumped in, filtered, searched, opened row by row and taken away as a file. What
 * is listed stands in the ids of its controls, so a list goes on after a restart. What is opened is answered beside the
 * list, which stays at its page.
 */
import { csvOf } from '../../../domain/csv.ts';
import {
  type Block,
  type Button,
  buttons,
  card,
  join,
  type Md,
  md,
  problem,
  type Sentence,
  say,
  type Text,
  type View,
} from '../views/view.ts';
import { plainOf } from '../wire/speech.ts';
import type { Component, ComponentInput, Who } from './command.ts';
import type { Filter } from './list-filters.ts';
import { jumpForm, searchForm, searchOf } from './list-forms.ts';

/** What somebody looks at. A filter that is empty filters nothing. */
export interface Asked<Name extends string> {
  /** Counted from 0; of a list by keys, the key at which it begins, and 0 at the beginning. */
  readonly page: number;
  /** Words that every row has to contain. */
  readonly search: string;
  readonly by: Readonly<Record<Name, string>>;
}

/** Rows of a page, and how many there are on all pages. */
export interface Found<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  /** Of a list by keys: where the pages before and behind it begin. */
  readonly turns?: { readonly before: number | undefined; readonly behind: number | undefined };
}

interface Choice {
  readonly label: Text;
  readonly value: string;
  readonly description?: Text;
}

/** A select that sets a filter. */
export interface Offer<Name extends string> {
  readonly filter: Name;
  readonly choices: readonly Choice[];
}

interface ListOptions<Row, Name extends string, Uses, Got extends Found<Row>, Prefix extends string> {
  /** Before the names of its components, where a command has those of another list as well. */
  readonly prefix?: Prefix;
  readonly filters: readonly (Filter & { readonly name: Name })[];
  /** So many that all of it fits on the screen of a phone. */
  readonly size: number;
  /**
   * So many rows that they are neither counted nor skipped: pages begin at a key, which is a number, and there is no
   * search and no file. `where` says which rows are shown.
   */
  readonly byKey?: {
    readonly where: (rows: readonly Row[]) => Text;
    readonly jump: { readonly title: Sentence; readonly label: Sentence };
  };
  /** Undefined when what it is about is gone. */
  readonly find: (
    who: Who,
    asked: Asked<Name>,
    app: Uses,
    slice: { readonly start: number; readonly limit: number },
  ) => Promise<Got | undefined>;
  /** What it is a list of, in bold; what else there is to know is written below it. */
  readonly title: (asked: Asked<Name>, found: Got) => Md | Sentence;
  readonly below?: (asked: Asked<Name>, found: Got) => readonly (Md | Sentence | undefined)[];
  /** When there is nothing, although nothing is searched for. */
  readonly none: (asked: Asked<Name>, found: Got) => Md | Sentence;
  readonly line: (row: Row) => Md | Sentence;
  /** Between rows: default a line break. */
  readonly between?: string;
  /** The card that the list is a part of. */
  readonly within?: (list: View, found: Got, who: Who) => View;
  /** A control of each row, below its line; `args` say what is listed. */
  readonly beside?: (row: Row, args: readonly string[]) => Block;
  /** Explains marks of the rows, below them. */
  readonly legend?: (rows: readonly Row[]) => readonly Sentence[];
  /** Rows that cannot be opened have none. */
  readonly option?: (row: Row) => Choice | undefined;
  readonly openLabel?: Sentence;
  readonly open?: (input: ComponentInput, values: readonly string[], app: Uses) => Promise<View>;
  /** What moderators can do with several rows at once: they may choose more than one. */
  readonly several?: {
    readonly label: Sentence;
    readonly choose: (input: ComponentInput, values: readonly string[], app: Uses) => Promise<View>;
  };
  readonly offers?: (who: Who, asked: Asked<Name>, app: Uses) => Promise<readonly Offer<Name>[]>;
  /** Further buttons; `argsOf` writes what they are to list, or to act on. */
  readonly more?: (
    who: Who,
    asked: Asked<Name>,
    list: { readonly argsOf: (asked: Asked<Name>) => readonly string[]; readonly total: number },
  ) => readonly (Button | undefined)[];
  readonly file?: {
    readonly name: string;
    readonly head: readonly string[];
    /** In English: files are for programs. */
    readonly cells: (row: Row) => readonly Text[];
  };
}

type Op = 'page' | 'filter' | 'jump' | 'jumped' | 'search' | 'found' | 'open' | 'csv';

/** As many as there is time for; more than a person reads. */
const FILE_ROWS = 20_000;
const FILE_STEP = 500;
const MOST_PAGES = 999_999;

export function defineList<
  Row,
  const Name extends string,
  Uses,
  Got extends Found<Row> = Found<Row>,
  const Prefix extends string = '',
>(options: ListOptions<Row, Name, Uses, Got, Prefix>) {
  const { filters, prefix = '' } = options;
  const opOf = (op: Op): string => prefix + op;

  const stateOf = ({ search, by }: Asked<Name>): readonly string[] => [
    search,
    ...filters.map(({ name, write }) => write(by[name])),
  ];
  const argsOf = (asked: Asked<Name>): readonly string[] => [String(asked.page), ...stateOf(asked)];

  function readArgs([page = '0', search = '', ...written]: readonly string[]): Asked<Name> {
    const values = filters.map(({ name, read }, index) => [name, read(written[index] ?? '')] as const);
    return {
      page: (options.byKey ? /^\d{1,9}$/ : /^\d{1,6}$/).test(page) ? Number(page) : 0,
      search,
      by: Object.fromEntries(values) as Readonly<Record<Name, string>>,
    };
  }

  async function show(who: Who, asked: Asked<Name>, app: Uses): Promise<View> {
    const { size } = options;
    const startOf = (page: number) => (options.byKey ? page : page * size);
    const find = (page: number) => options.find(who, asked, app, { start: startOf(page), limit: size });
    const first = await find(asked.page);
    if (!first) return noLongerListed();
    const last = options.byKey ? asked.page : Math.max(0, Math.ceil(first.total / size) - 1);
    // Of a list that became shorter meanwhile, the last page there is.
    const page = Math.min(asked.page, last);
    const found = page === asked.page ? first : await find(page);
    if (!found) return noLongerListed();
    const here = { ...asked, page };
    const list = listed(who, here, found, { last, offers: (await options.offers?.(who, asked, app)) ?? [] });
    return options.within?.(list, found, who) ?? list;
  }

  function listed(
    who: Who,
    asked: Asked<Name>,
    found: Got,
    { last, offers }: { readonly last: number; readonly offers: readonly Offer<Name>[] },
  ): View {
    const { rows } = found;
    const selects = offers.map((offer) => filterSelect(asked, offer));
    const below = (options.below?.(asked, found) ?? []).filter(isThere);
    if (rows.length === 0 && asked.search === '') {
      const none = options.none(asked, found);
      return below.length === 0
        ? card('neutral', none, ...selects)
        : card('neutral', join([md`**${options.title(asked, found)}**`, ...below], '\n'), none, ...selects);
    }
    return card(
      'neutral',
      join([titleLine(asked, found), ...below], '\n'),
      ...linesOf(asked, rows),
      legendOf(rows),
      openSelect(who, rows),
      ...selects,
      controls(
        asked,
        turnsOf(asked, found, last),
        (options.more?.(who, asked, { argsOf, total: found.total }) ?? []).filter(isThere),
      ),
    );
  }

  function linesOf(asked: Asked<Name>, rows: readonly Row[]): readonly (Block | Md)[] {
    const { line, beside } = options;
    if (rows.length === 0) return [md`${say('list.noneFound', { search: asked.search })}`];
    if (!beside) return [join(rows.map(line), options.between ?? '\n')];
    return rows.flatMap((row) => [md`${line(row)}`, beside(row, argsOf(asked))]);
  }

  function titleLine(asked: Asked<Name>, found: Got): Md {
    const title = md`**${options.title(asked, found)}**`;
    const { rows, total } = found;
    if (options.byKey) return title;
    if (total <= rows.length) return md`${title} · ${total}`;
    const from = asked.page * options.size + 1;
    return md`${title} · ${say('list.span', { from, to: from + rows.length - 1, total })}`;
  }

  function legendOf(rows: readonly Row[]): Md | undefined {
    const parts = options.legend?.(rows) ?? [];
    return parts.length === 0 ? undefined : md`-# ${join(parts, ' · ')}`;
  }

  const severalFor = ({ actor }: Who) => (actor.capabilities.has('moderator') ? options.several : undefined);

  function openSelect(who: Who, rows: readonly Row[]): Block | undefined {
    const choices = rows.map((row) => options.option?.(row)).filter(isThere);
    const unique = [...new Map(choices.map((choice) => [choice.value, choice])).values()];
    const several = severalFor(who);
    const placeholder = several?.label ?? options.openLabel;
    if (unique.length === 0 || placeholder === undefined) return undefined;
    const max = several ? unique.length : 1;
    return { kind: 'select', op: opOf('open'), placeholder, options: unique, max };
  }

  function filterSelect(asked: Asked<Name>, { filter, choices }: Offer<Name>): Block {
    const current = asked.by[filter];
    const args = [String(filters.findIndex(({ name }) => name === filter)), ...stateOf(asked)];
    const marked = choices.map((choice) => ({
      ...choice,
      value: optionOf(choice.value),
      chosen: choice.value === current,
    }));
    return { kind: 'select', op: opOf('filter'), args, placeholder: say('list.filter'), options: marked };
  }

  /** To the pages before and behind this one, and to any other. */
  function turnsOf(asked: Asked<Name>, { rows, turns }: Got, last: number): readonly Button[] {
    const { page } = asked;
    const [before, behind, where] = options.byKey
      ? [turns?.before, turns?.behind, options.byKey.where(rows)]
      : [page > 0 ? page - 1 : undefined, page < last ? page + 1 : undefined, `${page + 1}/${last + 1}`];
    if (before === undefined && behind === undefined) return [];
    const turn = (label: string, to = page): Button => ({
      label,
      op: opOf('page'),
      args: argsOf({ ...asked, page: to }),
      disabled: to === page,
    });
    const jump: Button = { label: where, op: opOf('jump'), args: argsOf(asked) };
    return [turn('◀', before), jump, turn('▶', behind)];
  }

  function controls(
    asked: Asked<Name>,
    turns: readonly Button[],
    more: readonly Button[],
  ): Block | undefined {
    const args = argsOf(asked);
    if (options.byKey) return turns.length + more.length > 0 ? buttons(...turns, ...more) : undefined;
    const all = {
      label: say('list.showAll'),
      op: opOf('page'),
      args: argsOf({ ...asked, page: 0, search: '' }),
    };
    return buttons(
      ...turns,
      asked.search === '' ? { label: '🔎', op: opOf('search'), args } : all,
      options.file && { label: 'CSV', op: opOf('csv'), args },
      ...more,
    );
  }

  async function file(who: Who, asked: Asked<Name>, app: Uses): Promise<View> {
    if (!options.file) return noLongerListed();
    const rows: Row[] = [];
    for (let start = 0; start < FILE_ROWS; start += FILE_STEP) {
      const found = await options.find(who, asked, app, { start, limit: FILE_STEP });
      if (!found) return noLongerListed();
      rows.push(...found.rows);
      if (rows.length >= found.total || found.rows.length === 0) break;
    }
    const { name, head, cells } = options.file;
    const content = csvOf(
      head,
      rows.map((row) => cells(row).map((cell) => plainOf(cell, 'en'))),
    );
    return { ...card('neutral', say('list.file', { count: rows.length })), files: [{ name, content }] };
  }

  const handlers: Readonly<Record<Op, Component<Uses>>> = {
    page: { run: (input, app) => show(input, readArgs(input.args), app) },
    filter: {
      run({ args: [which = '', ...state], values: [value = ''], ...who }, app) {
        const asked = readArgs(['0', ...state]);
        const name = filters[Number(which)]?.name;
        const by = name === undefined ? asked.by : { ...asked.by, [name]: readValue(value) };
        return show(who, { ...asked, by }, app);
      },
    },
    jump: { answers: 'modal', run: async ({ args }) => jumpForm(opOf('jumped'), args, options.byKey?.jump) },
    jumped: {
      run({ args, fields, ...who }, app) {
        const typed = Number(/\d{1,9}/.exec(fields.page ?? '')?.[0] ?? 1);
        const page = options.byKey ? typed : Math.max(0, Math.min(typed, MOST_PAGES) - 1);
        return show(who, { ...readArgs(args), page }, app);
      },
    },
    search: { answers: 'modal', run: async ({ args }) => searchForm(opOf('found'), args) },
    found: {
      run({ args, fields, ...who }, app) {
        return show(who, { ...readArgs(args), page: 0, search: searchOf(fields.words ?? '') }, app);
      },
    },
    open: {
      answers: 'message',
      run(input, app) {
        const { values } = input;
        const several = values.length > 1 ? severalFor(input) : undefined;
        const open = several?.choose ?? options.open;
        return open ? open(input, values, app) : Promise.resolve(noLongerListed());
      },
    },
    csv: { answers: 'message', run: (input, app) => file(input, readArgs(input.args), app) },
  };

  const components = Object.fromEntries(
    Object.entries(handlers)
      .filter(([op]) => !options.byKey || !OF_ALL_ROWS.has(op))
      .map(([op, handler]) => [prefix + op, handler]),
  ) as Readonly<Record<`${Prefix}${Op}`, Component<Uses>>>;

  return {
    components,
    /** The first page of what fits these filters. */
    show: (who: Who, by: Readonly<Record<Name, string>>, app: Uses): Promise<View> =>
      show(who, { page: 0, search: '', by }, app),
    /**
     * For a button of a message that stands in a channel: its arguments are the filters in their order, in words as
     * they are typed.
     */
    beside: {
      answers: 'message',
      run({ args, ...who }, app) {
        const by = Object.fromEntries(filters.map(({ name }, index) => [name, args[index] ?? '']));
        return show(who, { page: 0, search: '', by: by as Readonly<Record<Name, string>> }, app);
      },
    } satisfies Component<Uses>,
    argsOf,
    readArgs,
  };
}

/** What needs all rows, and none of a list by keys has. */
const OF_ALL_ROWS: ReadonlySet<string> = new Set(['search', 'found', 'csv'] satisfies readonly Op[]);

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

/** Values of selects are never empty. */
const NO_FILTER = '-';
const optionOf = (value: string): string => (value === '' ? NO_FILTER : value);
const readValue = (value: string): string => (value === NO_FILTER ? '' : value);

/** What was listed a while ago may be gone. */
export const noLongerListed = (): View => problem(say('list.gone'));
