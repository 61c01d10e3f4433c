-- Heads of the record that were told, and where Discord has each of its events.
ALTER TABLE "Guild" ADD COLUMN "recordCheckedAt" DATETIME;
ALTER TABLE "AuditEvent" ADD COLUMN "channelId" TEXT;
ALTER TABLE "AuditEvent" ADD COLUMN "messageId" TEXT;

CREATE INDEX "AuditEvent_guildId_actorId_number_idx" ON "AuditEvent"("guildId", "actorId", "number");

CREATE TABLE "RecordHead" (
    "guildId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("guildId", "number", "hash"),
    CONSTRAINT "RecordHead_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
