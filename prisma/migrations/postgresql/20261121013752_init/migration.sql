-- CreateTable
CREATE TABLE "Installation" (
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Guild" (
    "id" TEXT NOT NULL,
    "zone" TEXT NOT NULL DEFAULT 'UTC',
    "auditChannelId" TEXT,
    "requestsChannelId" TEXT,
    "alertsChannelId" TEXT,
    "syncEveryMinutes" INTEGER DEFAULT 60,
    "syncDailyAt" TEXT,
    "nextSyncAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reminders" TEXT NOT NULL DEFAULT '',
    "auditNumber" INTEGER NOT NULL DEFAULT 0,
    "auditHead" TEXT NOT NULL DEFAULT '',
    "grantNumber" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Guild_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RoleCapability" (
    "guildId" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "capability" TEXT NOT NULL,
    "effect" TEXT NOT NULL,

    CONSTRAINT "RoleCapability_pkey" PRIMARY KEY ("guildId","roleId","capability")
);

-- CreateTable
CREATE TABLE "RolePlan" (
    "guildId" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "planId" TEXT NOT NULL,
    "grace" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "RolePlan_pkey" PRIMARY KEY ("guildId","roleId","planId")
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
    "checkedAt" TIMESTAMP(3),
    "offlineWhy" TEXT,
    "offlineSince" TIMESTAMP(3),
    "failedChecks" INTEGER NOT NULL DEFAULT 0,
    "nextProbeAt" TIMESTAMP(3),
    "lastSyncAt" TIMESTAMP(3),
    "defaultLibraryId" TEXT,
    "expiryAction" TEXT NOT NULL DEFAULT 'withdraw',
    "driftPolicy" TEXT NOT NULL DEFAULT 'report',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Server_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateTable
CREATE TABLE "Library" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "externalId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "goneAt" TIMESTAMP(3),
    "firstSeenAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Library_pkey" PRIMARY KEY ("guildId","id")
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
    "linkedAt" TIMESTAMP(3),
    "createdByUs" BOOLEAN NOT NULL DEFAULT false,
    "secretCipher" TEXT,
    "seenAccess" TEXT NOT NULL DEFAULT 'unknown',
    "pending" BOOLEAN NOT NULL DEFAULT false,
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "disabledByUs" BOOLEAN NOT NULL DEFAULT false,
    "seenAt" TIMESTAMP(3),
    "dueAt" TIMESTAMP(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "trouble" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateTable
CREATE TABLE "AccountLibrary" (
    "guildId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,
    "seen" BOOLEAN NOT NULL DEFAULT false,
    "given" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "AccountLibrary_pkey" PRIMARY KEY ("guildId","accountId","libraryId")
);

-- CreateTable
CREATE TABLE "Member" (
    "guildId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "dmState" TEXT NOT NULL DEFAULT 'unknown',
    "locale" TEXT,
    "note" TEXT,
    "leftAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Member_pkey" PRIMARY KEY ("guildId","userId")
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
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Plan_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateTable
CREATE TABLE "PlanLibrary" (
    "guildId" TEXT NOT NULL,
    "planId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,

    CONSTRAINT "PlanLibrary_pkey" PRIMARY KEY ("guildId","planId","libraryId")
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
    "startsAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "nextAt" TIMESTAMP(3),
    "remainingSeconds" INTEGER,
    "pausedAt" TIMESTAMP(3),
    "endCause" TEXT,
    "endingAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "overdueAlertedAt" TIMESTAMP(3),
    "reason" TEXT,
    "createdById" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Grant_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateTable
CREATE TABLE "GrantLibrary" (
    "guildId" TEXT NOT NULL,
    "grantId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,

    CONSTRAINT "GrantLibrary_pkey" PRIMARY KEY ("guildId","grantId","libraryId")
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
    "validUntil" TIMESTAMP(3) NOT NULL,
    "roleId" TEXT,
    "note" TEXT,
    "createdById" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revokedAt" TIMESTAMP(3),

    CONSTRAINT "Invite_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateTable
CREATE TABLE "InviteLibrary" (
    "guildId" TEXT NOT NULL,
    "inviteId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,

    CONSTRAINT "InviteLibrary_pkey" PRIMARY KEY ("guildId","inviteId","libraryId")
);

-- CreateTable
CREATE TABLE "Redemption" (
    "guildId" TEXT NOT NULL,
    "inviteId" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "grantId" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Redemption_pkey" PRIMARY KEY ("guildId","inviteId","memberId")
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
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SignIn_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateTable
CREATE TABLE "Draft" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Draft_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "guildId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "action" TEXT NOT NULL,
    "actorId" TEXT,
    "targetId" TEXT,
    "facts" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "prevHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("guildId","number")
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
    "dueAt" TIMESTAMP(3) NOT NULL,
    "messageId" TEXT,
    "trouble" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMP(3),

    CONSTRAINT "Delivery_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateTable
CREATE TABLE "Reminder" (
    "guildId" TEXT NOT NULL,
    "grantId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "dueAt" TIMESTAMP(3) NOT NULL,
    "sentAt" TIMESTAMP(3),

    CONSTRAINT "Reminder_pkey" PRIMARY KEY ("guildId","grantId","kind","expiresAt")
);

-- CreateTable
CREATE TABLE "JobRun" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "job" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "finishedAt" TIMESTAMP(3),
    "outcome" TEXT,
    "detail" TEXT,

    CONSTRAINT "JobRun_pkey" PRIMARY KEY ("guildId","id")
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

-- AddForeignKey
ALTER TABLE "RoleCapability" ADD CONSTRAINT "RoleCapability_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RolePlan" ADD CONSTRAINT "RolePlan_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RolePlan" ADD CONSTRAINT "RolePlan_guildId_planId_fkey" FOREIGN KEY ("guildId", "planId") REFERENCES "Plan"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Server" ADD CONSTRAINT "Server_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Library" ADD CONSTRAINT "Library_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccountLibrary" ADD CONSTRAINT "AccountLibrary_guildId_accountId_fkey" FOREIGN KEY ("guildId", "accountId") REFERENCES "Account"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccountLibrary" ADD CONSTRAINT "AccountLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Member" ADD CONSTRAINT "Member_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Plan" ADD CONSTRAINT "Plan_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PlanLibrary" ADD CONSTRAINT "PlanLibrary_guildId_planId_fkey" FOREIGN KEY ("guildId", "planId") REFERENCES "Plan"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PlanLibrary" ADD CONSTRAINT "PlanLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_guildId_memberId_fkey" FOREIGN KEY ("guildId", "memberId") REFERENCES "Member"("guildId", "userId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_guildId_planId_fkey" FOREIGN KEY ("guildId", "planId") REFERENCES "Plan"("guildId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_guildId_inviteId_fkey" FOREIGN KEY ("guildId", "inviteId") REFERENCES "Invite"("guildId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "GrantLibrary" ADD CONSTRAINT "GrantLibrary_guildId_grantId_fkey" FOREIGN KEY ("guildId", "grantId") REFERENCES "Grant"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GrantLibrary" ADD CONSTRAINT "GrantLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invite" ADD CONSTRAINT "Invite_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invite" ADD CONSTRAINT "Invite_guildId_planId_fkey" FOREIGN KEY ("guildId", "planId") REFERENCES "Plan"("guildId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "InviteLibrary" ADD CONSTRAINT "InviteLibrary_guildId_inviteId_fkey" FOREIGN KEY ("guildId", "inviteId") REFERENCES "Invite"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InviteLibrary" ADD CONSTRAINT "InviteLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Redemption" ADD CONSTRAINT "Redemption_guildId_inviteId_fkey" FOREIGN KEY ("guildId", "inviteId") REFERENCES "Invite"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SignIn" ADD CONSTRAINT "SignIn_guildId_memberId_fkey" FOREIGN KEY ("guildId", "memberId") REFERENCES "Member"("guildId", "userId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Draft" ADD CONSTRAINT "Draft_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AuditEvent" ADD CONSTRAINT "AuditEvent_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Reminder" ADD CONSTRAINT "Reminder_guildId_grantId_fkey" FOREIGN KEY ("guildId", "grantId") REFERENCES "Grant"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "JobRun" ADD CONSTRAINT "JobRun_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;
