/** The explicit list of what people can type, by path; a test compares it with the folder. */
import { asksOnce } from '../src/adapters/discord/kit/asks-once.ts';
import type { Command } from '../src/adapters/discord/kit/command.ts';
import type { App } from '../src/app/app.ts';
import adminBackup from './admin/backup.ts';
import adminInfo from './admin/info.ts';
import adminRestart from './admin/restart.ts';
import apiTokenCreate from './api/token/create.ts';
import apiTokenList from './api/token/list.ts';
import apiTokenRevoke from './api/token/revoke.ts';
import auditExport from './audit/export.ts';
import auditList from './audit/list.ts';
import auditVerify from './audit/verify.ts';
import grantAdd from './grant/add.ts';
import grantBulk from './grant/bulk.ts';
import grantExtend from './grant/extend.ts';
import grantList from './grant/list.ts';
import grantPause from './grant/pause.ts';
import grantResume from './grant/resume.ts';
import grantRevoke from './grant/revoke.ts';
import grantSet from './grant/set.ts';
import grantShow from './grant/show.ts';
import { helpOn } from './help.ts';
import importFile from './import.ts';
import inviteCreate from './invite/create.ts';
import inviteList from './invite/list.ts';
import inviteRevoke from './invite/revoke.ts';
import jobsList from './jobs/list.ts';
import jobsRun from './jobs/run.ts';
import libraryCompare from './library/compare.ts';
import libraryList from './library/list.ts';
import libraryShow from './library/show.ts';
import librarySync from './library/sync.ts';
import logsExport from './logs/export.ts';
import logsView from './logs/view.ts';
import memberForget from './member/forget.ts';
import memberImport from './member/import.ts';
import memberLibraries from './member/libraries.ts';
import memberLink from './member/link.ts';
import memberList from './member/list.ts';
import memberNote from './member/note.ts';
import memberShow from './member/show.ts';
import memberUnlink from './member/unlink.ts';
import memberWhy from './member/why.ts';
import myAccess from './my/access.ts';
import myAccounts from './my/accounts.ts';
import myData from './my/data.ts';
import myRenew from './my/renew.ts';
import myRequest from './my/request.ts';
import panelPost from './panel/post.ts';
import panelRemove from './panel/remove.ts';
import planCreate from './plan/create.ts';
import planDelete from './plan/delete.ts';
import planEdit from './plan/edit.ts';
import planList from './plan/list.ts';
import planShow from './plan/show.ts';
import redeem from './redeem.ts';
import serverAdd from './server/add.ts';
import serverCheck from './server/check.ts';
import serverDrill from './server/drill.ts';
import serverEdit from './server/edit.ts';
import serverList from './server/list.ts';
import serverMembers from './server/members.ts';
import serverPolicy from './server/policy.ts';
import serverRemove from './server/remove.ts';
import serverShow from './server/show.ts';
import settingsAccounts from './settings/accounts.ts';
import settingsChannel from './settings/channel.ts';
import settingsDigest from './settings/digest.ts';
import settingsLanguage from './settings/language.ts';
import settingsLeave from './settings/leave.ts';
import settingsNotices from './settings/notices.ts';
import settingsReminders from './settings/reminders.ts';
import settingsRequests from './settings/requests.ts';
import settingsRetention from './settings/retention.ts';
import settingsRole from './settings/role.ts';
import settingsRolePlan from './settings/role-plan.ts';
import settingsSchedule from './settings/schedule.ts';
import settingsShow from './settings/show.ts';
import settingsTimezone from './settings/timezone.ts';
import setup from './setup.ts';
import webhookAdd from './webhook/add.ts';
import webhookList from './webhook/list.ts';
import webhookRemove from './webhook/remove.ts';
import webhookTest from './webhook/test.ts';

const declared: Readonly<Record<string, Command<App>>> = {
  'admin backup': adminBackup,
  'admin info': adminInfo,
  'admin restart': adminRestart,
  'api token create': apiTokenCreate,
  'api token list': apiTokenList,
  'api token revoke': apiTokenRevoke,
  'audit list': auditList,
  'audit export': auditExport,
  'audit verify': auditVerify,
  'grant add': grantAdd,
  'grant bulk': grantBulk,
  'grant extend': grantExtend,
  'grant list': grantList,
  'grant pause': grantPause,
  'grant resume': grantResume,
  'grant revoke': grantRevoke,
  'grant set': grantSet,
  'grant show': grantShow,
  help: helpOn(() => commands),
  import: importFile,
  'invite create': inviteCreate,
  'invite list': inviteList,
  'invite revoke': inviteRevoke,
  'jobs list': jobsList,
  'jobs run': jobsRun,
  'library compare': libraryCompare,
  'library list': libraryList,
  'library show': libraryShow,
  'library sync': librarySync,
  'logs export': logsExport,
  'logs view': logsView,
  'member import': memberImport,
  'member forget': memberForget,
  'member libraries': memberLibraries,
  'member link': memberLink,
  'member note': memberNote,
  'member show': memberShow,
  'member unlink': memberUnlink,
  'member list': memberList,
  'member why': memberWhy,
  'my access': myAccess,
  'my accounts': myAccounts,
  'my renew': myRenew,
  'my request': myRequest,
  'my data': myData,
  'panel post': panelPost,
  'panel remove': panelRemove,
  'plan create': planCreate,
  'plan delete': planDelete,
  'plan edit': planEdit,
  'plan list': planList,
  'plan show': planShow,
  redeem,
  'server add': serverAdd,
  'server check': serverCheck,
  'server drill': serverDrill,
  'server edit': serverEdit,
  'server list': serverList,
  'server members': serverMembers,
  'server policy': serverPolicy,
  'server remove': serverRemove,
  'server show': serverShow,
  'settings accounts': settingsAccounts,
  'settings channel': settingsChannel,
  'settings digest': settingsDigest,
  'settings language': settingsLanguage,
  'settings leave': settingsLeave,
  'settings notices': settingsNotices,
  'settings reminders': settingsReminders,
  'settings requests': settingsRequests,
  'settings retention': settingsRetention,
  'settings role': settingsRole,
  'settings role-plan': settingsRolePlan,
  'settings schedule': settingsSchedule,
  'settings show': settingsShow,
  'settings timezone': settingsTimezone,
  setup,
  'webhook add': webhookAdd,
  'webhook list': webhookList,
  'webhook remove': webhookRemove,
  'webhook test': webhookTest,
};

/** As they are typed: what one of them cannot read for sure is asked about. */
export const commands: Readonly<Record<string, Command<App>>> = Object.fromEntries(
  Object.entries(declared).map(([path, command]) => [path, asksOnce(path, command)]),
);
