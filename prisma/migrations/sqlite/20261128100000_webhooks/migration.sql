-- CreateTable
CREATE TABLE "Webhook" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "urlCipher" TEXT NOT NULL,
    "secretCipher" TEXT NOT NULL,
    "formerCipher" TEXT,
    "formerUntil" DATETIME,
    "events" TEXT NOT NULL,
    "sentNumber" INTEGER NOT NULL,
    "dueAt" DATETIME,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failingSince" DATETIME,
    "answeredAt" DATETIME,
    "status" INTEGER,
    "trouble" TEXT,
    "createdAt" DATETIME NOT NULL,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Webhook_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Webhook_dueAt_idx" ON "Webhook"("dueAt");
