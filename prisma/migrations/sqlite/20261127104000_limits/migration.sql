-- AlterTable
ALTER TABLE "Draft" ADD COLUMN "keptAt" DATETIME NOT NULL DEFAULT '1970-01-01 00:00:00 +00:00';

-- AlterTable
ALTER TABLE "Guild" ADD COLUMN "namesVersion" INTEGER NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "Invite_guildId_validUntil_idx" ON "Invite"("guildId", "validUntil");
