-- AlterTable
ALTER TABLE "Account" ADD COLUMN "doubtSince" DATETIME;
ALTER TABLE "Account" ADD COLUMN "lookAt" DATETIME;
ALTER TABLE "Account" ADD COLUMN "endedAt" DATETIME;

-- AlterTable
ALTER TABLE "AccountLibrary" ADD COLUMN "ended" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "AccountLibrary" ADD COLUMN "elsewhere" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "Account_lookAt_guildId_idx" ON "Account"("lookAt", "guildId");

-- CreateIndex
CREATE INDEX "Account_guildId_lookAt_idx" ON "Account"("guildId", "lookAt");

-- CreateIndex
CREATE INDEX "Server_identity_idx" ON "Server"("identity");
