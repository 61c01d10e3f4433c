/** The page and what it asks for, on loopback. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { drawModal } from '../drawing/modal.ts';
import { isSelect, walk } from '../standins/discord/components.ts';
import { ComponentType } from '../standins/discord/constants.ts';
import type { Selected } from '../standins/discord/finding.ts';
import type { Exchange, Person } from '../standins/discord/index.ts';
import type { FieldValue } from '../standins/discord/modal-form.ts';
import { type Answer, HttpStandIn } from '../standins/http.ts';
import { type Street, TROUBLES, type TroubleName } from './street.ts';
import { suggest } from './typing.ts';
import { namesOf, partsFor, personAt } from './view.ts';

/** What somebody did, as the page says it. */
export type Deed =
  | { readonly kind: 'type'; readonly line: string }
  | { readonly kind: 'press'; readonly message: string; readonly control: string }
  | {
      readonly kind: 'choose';
      readonly message: string;
      readonly control: string;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'submit';
      readonly form: string;
      readonly fields: Readonly<Record<string, string | readonly string[]>>;
    }
  | { readonly kind: 'trouble'; readonly name: string }
  | {
      readonly kind: 'approve';
      readonly what: 'plex' | 'jellyfin';
      readonly code: string;
      readonly who: string;
    };

/** `form`: what opened, to be filled in. `refused`: what Discord's client, or nobody who answered, says to it. */
export interface Done {
  readonly form?: { readonly id: string; readonly html: string };
  readonly refused?: string;
}

export class Site {
  readonly #street: Street;
  readonly #http = new HttpStandIn({ unknownRoute: () => ({ status: 404, body: 'not here' }) });
  /** Forms that are open, by the id that the page knows. */
  readonly #forms = new Map<string, Exchange>();

  constructor(street: Street) {
    this.#street = street;
    this.#http.route('GET', '/', async () => await this.#file('page/page.html', 'text/html'));
    this.#http.route('GET', '/client.js', async () => {
      const source = await readFile(join(import.meta.dirname, 'page/client.ts'), 'utf8');
      return text(stripTypeScriptTypes(source), 'text/javascript');
    });
    this.#http.route('GET', '/drawing.css', async () => await this.#file('../drawing/style.css', 'text/css'));
    this.#http.route('GET', '/sandbox.css', async () => await this.#file('page/sandbox.css', 'text/css'));
    this.#http.route('GET', '/parts', ({ request: { query } }) => {
      const me = street.somebody(query.get('who'));
      return { status: 200, body: partsFor(street, me, query.get('where') ?? '') };
    });
    this.#http.route('GET', '/suggestions', async ({ request: { query } }) => ({
      status: 200,
      body: await suggest(this.#person(query), query.get('line') ?? ''),
    }));
    this.#http.route('POST', '/deeds', async ({ request: { query }, json }) => ({
      status: 200,
      body: await this.#do(this.#person(query), json() as Deed),
    }));
  }

  /** Resolves to the address of the page. */
  async open(port = 0): Promise<string> {
    return await this.#http.listen(port);
  }

  async close(): Promise<void> {
    await this.#http.stop();
  }

  #person(query: URLSearchParams): Person {
    const street = this.#street;
    return personAt(street, street.somebody(query.get('who')), query.get('where') ?? '');
  }

  /** What Discord itself lists is chosen by its id; everything else is the value of an option. */
  readonly #listed = (value: string): Selected => {
    const { guild } = this.#street.stage;
    const { world } = guild;
    return world.users.get(value) ?? guild.roles.get(value) ?? guild.channels.get(value) ?? value;
  };

  async #submit(
    form: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<Exchange | undefined> {
    const exchange = this.#forms.get(form);
    if (exchange?.kind !== 'modal') return undefined;
    const picks = [...walk(exchange.modal.components)].filter(
      (one) => isSelect(one) && one.type !== ComponentType.StringSelect,
    );
    const filled: Record<string, FieldValue> = { ...fields };
    for (const { custom_id: name = '' } of picks) {
      const ids = [fields[name] ?? []].flat().filter((id) => id !== '');
      if (ids.length > 0) filled[name] = ids.map(this.#listed);
      else delete filled[name];
    }
    return await exchange.submit(filled);
  }

  async #file(name: string, type: string): Promise<Answer> {
    return text(await readFile(join(import.meta.dirname, name), 'utf8'), type);
  }

  async #do(person: Person, deed: Deed): Promise<Done> {
    try {
      const exchange = await this.#perform(person, deed);
      if (exchange?.kind !== 'modal') return {};
      const id = String(this.#forms.size + 1);
      this.#forms.set(id, exchange);
      return { form: { id, html: drawModal(exchange.modal, namesOf(this.#street)).html } };
    } catch (error) {
      return { refused: error instanceof Error ? error.message : String(error) };
    }
  }

  async #perform(person: Person, deed: Deed): Promise<Exchange | undefined> {
    const message = () => {
      const found = person.messages.find(({ id }) => 'message' in deed && id === deed.message);
      if (!found) throw new Error('That message is gone.');
      return found;
    };
    switch (deed.kind) {
      case 'type':
        if (deed.line.startsWith('/')) return await person.type(deed.line.trim());
        person.say(deed.line);
        return undefined;
      case 'press':
        return await person.click(message(), deed.control);
      case 'choose':
        return await person.select(message(), deed.values.map(this.#listed), deed.control);
      case 'submit':
        return await this.#submit(deed.form, deed.fields);
      case 'trouble':
        if (isTrouble(deed.name)) this.#street.turn(deed.name);
        return undefined;
      case 'approve':
        this.#street.approve(deed.what, deed.code, deed.who);
        return undefined;
    }
  }
}

const isTrouble = (name: string): name is TroubleName => Object.hasOwn(TROUBLES, name);

const text = (body: string, type: string): Answer => ({
  status: 200,
  headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' },
  body,
});
