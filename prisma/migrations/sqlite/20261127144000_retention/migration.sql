-- What is kept for how long, and people who are forgotten.
ALTER TABLE "Guild" ADD COLUMN "retentionDays" INTEGER NOT NULL DEFAULT 90;
ALTER TABLE "Guild" ADD COLUMN "purgedAt" DATETIME;
ALTER TABLE "Guild" ADD COLUMN "removedAt" DATETIME;

-- Who and what of an event is no part of its hash any more, but a salted hash of it: it can be forgotten.
ALTER TABLE "AuditEvent" ADD COLUMN "factsHash" TEXT NOT NULL DEFAULT '';
ALTER TABLE "AuditEvent" ADD COLUMN "salt" TEXT NOT NULL DEFAULT '';

CREATE TABLE "Forgetting" (
    "guildId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "pseudonym" TEXT NOT NULL,
    "askedById" TEXT NOT NULL,
    "askedAt" DATETIME NOT NULL,
    "dueAt" DATETIME NOT NULL,

    PRIMARY KEY ("guildId", "userId"),
    CONSTRAINT "Forgetting_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "Forgetting_dueAt_guildId_idx" ON "Forgetting"("dueAt", "guildId");
