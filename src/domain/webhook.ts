/** Webhooks: addresses that are told the events of the record, and which of them. Pure. */

import { type Sentence, say, type Text } from '../words/say.ts';
import { AUDIT_ACTIONS, AUDIT_NOUNS, type AuditAction, actionsOf } from './audit-events.ts';
import type { Offer } from './complete-list.ts';
import { isNearly } from './near.ts';

/** A webhook. Nothing in it is secret. */
export interface Webhook {
  readonly id: string;
  readonly name: string;
  /** Names of events, and kinds of them as `grant.*`; none is for all. */
  readonly events: readonly string[];
  /** Number of the last event of the record that was taken, or that is not for it. */
  readonly sentNumber: number;
  /** When the next is sent, if there is one; null: it was given up. */
  readonly dueAt: Date | null;
  /** Tries since the last that was taken. */
  readonly attempts: number;
  readonly failingSince: Date | null;
  readonly answeredAt: Date | null;
  readonly status: number | null;
  readonly trouble: Text | null;
  /** Until when the secret before signs as well. */
  readonly formerUntil: Date | null;
  readonly createdAt: Date;
}

/** How it is: it takes what it is sent, or did not the last time, or was given up. */
export const webhookState = ({
  dueAt,
  failingSince,
}: Pick<Webhook, 'dueAt' | 'failingSince'>): 'on' | 'failing' | 'off' => {
  if (dueAt === null) return 'off';
  return failingSince === null ? 'on' : 'failing';
};

export type ReadWebhookUrl =
  /** `name`: what people may be shown of it. */
  | { readonly kind: 'url'; readonly url: string; readonly name: string }
  | { readonly kind: 'problem'; readonly says: Sentence };

const LONGEST_URL = 2_000;
/** It has to fit into a choice, with the rest. */
const LONGEST_HOST = 60;
/** So much of the end of an address tells two of a host apart, and lets nobody in. */
const SHOWN = 4;
/** Beneath so many, the end of a path would be most of it. */
const LONG_PATH = 12;

/** An address as it is typed. Whether it may be asked is decided whenever something is sent there. */
export function readWebhookUrl(typed: string): ReadWebhookUrl {
  const problem = (says: Sentence) => ({ kind: 'problem', says }) as const;
  const text = typed.trim();
  const url = URL.parse(text);
  if (!url || /\s/.test(text) || !/^https?:\/\//i.test(text)) return problem(say('webhook.url.none'));
  if (text.length > LONGEST_URL) return problem(say('webhook.url.tooLong', { most: LONGEST_URL }));
  if (url.username !== '' || url.password !== '') return problem(say('webhook.url.credentials'));
  if (/(?:^|\.)discord(?:app)?\.com$/i.test(url.hostname)) return problem(say('webhook.url.discord'));
  url.hash = '';
  const end = `${url.pathname}${url.search}`;
  const host = url.host.length > LONGEST_HOST ? `…${url.host.slice(-LONGEST_HOST)}` : url.host;
  const name = end.length < LONG_PATH ? host : `${host}/…${end.slice(-SHOWN)}`;
  return { kind: 'url', url: url.href, name };
}

export type ReadWebhookEvents =
  | { readonly kind: 'events'; readonly events: readonly string[] }
  | { readonly kind: 'unknown'; readonly typed: string; readonly near: string | undefined };

const KINDS = AUDIT_NOUNS.map((noun) => `${noun}.*`);
const NAMES: readonly string[] = [...KINDS, ...AUDIT_ACTIONS];
const ALL = new Set(['*', 'all']);

/** Names of events, with commas: `grant.*, server.offline`. A kind may go without its star. */
export function readWebhookEvents(typed: string): ReadWebhookEvents {
  const words = partsOf(typed);
  const events = new Set<string>();
  for (const word of words) {
    if (ALL.has(word)) continue;
    const name = NAMES.find((one) => one === word || one === `${word}.*`);
    if (name === undefined) {
      const near =
        NAMES.find((one) => isNearly(one, word)) ?? KINDS.find((one) => isNearly(one, `${word}.*`));
      return { kind: 'unknown', typed: word, near };
    }
    events.add(name);
  }
  return { kind: 'events', events: words.some((word) => ALL.has(word)) ? [] : [...events] };
}

const COMMAS = /[,，﹐;]/u;
const partsOf = (typed: string): readonly string[] =>
  typed
    .toLowerCase()
    .split(COMMAS)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Discord's limit for a choice, and for how many there are. */
const LONGEST_CHOICE = 100;
const CHOICES = 25;

/** Completes the last name of a list, and keeps those before it. */
export function completeWebhookEvents(typed: string): readonly Offer[] {
  const parts = typed.toLowerCase().split(COMMAS);
  const last = parts.at(-1)?.trim() ?? '';
  const before = partsOf(parts.slice(0, -1).join(','));
  return NAMES.filter((name) => name.includes(last) && !before.includes(name))
    .map((name) => [...before, name].join(', '))
    .filter((value) => value.length <= LONGEST_CHOICE)
    .slice(0, CHOICES)
    .map((value) => ({ name: value, value }));
}

/** The events that it is for; none stands for all. */
export const actionsFor = (events: readonly string[]): readonly AuditAction[] =>
  events.flatMap((name) => actionsOf(name.replace(/\.\*$/, '')));
