-- CreateTable
CREATE TABLE "Drill" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "externalId" TEXT,
    "secretCipher" TEXT NOT NULL,
    "dueAt" TIMESTAMP(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "trouble" TEXT,
    "refused" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Drill_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateIndex
CREATE INDEX "Drill_guildId_serverId_idx" ON "Drill"("guildId", "serverId");

-- CreateIndex
CREATE INDEX "Drill_dueAt_guildId_idx" ON "Drill"("dueAt", "guildId");

-- AddForeignKey
ALTER TABLE "Drill" ADD CONSTRAINT "Drill_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Drill" ADD CONSTRAINT "Drill_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;
