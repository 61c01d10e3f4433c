/** The German sentences, by the command or the part that says them. */
import admin from './de/admin.json' with { type: 'json' };
import alert from './de/alert.json' with { type: 'json' };
import answers from './de/answers.json' with { type: 'json' };
import api from './de/api.json' with { type: 'json' };
import audit from './de/audit.json' with { type: 'json' };
import commands from './de/commands.json' with { type: 'json' };
import digest from './de/digest.json' with { type: 'json' };
import dispatcher from './de/dispatcher.json' with { type: 'json' };
import grant from './de/grant.json' with { type: 'json' };
import help from './de/help.json' with { type: 'json' };
import imports from './de/imports.json' with { type: 'json' };
import invite from './de/invite.json' with { type: 'json' };
import jobs from './de/jobs.json' with { type: 'json' };
import library from './de/library.json' with { type: 'json' };
import list from './de/list.json' with { type: 'json' };
import logs from './de/logs.json' with { type: 'json' };
import member from './de/member.json' with { type: 'json' };
import my from './de/my.json' with { type: 'json' };
import notice from './de/notice.json' with { type: 'json' };
import panel from './de/panel.json' with { type: 'json' };
import plan from './de/plan.json' with { type: 'json' };
import record from './de/record.json' with { type: 'json' };
import redeem from './de/redeem.json' with { type: 'json' };
import request from './de/request.json' with { type: 'json' };
import server from './de/server.json' with { type: 'json' };
import settings from './de/settings.json' with { type: 'json' };
import setup from './de/setup.json' with { type: 'json' };
import shared from './de/shared.json' with { type: 'json' };
import trouble from './de/trouble.json' with { type: 'json' };
import typing from './de/typing.json' with { type: 'json' };
import webhook from './de/webhook.json' with { type: 'json' };

export const german = {
  admin,
  alert,
  answers,
  api,
  audit,
  commands,
  digest,
  dispatcher,
  grant,
  help,
  imports,
  invite,
  jobs,
  library,
  list,
  logs,
  member,
  my,
  notice,
  panel,
  plan,
  record,
  redeem,
  request,
  server,
  settings,
  setup,
  shared,
  trouble,
  typing,
  webhook,
};
