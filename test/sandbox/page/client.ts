/** The page in the browser. What is shown is drawn by the server; here is only what hands do. */

type Suggestion = { label: string; note: string; line: string };
type Done = { form?: { id: string; html: string }; refused?: string };

const EVERY_MS = 400;
const find = <T extends Element>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
};
const bar = find<HTMLInputElement>('#bar');
const offers = find<HTMLElement>('#offers');
const dialog = find<HTMLDialogElement>('#dialog');
const notice = find<HTMLElement>('#notice');

const here = { who: 'olga', where: 'general' };
let chosen = 0;
let offered: Suggestion[] = [];
const query = (): string => new URLSearchParams(here).toString();

async function refresh(): Promise<void> {
  const answer = await fetch(`/parts?${query()}`);
  const parts: Record<string, string> = await answer.json();
  for (const [id, html] of Object.entries(parts)) {
    const part = find<HTMLElement>(`#${id}`);
    // What is open, such as a select, stays open while nothing changes.
    if (part.dataset.drawn === html) continue;
    const isAtEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 40;
    part.dataset.drawn = html;
    part.innerHTML = html;
    if (id === 'messages' && isAtEnd) part.scrollTop = part.scrollHeight;
  }
}

async function act(deed: object): Promise<void> {
  document.body.dataset.busy = 'yes';
  const answer = await fetch(`/deeds?${query()}`, { method: 'POST', body: JSON.stringify(deed) });
  const { form, refused }: Done = await answer.json();
  notice.textContent = refused ?? '';
  if (form) openForm(form);
  await refresh();
  delete document.body.dataset.busy;
}

function openForm({ id, html }: { id: string; html: string }): void {
  dialog.innerHTML = html;
  const form = dialog.querySelector('form');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const fields: Record<string, string | string[]> = {};
    for (const [name, value] of new FormData(form)) fields[name] = String(value);
    for (const box of form.querySelectorAll<HTMLInputElement>('input[type=checkbox]'))
      fields[box.name] = [
        ...form.querySelectorAll<HTMLInputElement>(`input[name="${box.name}"]:checked`),
      ].map(({ value }) => value);
    dialog.close();
    void act({ kind: 'submit', form: id, fields });
  });
  dialog.querySelector('[data-cancel]')?.addEventListener('click', () => dialog.close());
  dialog.showModal();
}

async function offer(): Promise<void> {
  const line = bar.value;
  const answer = await fetch(`/suggestions?${query()}&line=${encodeURIComponent(line)}`);
  const list: Suggestion[] = await answer.json();
  // Somebody types faster than that.
  if (bar.value !== line) return;
  offered = list;
  chosen = 0;
  showOffers();
}

function showOffers(): void {
  offers.replaceChildren(
    ...offered.map(({ label, note }, index) => {
      const row = document.createElement('button');
      row.className = index === chosen ? 'offer here' : 'offer';
      row.dataset.offer = String(index);
      const [name, small] = [document.createElement('b'), document.createElement('small')];
      name.textContent = label;
      small.textContent = note;
      row.append(name, small);
      return row;
    }),
  );
}

function take(index: number): void {
  const one = offered[index];
  if (!one) return;
  bar.value = one.line;
  bar.focus();
  void offer();
}

function send(): void {
  const line = bar.value;
  bar.value = '';
  offered = [];
  showOffers();
  if (line.trim() !== '') void act({ kind: 'type', line });
}

bar.addEventListener('input', () => void offer());
bar.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') send();
  else if (event.key === 'Tab' && offered.length > 0) {
    event.preventDefault();
    take(chosen);
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    chosen = (chosen + (event.key === 'ArrowDown' ? 1 : -1) + offered.length) % Math.max(offered.length, 1);
    showOffers();
  } else if (event.key === 'Escape') {
    offered = [];
    showOffers();
  }
});

document.addEventListener('click', (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const message = target.closest<HTMLElement>('[data-message]')?.dataset.message ?? '';
  const of = (name: string) => target.closest<HTMLElement>(`[data-${name}]`)?.getAttribute(`data-${name}`);
  const [press, be, go, offerAt, approve] = ['press', 'be', 'go', 'offer', 'approve'].map(of);
  if (press) void act({ kind: 'press', message, control: press });
  if (be) move({ who: be });
  if (go) move({ where: go });
  if (offerAt) take(Number(offerAt));
  if (approve) void act({ kind: 'approve', what: approve, code: of('code'), who: of('who') });
  // A link would leave the sandbox; who signs in is asked beside it.
  if (target.closest('.messages a')) event.preventDefault();
});

document.addEventListener('change', (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement)) return;
  if (box.dataset.trouble) void act({ kind: 'trouble', name: box.dataset.trouble });
});

// A select is sent when it closes, as in Discord; one that takes a single thing closes when it is chosen.
document.addEventListener(
  'toggle',
  (event) => {
    const select = event.target;
    if (!(select instanceof HTMLDetailsElement) || select.open || !select.dataset.select) return;
    const values = [...select.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
    const message = select.closest<HTMLElement>('[data-message]')?.dataset.message ?? '';
    if (values.length >= Number(select.dataset.min))
      void act({ kind: 'choose', message, control: select.dataset.select, values });
  },
  true,
);
document.addEventListener('input', (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement)) return;
  const select = box.closest<HTMLDetailsElement>('details[data-select]');
  if (select?.dataset.max !== '1') return;
  for (const other of select.querySelectorAll<HTMLInputElement>('input:checked'))
    if (other !== box) other.checked = false;
  select.open = false;
});

function move(to: Partial<typeof here>): void {
  Object.assign(here, to);
  notice.textContent = '';
  void refresh();
}

find<HTMLFormElement>('#line').addEventListener('submit', (event) => event.preventDefault());
await refresh();
setInterval(() => void refresh(), EVERY_MS);
