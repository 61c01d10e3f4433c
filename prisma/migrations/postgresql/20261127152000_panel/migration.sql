-- In which hours servers answered.
CREATE TABLE "ServerDay" (
    "guildId" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "looked" INTEGER NOT NULL,
    "away" INTEGER NOT NULL,

    CONSTRAINT "ServerDay_pkey" PRIMARY KEY ("guildId", "serverId", "day")
);

ALTER TABLE "ServerDay" ADD CONSTRAINT "ServerDay_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The weekly digest.
ALTER TABLE "Guild" ADD COLUMN "digestDay" TEXT;
ALTER TABLE "Guild" ADD COLUMN "digestTime" TEXT;
ALTER TABLE "Guild" ADD COLUMN "nextDigestAt" TIMESTAMP(3);

CREATE INDEX "Guild_nextDigestAt_idx" ON "Guild"("nextDigestAt");
