-- In which hours servers answered.
CREATE TABLE "ServerDay" (
    "guildId" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "looked" INTEGER NOT NULL,
    "away" INTEGER NOT NULL,

    PRIMARY KEY ("guildId", "serverId", "day"),
    CONSTRAINT "ServerDay_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server" ("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- The weekly digest.
ALTER TABLE "Guild" ADD COLUMN "digestDay" TEXT;
ALTER TABLE "Guild" ADD COLUMN "digestTime" TEXT;
ALTER TABLE "Guild" ADD COLUMN "nextDigestAt" DATETIME;

CREATE INDEX "Guild_nextDigestAt_idx" ON "Guild"("nextDigestAt");
