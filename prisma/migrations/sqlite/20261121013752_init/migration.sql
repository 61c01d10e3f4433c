-- CreateTable
CREATE TABLE "Installation" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Guild" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "zone" TEXT NOT NULL DEFAULT 'UTC',
    "auditChannelId" TEXT,
    "requestsChannelId" TEXT,
    "alertsChannelId" TEXT,
    "syncEveryMinutes" INTEGER DEFAULT 60,
    "syncDailyAt" TEXT,
    "nextSyncAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reminders" TEXT NOT NULL DEFAULT '',
    "auditNumber" INTEGER NOT NULL DEFAULT 0,
    "auditHead" TEXT NOT NULL DEFAULT '',
    "grantNumber" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "RoleCapability" (
    "guildId" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "capability" TEXT NOT NULL,
    "effect" TEXT NOT NULL,

    PRIMARY KEY ("guildId", "roleId", "capability"),
    CONSTRAINT "RoleCapability_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "RolePlan" (
    "guildId" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "planId" TEXT NOT NULL,
    "grace" TEXT NOT NULL DEFAULT '',

    PRIMARY KEY ("guildId", "roleId", "planId"),
    CONSTRAINT "RolePlan_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "RolePlan_guildId_planId_fkey" FOREIGN KEY ("guildId", "planId") REFERENCES "Plan" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Server" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "localUrl" TEXT,
    "publicUrl" TEXT,
    "identity" TEXT NOT NULL,
    "ownerAccountId" TEXT,
    "tokenCipher" TEXT NOT NULL,
    "tokenLast4" TEXT NOT NULL,
    "version" TEXT,
    "status" TEXT NOT NULL DEFAULT 'online',
    "checkedAt" DATETIME,
    "offlineWhy" TEXT,
    "offlineSince" DATETIME,
    "failedChecks" INTEGER NOT NULL DEFAULT 0,
    "nextProbeAt" DATETIME,
    "lastSyncAt" DATETIME,
    "defaultLibraryId" TEXT,
    "expiryAction" TEXT NOT NULL DEFAULT 'withdraw',
    "driftPolicy" TEXT NOT NULL DEFAULT 'report',
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Server_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Library" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "externalId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "goneAt" DATETIME,
    "firstSeenAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Library_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Account" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "externalId" TEXT,
    "name" TEXT NOT NULL,
    "emailMasked" TEXT,
    "protected" BOOLEAN NOT NULL DEFAULT false,
    "memberId" TEXT,
    "linkedAt" DATETIME,
    "createdByUs" BOOLEAN NOT NULL DEFAULT false,
    "secretCipher" TEXT,
    "seenAccess" TEXT NOT NULL DEFAULT 'unknown',
    "pending" BOOLEAN NOT NULL DEFAULT false,
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "disabledByUs" BOOLEAN NOT NULL DEFAULT false,
    "seenAt" DATETIME,
    "dueAt" DATETIME,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "trouble" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Account_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AccountLibrary" (
    "guildId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,
    "seen" BOOLEAN NOT NULL DEFAULT false,
    "given" BOOLEAN NOT NULL DEFAULT false,

    PRIMARY KEY ("guildId", "accountId", "libraryId"),
    CONSTRAINT "AccountLibrary_guildId_accountId_fkey" FOREIGN KEY ("guildId", "accountId") REFERENCES "Account" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "AccountLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Member" (
    "guildId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "dmState" TEXT NOT NULL DEFAULT 'unknown',
    "locale" TEXT,
    "note" TEXT,
    "leftAt" DATETIME,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "userId"),
    CONSTRAINT "Member_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Plan" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "duration" TEXT NOT NULL DEFAULT '',
    "expiryAction" TEXT,
    "roleId" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Plan_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "PlanLibrary" (
    "guildId" TEXT NOT NULL,
    "planId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,

    PRIMARY KEY ("guildId", "planId", "libraryId"),
    CONSTRAINT "PlanLibrary_guildId_planId_fkey" FOREIGN KEY ("guildId", "planId") REFERENCES "Plan" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "PlanLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Grant" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "memberId" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "planId" TEXT,
    "inviteId" TEXT,
    "state" TEXT NOT NULL,
    "startsAt" DATETIME NOT NULL,
    "expiresAt" DATETIME,
    "nextAt" DATETIME,
    "remainingSeconds" INTEGER,
    "pausedAt" DATETIME,
    "endCause" TEXT,
    "endingAt" DATETIME,
    "endedAt" DATETIME,
    "overdueAlertedAt" DATETIME,
    "reason" TEXT,
    "createdById" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Grant_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Grant_guildId_memberId_fkey" FOREIGN KEY ("guildId", "memberId") REFERENCES "Member" ("guildId", "userId") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Grant_guildId_planId_fkey" FOREIGN KEY ("guildId", "planId") REFERENCES "Plan" ("guildId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION,
    CONSTRAINT "Grant_guildId_inviteId_fkey" FOREIGN KEY ("guildId", "inviteId") REFERENCES "Invite" ("guildId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION
);

-- CreateTable
CREATE TABLE "GrantLibrary" (
    "guildId" TEXT NOT NULL,
    "grantId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,

    PRIMARY KEY ("guildId", "grantId", "libraryId"),
    CONSTRAINT "GrantLibrary_guildId_grantId_fkey" FOREIGN KEY ("guildId", "grantId") REFERENCES "Grant" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "GrantLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Invite" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "codeHmac" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "memberId" TEXT,
    "planId" TEXT,
    "duration" TEXT NOT NULL DEFAULT '',
    "usesMax" INTEGER NOT NULL,
    "usesLeft" INTEGER NOT NULL,
    "validUntil" DATETIME NOT NULL,
    "roleId" TEXT,
    "note" TEXT,
    "createdById" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revokedAt" DATETIME,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Invite_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Invite_guildId_planId_fkey" FOREIGN KEY ("guildId", "planId") REFERENCES "Plan" ("guildId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION
);

-- CreateTable
CREATE TABLE "InviteLibrary" (
    "guildId" TEXT NOT NULL,
    "inviteId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,

    PRIMARY KEY ("guildId", "inviteId", "libraryId"),
    CONSTRAINT "InviteLibrary_guildId_inviteId_fkey" FOREIGN KEY ("guildId", "inviteId") REFERENCES "Invite" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "InviteLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Redemption" (
    "guildId" TEXT NOT NULL,
    "inviteId" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "grantId" TEXT NOT NULL,
    "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "inviteId", "memberId"),
    CONSTRAINT "Redemption_guildId_inviteId_fkey" FOREIGN KEY ("guildId", "inviteId") REFERENCES "Invite" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "SignIn" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "pinCipher" TEXT NOT NULL,
    "tokenCipher" TEXT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "expiresAt" DATETIME NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "SignIn_guildId_memberId_fkey" FOREIGN KEY ("guildId", "memberId") REFERENCES "Member" ("guildId", "userId") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Draft" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Draft_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "guildId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "action" TEXT NOT NULL,
    "actorId" TEXT,
    "targetId" TEXT,
    "facts" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "prevHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    PRIMARY KEY ("guildId", "number"),
    CONSTRAINT "AuditEvent_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Delivery" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "sink" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'owed',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" DATETIME NOT NULL,
    "messageId" TEXT,
    "trouble" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" DATETIME,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Delivery_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Reminder" (
    "guildId" TEXT NOT NULL,
    "grantId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "dueAt" DATETIME NOT NULL,
    "sentAt" DATETIME,

    PRIMARY KEY ("guildId", "grantId", "kind", "expiresAt"),
    CONSTRAINT "Reminder_guildId_grantId_fkey" FOREIGN KEY ("guildId", "grantId") REFERENCES "Grant" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "JobRun" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "job" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "finishedAt" DATETIME,
    "outcome" TEXT,
    "detail" TEXT,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "JobRun_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Guild_nextSyncAt_idx" ON "Guild"("nextSyncAt");

-- CreateIndex
CREATE INDEX "Server_nextProbeAt_guildId_idx" ON "Server"("nextProbeAt", "guildId");

-- CreateIndex
CREATE UNIQUE INDEX "Server_guildId_nameKey_key" ON "Server"("guildId", "nameKey");

-- CreateIndex
CREATE UNIQUE INDEX "Library_guildId_serverId_externalId_key" ON "Library"("guildId", "serverId", "externalId");

-- CreateIndex
CREATE INDEX "Account_guildId_memberId_idx" ON "Account"("guildId", "memberId");

-- CreateIndex
CREATE INDEX "Account_dueAt_guildId_idx" ON "Account"("dueAt", "guildId");

-- CreateIndex
CREATE INDEX "Account_guildId_dueAt_idx" ON "Account"("guildId", "dueAt");

-- CreateIndex
CREATE UNIQUE INDEX "Account_guildId_serverId_externalId_key" ON "Account"("guildId", "serverId", "externalId");

-- CreateIndex
CREATE INDEX "AccountLibrary_guildId_libraryId_idx" ON "AccountLibrary"("guildId", "libraryId");

-- CreateIndex
CREATE INDEX "Member_userId_idx" ON "Member"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Plan_guildId_nameKey_key" ON "Plan"("guildId", "nameKey");

-- CreateIndex
CREATE INDEX "Grant_nextAt_guildId_idx" ON "Grant"("nextAt", "guildId");

-- CreateIndex
CREATE INDEX "Grant_guildId_nextAt_idx" ON "Grant"("guildId", "nextAt");

-- CreateIndex
CREATE INDEX "Grant_guildId_memberId_state_idx" ON "Grant"("guildId", "memberId", "state");

-- CreateIndex
CREATE INDEX "Grant_guildId_state_idx" ON "Grant"("guildId", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Grant_guildId_number_key" ON "Grant"("guildId", "number");

-- CreateIndex
CREATE INDEX "GrantLibrary_guildId_libraryId_idx" ON "GrantLibrary"("guildId", "libraryId");

-- CreateIndex
CREATE INDEX "Invite_memberId_idx" ON "Invite"("memberId");

-- CreateIndex
CREATE UNIQUE INDEX "Invite_codeHmac_key" ON "Invite"("codeHmac");

-- CreateIndex
CREATE INDEX "SignIn_state_guildId_idx" ON "SignIn"("state", "guildId");

-- CreateIndex
CREATE INDEX "SignIn_guildId_memberId_state_idx" ON "SignIn"("guildId", "memberId", "state");

-- CreateIndex
CREATE INDEX "Draft_expiresAt_idx" ON "Draft"("expiresAt");

-- CreateIndex
CREATE INDEX "AuditEvent_guildId_targetId_number_idx" ON "AuditEvent"("guildId", "targetId", "number");

-- CreateIndex
CREATE INDEX "AuditEvent_guildId_action_number_idx" ON "AuditEvent"("guildId", "action", "number");

-- CreateIndex
CREATE INDEX "Delivery_state_guildId_kind_sink_sequence_idx" ON "Delivery"("state", "guildId", "kind", "sink", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "Delivery_guildId_kind_sink_sequence_key" ON "Delivery"("guildId", "kind", "sink", "sequence");

-- CreateIndex
CREATE INDEX "Reminder_sentAt_dueAt_idx" ON "Reminder"("sentAt", "dueAt");

-- CreateIndex
CREATE INDEX "JobRun_guildId_job_startedAt_idx" ON "JobRun"("guildId", "job", "startedAt");
