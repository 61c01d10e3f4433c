-- CreateTable
CREATE TABLE "Drill" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "externalId" TEXT,
    "secretCipher" TEXT NOT NULL,
    "dueAt" DATETIME NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "trouble" TEXT,
    "refused" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Drill_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Drill_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Drill_guildId_serverId_idx" ON "Drill"("guildId", "serverId");

-- CreateIndex
CREATE INDEX "Drill_dueAt_guildId_idx" ON "Drill"("dueAt", "guildId");
