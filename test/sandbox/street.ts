/** The demo's world to walk around in: its people, its servers, and what can go wrong there. */
import type { User } from '../standins/discord/index.ts';
import type { LiftableFault } from '../standins/http.ts';
import type { JellyfinUser } from '../standins/jellyfin/jellyfin.ts';
import type { PlexAccount } from '../standins/plex/plex-tv.ts';
import { Stage } from '../support/stage.ts';

/** Who one can be. */
type Role = 'owner' | 'moderator' | 'auditor' | 'member';

export interface Somebody {
  readonly user: User;
  readonly role: Role;
}

/** What can be switched on. */
export const TROUBLES = {
  tower: 'Tower does not answer',
  den: 'Den does not answer',
  plexTv: 'plex.tv is slow',
  dms: 'Ada and Ben take no direct messages',
} as const;
export type TroubleName = keyof typeof TROUBLES;

const NEVER_ANSWERS = { path: /./, dropBefore: true, times: Number.POSITIVE_INFINITY };
const SLOW_SECONDS = 20;

export class Street {
  readonly stage: Stage;
  readonly people: readonly Somebody[];
  readonly #faults = new Map<TroubleName, LiftableFault>();
  readonly #troubles = new Set<TroubleName>();

  private constructor(stage: Stage, people: readonly Somebody[]) {
    this.stage = stage;
    this.people = people;
  }

  /** Starts everything, with the bot. The first answer takes a second or two. */
  static async open(): Promise<Street> {
    const stage = await Stage.set();
    const { discord, guild, olga, ada, ben } = stage;
    const people: Somebody[] = [{ user: olga, role: 'owner' }];
    for (const [name, role] of [
      ['moritz', 'moderator'],
      ['audrey', 'auditor'],
    ] as const) {
      const user = discord.addUser({ name });
      guild.addMember(user, { roles: [guild.addRole(`${role}s`, { permissions: ['ManageMessages'] })] });
      people.push({ user, role });
    }
    for (const user of [ada, ben]) people.push({ user, role: 'member' });
    stage.plexTv.addAccount({ username: 'ada_watches', email: 'ada@example.com' });
    stage.plexTv.addAccount({ username: 'ben_watches', email: 'ben@example.com' });
    // Globally: those of one guild are not offered in direct messages.
    await stage.start({ DISCORD_GUILD_ID: '' });
    const street = new Street(stage, people);
    await street.#appoint();
    return street;
  }

  /** The owner makes the roles of the others mean something. */
  async #appoint(): Promise<void> {
    const { stage } = this;
    for (const role of stage.guild.roles.values()) {
      const capability = /^(moderator|auditor)s$/.exec(role.name)?.[1];
      if (capability) await stage.asOlga('/settings role', { capability, role, action: 'allow' });
    }
  }

  somebody(name: string | null): Somebody {
    const found = this.people.find(({ user }) => user.username === name) ?? this.people[0];
    if (!found) throw new Error('nobody lives here');
    return found;
  }

  isOn(name: TroubleName): boolean {
    return this.#troubles.has(name);
  }

  turn(name: TroubleName): void {
    const on = !this.#troubles.has(name);
    if (on) this.#troubles.add(name);
    else this.#troubles.delete(name);
    const { tower, den, plexTv, ada, ben } = this.stage;
    if (name === 'plexTv') {
      plexTv.behaviour.createSeconds = on ? SLOW_SECONDS : 0;
      plexTv.behaviour.deleteSeconds = on ? SLOW_SECONDS : 0;
    } else if (name === 'dms') for (const user of [ada, ben]) user.dms = on ? 'closed' : 'open';
    else if (on) this.#faults.set(name, (name === 'tower' ? tower : den).http.fault(NEVER_ANSWERS));
    else this.#faults.get(name)?.lift();
  }

  /** Sign-ins that wait for somebody to approve them, with who could. */
  get signIns(): readonly {
    readonly kind: 'plex' | 'jellyfin';
    readonly code: string;
    readonly who: readonly string[];
  }[] {
    const { plexTv, den } = this.stage;
    const now = plexTv.state.now();
    const pins = [...plexTv.state.pins.values()].filter((pin) => !pin.approvedBy && pin.expiresAt > now);
    const codes = [...den.state.quickConnects.values()].filter(({ approved }) => approved === null);
    const accounts = [...plexTv.state.accounts.values()].map(({ username }) => username);
    const users = den.state.usersByName().map(({ name }) => name);
    return [
      ...pins.map(({ code }) => ({ kind: 'plex' as const, code, who: accounts })),
      ...codes.map(({ code }) => ({ kind: 'jellyfin' as const, code, who: users })),
    ];
  }

  approve(kind: 'plex' | 'jellyfin', code: string, who: string): void {
    const { plexTv, den } = this.stage;
    if (kind === 'jellyfin') {
      den.approveQuickConnect(code, den.user(who));
      return;
    }
    const account = [...plexTv.state.accounts.values()].find(({ username }) => username === who);
    if (!account) throw new Error(`plex.tv knows no ${who}`);
    plexTv.approvePin(code, account);
  }

  /** Who sees what on the media servers, as they themselves have it. */
  get shelves(): readonly {
    readonly server: string;
    readonly rows: readonly { readonly who: string; readonly sees: string }[];
  }[] {
    const { plexTv, tower, den, plexOwner } = this.stage;
    const guests = [...plexTv.state.accounts.values()].filter((account) => account !== plexOwner);
    const words = (sees: string | readonly string[]) => (typeof sees === 'string' ? sees : sees.join(', '));
    return [
      {
        server: `Tower (Plex) · ${tower.libraries.map(({ title }) => title).join(', ')}`,
        rows: guests.map((account: PlexAccount) => ({
          who: account.username,
          sees: words(plexTv.accessOf(account, tower)),
        })),
      },
      {
        server: `Den (Jellyfin) · ${den.state.libraries.map(({ name }) => name).join(', ')}`,
        rows: den.state.usersByName().map((user: JellyfinUser) => ({
          who: user.name,
          sees: words(den.accessOf(user)),
        })),
      },
    ];
  }
}
