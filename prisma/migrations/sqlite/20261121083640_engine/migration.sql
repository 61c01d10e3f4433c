-- AlterTable
ALTER TABLE "Library" ADD COLUMN "missingSince" DATETIME;

-- AlterTable
ALTER TABLE "Server" ADD COLUMN "certificate" TEXT;

-- CreateTable
CREATE TABLE "HeldRun" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "accountIds" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'held',
    "decidedById" TEXT,
    "decidedAt" DATETIME,
    "createdAt" DATETIME NOT NULL,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "HeldRun_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "HeldRun_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Account" (
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
    "mayLose" BOOLEAN NOT NULL DEFAULT false,
    "deleteAt" DATETIME,
    "writtenAt" DATETIME,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Account_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_Account" ("attempts", "createdAt", "createdByUs", "disabled", "disabledByUs", "dueAt", "emailMasked", "externalId", "guildId", "id", "linkedAt", "memberId", "name", "pending", "protected", "secretCipher", "seenAccess", "seenAt", "serverId", "trouble") SELECT "attempts", "createdAt", "createdByUs", "disabled", "disabledByUs", "dueAt", "emailMasked", "externalId", "guildId", "id", "linkedAt", "memberId", "name", "pending", "protected", "secretCipher", "seenAccess", "seenAt", "serverId", "trouble" FROM "Account";
DROP TABLE "Account";
ALTER TABLE "new_Account" RENAME TO "Account";
CREATE INDEX "Account_guildId_memberId_idx" ON "Account"("guildId", "memberId");
CREATE INDEX "Account_dueAt_guildId_idx" ON "Account"("dueAt", "guildId");
CREATE INDEX "Account_guildId_dueAt_idx" ON "Account"("guildId", "dueAt");
CREATE INDEX "Account_guildId_serverId_dueAt_idx" ON "Account"("guildId", "serverId", "dueAt");
CREATE INDEX "Account_deleteAt_guildId_idx" ON "Account"("deleteAt", "guildId");
CREATE INDEX "Account_guildId_deleteAt_idx" ON "Account"("guildId", "deleteAt");
CREATE UNIQUE INDEX "Account_guildId_serverId_externalId_key" ON "Account"("guildId", "serverId", "externalId");
CREATE TABLE "new_AccountLibrary" (
    "guildId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,
    "seen" BOOLEAN NOT NULL DEFAULT false,
    "given" BOOLEAN NOT NULL DEFAULT false,
    "unsure" BOOLEAN NOT NULL DEFAULT false,
    "leaving" BOOLEAN NOT NULL DEFAULT false,

    PRIMARY KEY ("guildId", "accountId", "libraryId"),
    CONSTRAINT "AccountLibrary_guildId_accountId_fkey" FOREIGN KEY ("guildId", "accountId") REFERENCES "Account" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "AccountLibrary_guildId_libraryId_fkey" FOREIGN KEY ("guildId", "libraryId") REFERENCES "Library" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_AccountLibrary" ("accountId", "given", "guildId", "libraryId", "seen") SELECT "accountId", "given", "guildId", "libraryId", "seen" FROM "AccountLibrary";
DROP TABLE "AccountLibrary";
ALTER TABLE "new_AccountLibrary" RENAME TO "AccountLibrary";
CREATE INDEX "AccountLibrary_guildId_libraryId_idx" ON "AccountLibrary"("guildId", "libraryId");
CREATE TABLE "new_JobRun" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "job" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "finishedAt" DATETIME NOT NULL,
    "outcome" TEXT NOT NULL,
    "detail" TEXT NOT NULL,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "JobRun_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_JobRun" ("detail", "finishedAt", "guildId", "id", "job", "outcome", "startedAt") SELECT "detail", "finishedAt", "guildId", "id", "job", "outcome", "startedAt" FROM "JobRun";
DROP TABLE "JobRun";
ALTER TABLE "new_JobRun" RENAME TO "JobRun";
CREATE INDEX "JobRun_guildId_job_startedAt_idx" ON "JobRun"("guildId", "job", "startedAt");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "HeldRun_guildId_state_idx" ON "HeldRun"("guildId", "state");

-- CreateIndex
CREATE INDEX "HeldRun_guildId_serverId_state_idx" ON "HeldRun"("guildId", "serverId", "state");
