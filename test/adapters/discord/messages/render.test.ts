import { ComponentType } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import {
  cutAtLine,
  fitTexts,
  LIMITS,
  sizeOf,
} from '../../../../src/adapters/discord/messages/message-limits.ts';
import { type Place, renderView } from '../../../../src/adapters/discord/messages/render.ts';
import { renderModal } from '../../../../src/adapters/discord/messages/render-modal.ts';
import {
  type Block,
  buttons,
  card,
  type Modal,
  md,
  raw,
  separator,
  type View,
} from '../../../../src/adapters/discord/views/view.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';

const place: Place = {
  ids: createCustomIds(new Uint8Array(32).fill(1)),
  applicationId: '555555555555555555',
  language: 'en',
  guildId: toGuildId('111111111111111111'),
  inDm: false,
  userId: '333333333333333333',
  command: 'grant list',
  now: new Date('2026-11-20T12:00:00Z'),
};

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Every component, including nested ones. */
function all(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(all);
  if (!isJson(node)) return [];
  return [...('type' in node ? [node] : []), ...all(node.components)];
}

const components = (view: View) => all(renderView(view, place).body.components);
const texts = (view: View) =>
  components(view).flatMap(({ content }) => (typeof content === 'string' ? [content] : []));

describe('a view', () => {
  it('becomes one container in the colour of its tone', () => {
    const view = card(
      'bad',
      md`**${'Tower *1*'}**`,
      separator,
      buttons({ label: 'Retry', op: 'retry', style: 'primary' }),
    );
    const [container, text, line, row, button] = components(view);
    expect(container).toMatchObject({ type: ComponentType.Container, accent_color: 0xd83c3e });
    expect(text).toMatchObject({ type: ComponentType.TextDisplay, content: '**Tower \\*1\\***' });
    expect(line).toMatchObject({ type: ComponentType.Separator });
    expect(row).toMatchObject({ type: ComponentType.ActionRow });
    expect(button).toMatchObject({
      label: 'Retry',
      custom_id: expect.stringMatching(/^1~grant\.list~retry~/),
    });
  });

  it('puts more than five buttons into several rows, each id once', () => {
    const same = Array.from({ length: 7 }, () => ({ label: 'Same', op: 'same' }));
    const ids = components(card('neutral', buttons(...same))).flatMap((one) => one.custom_id ?? []);
    expect(new Set(ids).size).toBe(7);
  });

  it('cuts labels that came from names', () => {
    const view = card('neutral', buttons({ label: `Open ${'Movies '.repeat(20)}`, op: 'open' }), {
      kind: 'select',
      op: 'choose',
      placeholder: 'x'.repeat(200),
      options: [{ label: 'Ünïcödé\n'.repeat(30), value: 'a', description: 'y'.repeat(200) }],
    });
    const button = components(view).find((one) => one.label);
    expect(String(button?.label).length).toBeLessThanOrEqual(34);
  });

  it('cuts a long list at a line and says how many are missing', () => {
    const list = Array.from({ length: 400 }, (_, at) => `- member ${at} with access to everything`).join(
      '\n',
    );
    const [head, body] = texts(card('neutral', md`**Members**`, raw(list)));
    expect(head).toBe('**Members**');
    const shown = (body ?? '').split('\n').length - 1;
    expect(body).toMatch(new RegExp(`\n… and ${400 - shown} more lines$`));
  });

  it('joins texts when there are too many of them', () => {
    const blocks = Array.from({ length: 60 }, (_, at) => md`Line ${at}`);
    expect(components(card('neutral', ...blocks)).length).toBeLessThanOrEqual(40);
  });

  it('a file may be as large as Discord says, and 10 MiB where it does not', () => {
    const view = {
      ...card('good', md`Here`),
      files: [{ name: 'a.gz', content: new Uint8Array(12_000_000) }],
    };
    expect(() => renderView(view, place)).toThrow('a file of 12000000 bytes');
    expect(renderView(view, { ...place, fileBytes: 25_000_000 }).files).toHaveLength(1);
    expect(() => renderView(view, { ...place, fileBytes: 1_000 })).toThrow(RangeError);
  });

  it('brings its files along', () => {
    const { body, files } = renderView(
      { ...card('good', md`Here`), files: [{ name: 'audit log.csv', content: 'a,b' }] },
      place,
    );
    expect(files).toEqual([{ name: 'audit_log.csv', data: Buffer.from('a,b') }]);
    expect(body.attachments).toEqual([{ id: '0', filename: 'audit_log.csv' }]);
    expect(all(body.components).at(-1)).toMatchObject({ file: { url: 'attachment://audit_log.csv' } });
  });

  it('pings nobody', () => {
    expect(renderView(card('good', md`x`), place).body.allowed_mentions).toEqual({ parse: [] });
  });

  const option = (value: string) => ({ label: value, value });
  const select = (...values: string[]): Block => ({
    kind: 'select',
    op: 'x',
    placeholder: 'x',
    options: values.map(option),
  });
  it.each<[string, View]>([
    ['nothing in it', card('good')],
    ['a select without options', card('good', select())],
    ['a select with 26 options', card('good', select(...Array.from({ length: 26 }, (_, at) => String(at))))],
    ['the same value twice', card('good', select('a', 'a'))],
    [
      '41 buttons',
      card('good', buttons(...Array.from({ length: 41 }, (_, at) => ({ label: 'x', op: String(at) })))),
    ],
    ['a link that is none', card('good', buttons({ label: 'x', url: 'not a link' }))],
    ['arguments that do not fit', card('good', buttons({ label: 'x', op: 'x', args: ['y'.repeat(90)] }))],
  ])('with %s is a bug', (_what, view) => {
    expect(() => renderView(view, place)).toThrow(RangeError);
  });

  it('fits into a message, whatever the texts', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '漢', '👍🏽', '\n', ' ', '`', '<t:1:R>'),
      maxLength: 6_000,
    });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), (list) => {
        const shown = texts(card('neutral', md`x`, ...list.map(raw)));
        const size = sizeOf(shown);
        expect(size.characters).toBeLessThanOrEqual(LIMITS.characters);
        expect(size.bytes).toBeLessThanOrEqual(LIMITS.bytes);
        for (const one of shown) expect(one.isWellFormed()).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('cutting', () => {
  it('keeps a count that is true when cut twice', () => {
    const once = cutAtLine(Array.from({ length: 100 }, (_, at) => `line ${at}`).join('\n'), 500);
    const twice = cutAtLine(once, 200);
    const shown = twice.split('\n').length - 1;
    expect(twice).toContain(`… and ${100 - shown} more lines`);
  });

  it('closes a code block', () => {
    const cut = cutAtLine(`\`\`\`\n${'x\n'.repeat(100)}\`\`\``, 60);
    expect(cut.split('```').length - 1).toBe(2);
  });

  it('leaves no half of a mention behind', () => {
    expect(cutAtLine(`${'x'.repeat(20)} <t:1234567890:R>`, 30)).toBe(`${'x'.repeat(20)} …`);
  });

  it('shortens the longest and keeps the short ones', () => {
    const fitted = fitTexts(['head', 'x\n'.repeat(5_000), 'foot']);
    expect(fitted[0]).toBe('head');
    expect(fitted[2]).toBe('foot');
  });
});

describe('a modal', () => {
  const modal: Modal = {
    kind: 'modal',
    title: 'Add a server '.repeat(5),
    op: 'add',
    fields: [
      { id: 'name', label: 'Name', required: true, placeholder: 'Tower', maxLength: 80 },
      { id: 'url', label: 'URL', description: 'As the bot reaches it', value: 'http://tower:32400' },
    ],
  };

  it('has a label around each field', () => {
    expect(renderModal(modal, place)).toMatchObject({
      title: expect.stringMatching(/^.{1,45}$/u),
      custom_id: expect.stringMatching(/^1~grant\.list~add~/),
      components: [
        {
          type: ComponentType.Label,
          label: 'Name',
          component: { custom_id: 'name', required: true, max_length: 80 },
        },
        {
          type: ComponentType.Label,
          label: 'URL',
          component: { custom_id: 'url', required: false, value: 'http://tower:32400' },
        },
      ],
    });
  });

  it('with six fields is a bug', () => {
    const fields = Array.from({ length: 6 }, (_, at) => ({ id: `f${at}`, label: 'x' }));
    expect(() => renderModal({ ...modal, fields }, place)).toThrow(RangeError);
  });
});
