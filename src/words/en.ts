/** The English sentences, by the command or the part that says them. */
import admin from './en/admin.json' with { type: 'json' };
import alert from './en/alert.json' with { type: 'json' };
import answers from './en/answers.json' with { type: 'json' };
import api from './en/api.json' with { type: 'json' };
import audit from './en/audit.json' with { type: 'json' };
import commands from './en/commands.json' with { type: 'json' };
import digest from './en/digest.json' with { type: 'json' };
import dispatcher from './en/dispatcher.json' with { type: 'json' };
import grant from './en/grant.json' with { type: 'json' };
import help from './en/help.json' with { type: 'json' };
import imports from './en/imports.json' with { type: 'json' };
import invite from './en/invite.json' with { type: 'json' };
import jobs from './en/jobs.json' with { type: 'json' };
import library from './en/library.json' with { type: 'json' };
import list from './en/list.json' with { type: 'json' };
import logs from './en/logs.json' with { type: 'json' };
import member from './en/member.json' with { type: 'json' };
import my from './en/my.json' with { type: 'json' };
import notice from './en/notice.json' with { type: 'json' };
import panel from './en/panel.json' with { type: 'json' };
import plan from './en/plan.json' with { type: 'json' };
import record from './en/record.json' with { type: 'json' };
import redeem from './en/redeem.json' with { type: 'json' };
import request from './en/request.json' with { type: 'json' };
import server from './en/server.json' with { type: 'json' };
import settings from './en/settings.json' with { type: 'json' };
import setup from './en/setup.json' with { type: 'json' };
import shared from './en/shared.json' with { type: 'json' };
import trouble from './en/trouble.json' with { type: 'json' };
import typing from './en/typing.json' with { type: 'json' };
import webhook from './en/webhook.json' with { type: 'json' };

export const english = {
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

export type EnglishCatalogue = typeof english;
