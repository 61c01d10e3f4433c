-- Members are reminded of ends, ask for more time, and renew by themselves.
ALTER TABLE "Guild" ADD COLUMN "mayAsk" TEXT NOT NULL DEFAULT 'renew';

ALTER TABLE "Plan" ADD COLUMN "renewals" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Plan" ADD COLUMN "renewalRoleId" TEXT;

ALTER TABLE "Grant" ADD COLUMN "remindAt" DATETIME;
ALTER TABLE "Grant" ADD COLUMN "renewals" INTEGER NOT NULL DEFAULT 0;

-- What runs already is reminded of from now on: the job works out when.
UPDATE "Grant" SET "remindAt" = '1970-01-01T00:00:00.000+00:00'
WHERE "state" IN ('scheduled', 'active') AND "expiresAt" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Grant_remindAt_guildId_idx" ON "Grant"("remindAt", "guildId");

-- CreateIndex
CREATE INDEX "Grant_guildId_remindAt_idx" ON "Grant"("guildId", "remindAt");

-- A moment of each grant took the place of rows for each reminder, of which there never were any.
DROP TABLE "Reminder";

-- CreateTable
CREATE TABLE "Request" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "grantId" TEXT,
    "planId" TEXT,
    "libraryIds" TEXT NOT NULL DEFAULT '[]',
    "lasts" TEXT NOT NULL DEFAULT '',
    "note" TEXT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "createdAt" DATETIME NOT NULL,
    "decidedAt" DATETIME,
    "decidedById" TEXT,
    "word" TEXT,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Request_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Request_guildId_memberId_fkey" FOREIGN KEY ("guildId", "memberId") REFERENCES "Member" ("guildId", "userId") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Request_guildId_state_createdAt_idx" ON "Request"("guildId", "state", "createdAt");

-- CreateIndex
CREATE INDEX "Request_guildId_memberId_createdAt_idx" ON "Request"("guildId", "memberId", "createdAt");
