/** The process, for whoever runs Usher. */
import type { Operating } from '../../../app/guild/operating.ts';
import type { BackupOutcome } from '../../../app/ports/backups.ts';
import { megabytes } from './lengths.ts';
import { buttons, card, code, md, moment, problem, relative, say, type View } from './view.ts';

export function infoView(info: Awaited<ReturnType<Operating['info']>>): View {
  const { version, startedAt, backup, accountsDue, accountsOverdue } = info;
  const isWell = info.isConnected && accountsOverdue === 0;
  const overdue =
    accountsOverdue > 0
      ? md` · ${say('admin.overdue', { overdue: accountsOverdue, command: code('/jobs list') })}`
      : md``;
  const { isConnected, guilds, shards, database } = info;
  return card(
    isWell ? 'good' : 'warning',
    md`**${say('admin.title', { version })}**\n${say('admin.upSince', { at: moment(startedAt) })}`,
    md`${[
      say('admin.discord', { isConnected: String(isConnected), guilds, shards }),
      say('admin.memory', { database, megabytes: megabytes(info.bytes) }),
      md`${say('admin.due', { due: accountsDue })}${overdue}`,
      say('admin.owed', { owed: info.deliveriesOwed }),
      say('admin.work', { work: info.serverWork }),
    ]}`,
    backup
      ? say('admin.backup', { at: relative(backup.madeAt), megabytes: megabytes(backup.bytes) })
      : database === 'SQLite'
        ? say('admin.noBackup', { command: code('/admin backup') })
        : undefined,
  );
}

export const backingUp = (): View => card('neutral', say('admin.backingUp'));

export function backupView(outcome: BackupOutcome): View {
  if (outcome.kind === 'failed')
    return problem(say('admin.failed'), md`${outcome.why}`, say('admin.failedNext'));
  if (outcome.kind === 'not ours') return card('neutral', md`**${say('admin.notOurs')}**\n${outcome.how}`);
  const { path, bytes } = outcome.backup;
  return card(
    'good',
    md`**${say('admin.made', { megabytes: megabytes(bytes) })}**`,
    say('admin.madeWhere', { path: code(path) }),
  );
}

export const restartAsked = (): View =>
  card(
    'warning',
    md`**${say('admin.restartAsk')}**\n${say('admin.restartNote')}`,
    buttons({ label: say('admin.restart'), style: 'danger', command: 'admin restart', op: 'now' }),
  );

export const restarting = (): View => card('neutral', say('admin.restarting'));
