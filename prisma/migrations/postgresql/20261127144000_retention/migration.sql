-- What is kept for how long, and people who are forgotten.
ALTER TABLE "Guild" ADD COLUMN "retentionDays" INTEGER NOT NULL DEFAULT 90;
ALTER TABLE "Guild" ADD COLUMN "purgedAt" TIMESTAMP(3);
ALTER TABLE "Guild" ADD COLUMN "removedAt" TIMESTAMP(3);

-- Who and what of an event is no part of its hash any more, but a salted hash of it: it can be forgotten.
ALTER TABLE "AuditEvent" ADD COLUMN "factsHash" TEXT NOT NULL DEFAULT '';
ALTER TABLE "AuditEvent" ADD COLUMN "salt" TEXT NOT NULL DEFAULT '';

CREATE TABLE "Forgetting" (
    "guildId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "pseudonym" TEXT NOT NULL,
    "askedById" TEXT NOT NULL,
    "askedAt" TIMESTAMP(3) NOT NULL,
    "dueAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Forgetting_pkey" PRIMARY KEY ("guildId", "userId")
);

CREATE INDEX "Forgetting_dueAt_guildId_idx" ON "Forgetting"("dueAt", "guildId");

ALTER TABLE "Forgetting" ADD CONSTRAINT "Forgetting_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;
